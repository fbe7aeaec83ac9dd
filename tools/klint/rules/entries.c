// SPDX-License-Identifier: MIT
/*
 * The entries `fn`, `macro`, `annotation` and `ops`.  A rule is drafted once and
 * given to each of the entry's names; effects keep the order of the keys, which
 * is the order in which they take place.
 */
#include "rules/rules_internal.h"

#include <ctype.h>
#include <string.h>

static void read_noreturn(struct load *l, struct draft *d, const struct node *n)
{
	node_bool(l, n, "noreturn", &d->rule.noreturn);
}

static void read_warns(struct load *l, struct draft *d, const struct node *n)
{
	node_bool(l, n, "warns", &d->rule.warns);
}

static void read_returns(struct load *l, struct draft *d, const struct node *n)
{
	node_ret(l, n, d->rule.max_args, &d->rule.ret);
}

static void read_source(struct load *l, struct draft *d, const struct node *n)
{
	node_text(l, n, "'source'", &d->rule.source);
}

static void read_override(struct load *l, struct draft *d, const struct node *n)
{
	node_bool(l, n, "override", &d->override);
}

typedef void read_key(struct load *l, struct draft *d, const struct node *n);

/* Keys of an annotation come first: see NANNOTATION_KEYS. */
static const struct {
	const char *name;
	read_key *read;
} rule_keys[] = {
	{ "acquires", read_acquires }, { "releases", read_releases },
	{ "requires", read_requires }, { "sleeps", read_sleeps },
	{ "noreturn", read_noreturn }, { "source", read_source },
	{ "override", read_override },
	{ "waits", read_waits }, { "enters", read_enters }, { "leaves", read_leaves },
	{ "restores", read_restores }, { "warns", read_warns },
	{ "sets", read_sets }, { "resets", read_resets }, { "calls", read_calls },
	{ "returns", read_returns },
};
#define NRULE_KEYS (sizeof(rule_keys) / sizeof(rule_keys[0]))
#define NANNOTATION_KEYS 7

static read_key *find_key(const char *name, bool annotation)
{
	for (size_t i = 0; i < (annotation ? NANNOTATION_KEYS : NRULE_KEYS); i++)
		if (!strcmp(rule_keys[i].name, name))
			return rule_keys[i].read;
	return NULL;
}

/* The entry has only keys of its type; the first one is its type. */
static bool check_rule_keys(struct load *l, const struct node *entry, bool annotation)
{
	const char *known[NRULE_KEYS + 3] = { entry->items[0]->text, "args" };
	size_t n = annotation ? NANNOTATION_KEYS : NRULE_KEYS;

	for (size_t i = 0; i < n; i++)
		known[i + 2] = rule_keys[i].name;
	return map_check(l, entry, known);
}

static bool parse_count(const struct node *n, uint32_t *out, const char **end)
{
	const char *p = n->kind == NODE_SCALAR ? n->text : "";
	uint32_t value = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	while (isdigit((unsigned char)*p) && value < 1000)
		value = value * 10 + (uint32_t)(*p++ - '0');
	*out = value;
	*end = p;
	return value < 1000;
}

static bool count_alone(const struct node *n, uint32_t *out)
{
	const char *end;

	return parse_count(n, out, &end) && !*end;
}

/* N, N+ or [MIN, MAX]. */
static bool parse_args(const struct node *n, struct rule *rule)
{
	const char *end;

	if (n->kind == NODE_SEQ)
		return n->n == 2 && count_alone(n->items[0], &rule->min_args) &&
		       count_alone(n->items[1], &rule->max_args) &&
		       rule->min_args <= rule->max_args;
	if (!parse_count(n, &rule->min_args, &end))
		return false;
	rule->max_args = rule->min_args;
	if (!strcmp(end, "+"))
		rule->max_args = RULES_NONE;
	return !*end || rule->max_args == RULES_NONE;
}

static void read_args(struct load *l, struct rule *rule, const struct node *n)
{
	rule->max_args = RULES_NONE;
	if (!n || parse_args(n, rule))
		return;
	rule->min_args = 0;
	rule->max_args = RULES_NONE;
	problem(l, n->line, "bad 'args'; write N, N+ or [MIN, MAX]");
}

static void finish_draft(struct load *l, struct draft *d)
{
	struct arena *arena = l->rules->arena;
	struct rule_effect *effects;
	struct rule_call *calls;

	if (d->neffects) {
		effects = arena_alloc(arena, d->neffects * sizeof(*effects));
		memcpy(effects, d->effects, d->neffects * sizeof(*effects));
		d->rule.effects = effects;
		d->rule.neffects = (uint32_t)d->neffects;
	}
	if (d->ncalls) {
		calls = arena_alloc(arena, d->ncalls * sizeof(*calls));
		memcpy(calls, d->calls, d->ncalls * sizeof(*calls));
		d->rule.calls = calls;
		d->rule.ncalls = (uint32_t)d->ncalls;
	}
	free(d->effects);
	free(d->calls);
}

static void add_rule(struct load *l, const struct draft *d, const struct node *n)
{
	struct rules *r = l->rules;
	struct strmap *index = d->rule.annotation ? r->annotation_index : r->rule_index;
	struct rule rule = d->rule;
	uint32_t i;

	if (!node_name(l, n, "the name of a rule", &rule.name))
		return;
	rule.file = l->file;
	rule.line = n->line;
	i = strmap_get(index, rule.name);
	if (i == RULES_NONE) {
		strmap_set(index, rule.name, (uint32_t)r->nrules);
		vec_push(r->rules, r->nrules, r->cap_rules) = rule;
	} else if (d->override) {
		r->rules[i] = rule;
	} else {
		problem_duplicate(l, n, "a rule for", rule.name,
				  (struct place){ r->rules[i].file, r->rules[i].line });
	}
}

static bool has_names(struct load *l, const struct node *n)
{
	if (node_count(n))
		return true;
	problem(l, n->line, "an empty list of names; name at least one");
	return false;
}

static void read_rule(struct load *l, const struct node *entry, bool annotation)
{
	const struct node *names = entry->items[1];
	struct draft d = { .rule.annotation = annotation };

	if (!check_rule_keys(l, entry, annotation) || !has_names(l, names))
		return;
	/* First, since the other keys are checked against it. */
	read_args(l, &d.rule, map_get(entry, "args"));
	for (size_t i = 2; i < entry->n; i += 2) {
		read_key *read = find_key(entry->items[i]->text, annotation);

		if (read)
			read(l, &d, entry->items[i + 1]);
	}
	finish_draft(l, &d);
	for (size_t i = 0; i < node_count(names); i++)
		add_rule(l, &d, node_item(names, i));
}

/* RECORD.FIELD, both C identifiers. */
bool split_ops(struct load *l, const struct node *n, struct rule_ops *ops)
{
	const char *text, *dot;

	if (!node_text(l, n, "'ops'", &text))
		return false;
	dot = strchr(text, '.');
	if (dot) {
		ops->record = arena_strndup(l->rules->arena, text, (size_t)(dot - text));
		ops->field = dot + 1;
	}
	if (dot && is_name(ops->record) && is_name(ops->field))
		return true;
	problem(l, n->line, "'%s' is not RECORD.FIELD, as in file_operations.open", text);
	return false;
}

static void add_ops(struct load *l, struct rule_ops ops, bool override,
		    const struct node *n)
{
	struct rules *r = l->rules;
	uint32_t i;

	if (!split_ops(l, n, &ops))
		return;
	ops.file = l->file;
	ops.line = n->line;
	i = strmap_get(r->ops_index, n->text);
	if (i == RULES_NONE) {
		strmap_set(r->ops_index, n->text, (uint32_t)r->nops);
		vec_push(r->ops, r->nops, r->cap_ops) = ops;
	} else if (override) {
		r->ops[i] = ops;
	} else {
		problem_duplicate(l, n, "the context of", n->text,
				  (struct place){ r->ops[i].file, r->ops[i].line });
	}
}

/* The callers that the row does not speak of. */
static bool read_except(struct load *l, const struct node *entry, struct rule_ops *ops)
{
	const struct node *names = map_get(entry, "except");
	const char **v;

	if (!names)
		return true;
	if (!has_names(l, names))
		return false;
	v = arena_alloc(l->rules->arena, node_count(names) * sizeof(*v));
	for (size_t i = 0; i < node_count(names); i++)
		if (!node_text(l, node_item(names, i), "'except'", &v[i]))
			return false;
	ops->except = v;
	ops->nexcept = (uint32_t)node_count(names);
	return true;
}

static void read_ops(struct load *l, const struct node *entry)
{
	static const char *const keys[] = { "ops", "context", "source", "until", "except", "override", NULL };
	const struct node *names = entry->items[1], *context, *source, *until, *override;
	struct rule_ops ops = { 0 };
	bool replaces = false;

	if (!map_check(l, entry, keys) || !has_names(l, names) ||
	    !(context = map_need(l, entry, "context")) ||
	    !node_context_index(l, context, &ops.context))
		return;
	source = map_get(entry, "source");
	until = map_get(entry, "until");
	override = map_get(entry, "override");
	if ((source && !node_text(l, source, "'source'", &ops.source)) ||
	    (until && !node_name(l, until, "'until'", &ops.until)) ||
	    (override && !node_bool(l, override, "override", &replaces)) ||
	    !read_except(l, entry, &ops))
		return;
	for (size_t i = 0; i < node_count(names); i++)
		add_ops(l, ops, replaces, node_item(names, i));
}

static void problem_type(struct load *l, const struct node *key)
{
	static const char *const types[] = {
		"fn", "macro", "annotation", "ops", "lock-kind", "context", "pinned"
	};
	struct nearest near = { .wrong = key->text };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		nearest_try(&near, types[i]);
	if (near.best)
		problem(l, key->line, "unknown entry '%s'; did you mean '%s'?", key->text,
			near.best);
	else
		problem(l, key->line, "'%s' cannot be the first key; an entry begins with "
			"fn, macro, annotation, ops, lock-kind, context or pinned", key->text);
}

static void read_entry(struct load *l, const struct node *entry)
{
	const char *type;

	if (entry->kind != NODE_MAP || !entry->n) {
		problem(l, entry->line, "an entry must be a map, as '- fn: NAME'");
		return;
	}
	type = entry->items[0]->text;
	if (!strcmp(type, "fn") || !strcmp(type, "macro"))
		read_rule(l, entry, false);
	else if (!strcmp(type, "annotation"))
		read_rule(l, entry, true);
	else if (!strcmp(type, "ops"))
		read_ops(l, entry);
	else if (!strcmp(type, "pinned"))
		read_pinned(l, entry);
	else if (strcmp(type, "lock-kind") && strcmp(type, "context"))
		problem_type(l, entry->items[0]);
}

void read_entries(struct load *l, const struct node *list)
{
	for (size_t i = 0; i < list->n; i++)
		read_entry(l, list->items[i]);
}
