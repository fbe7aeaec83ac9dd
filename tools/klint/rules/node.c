// SPDX-License-Identifier: MIT
/*
 * Typed access to YAML nodes: every value of the vocabulary that is not a
 * language of its own (expr.c, cond.c, ret.c), and its messages.
 */
#include "rules/rules_internal.h"

#include <ctype.h>
#include <string.h>

static const char *const kind_names[] = {
	[NODE_SCALAR] = "a word", [NODE_SEQ] = "a list", [NODE_MAP] = "a map",
};

static const char *const wait_names[] = {
	[WAIT_FREE] = "free", [WAIT_SPIN] = "spin",
	[WAIT_CONFIG] = "config", [WAIT_SLEEP] = "sleep",
};

const struct node *map_get(const struct node *map, const char *key)
{
	for (size_t i = 0; i < map->n; i += 2)
		if (!strcmp(map->items[i]->text, key))
			return map->items[i + 1];
	return NULL;
}

static bool is_in(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

/* "a, b and c", for the message about a word that is near none of them. */
static const char *join_words(struct load *l, const char *const *words)
{
	const char *s = *words;

	for (words++; *words; words++)
		s = arena_printf(l->rules->arena, "%s%s%s", s,
				 words[1] ? ", " : " and ", *words);
	return s;
}

static void problem_unknown(struct load *l, const struct node *n, const char *what,
			    const char *const *words)
{
	struct nearest near = { .wrong = n->text };

	for (size_t i = 0; words[i]; i++)
		nearest_try(&near, words[i]);
	if (near.best)
		problem(l, n->line, "unknown %s '%s'; did you mean '%s'?", what,
			n->text, near.best);
	else
		problem(l, n->line, "unknown %s '%s'; known here: %s", what,
			n->text, join_words(l, words));
}

bool map_check(struct load *l, const struct node *map, const char *const *keys)
{
	bool ok = true;

	for (size_t i = 0; i < map->n; i += 2) {
		if (is_in(map->items[i]->text, keys))
			continue;
		problem_unknown(l, map->items[i], "key", keys);
		ok = false;
	}
	return ok;
}

const struct node *map_need(struct load *l, const struct node *map, const char *key)
{
	const struct node *n = map_get(map, key);

	if (!n)
		problem(l, map->line, "key '%s' is missing; add it", key);
	return n;
}

bool node_map(struct load *l, const struct node *n, const char *what,
	      const char *const *keys)
{
	if (n->kind == NODE_MAP)
		return map_check(l, n, keys);
	problem(l, n->line, "%s must be a map with keys of %s, not %s", what,
		join_words(l, keys), kind_names[n->kind]);
	return false;
}

bool node_text(struct load *l, const struct node *n, const char *what, const char **out)
{
	if (n->kind != NODE_SCALAR)
		problem(l, n->line, "%s must be a word, not %s", what, kind_names[n->kind]);
	else if (!*n->text)
		problem(l, n->line, "%s is empty; write its value, or leave the key out", what);
	else
		*out = n->text;
	return n->kind == NODE_SCALAR && *n->text;
}

bool node_bool(struct load *l, const struct node *n, const char *what, bool *out)
{
	if (n->kind == NODE_SCALAR && !n->quoted &&
	    (!strcmp(n->text, "true") || !strcmp(n->text, "false"))) {
		*out = n->text[0] == 't';
		return true;
	}
	problem(l, n->line, "'%s' must be true or false", what);
	return false;
}

bool is_name(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

bool node_name(struct load *l, const struct node *n, const char *what, const char **out)
{
	if (!node_text(l, n, what, out))
		return false;
	if (is_name(n->text))
		return true;
	problem(l, n->line, "%s must be a C identifier, not '%s'", what, n->text);
	return false;
}

bool node_wait(struct load *l, const struct node *n, enum wait_type *out)
{
	static const char *const words[] = { "free", "spin", "config", "sleep", NULL };
	const char *text;

	if (!node_text(l, n, "a wait type", &text))
		return false;
	for (size_t i = 0; words[i]; i++) {
		if (!strcmp(text, wait_names[i])) {
			*out = (enum wait_type)i;
			return true;
		}
	}
	problem_unknown(l, n, "wait type", words);
	return false;
}

enum ctx_part part_need(struct load *l, const struct node *n, const char *name,
			size_t offset)
{
	enum ctx_part part = ctx_part_by_name(name);
	struct nearest near = { .wrong = name };

	if (part != CTX_NPARTS)
		return part;
	for (enum ctx_part p = 0; p < CTX_NPARTS; p++)
		nearest_try(&near, ctx_part_name(p));
	if (near.best)
		problem_at(l, n, offset, "unknown part of the context '%s'; "
			   "did you mean '%s'?", name, near.best);
	else
		problem_at(l, n, offset, "unknown part of the context '%s'; "
			   "docs/rules.md lists them", name);
	return CTX_NPARTS;
}

bool node_parts(struct load *l, const struct node *n, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < node_count(n); i++) {
		const struct node *item = node_item(n, i);
		enum ctx_part part;
		const char *name;

		if (!node_text(l, item, "a part of the context", &name))
			return false;
		part = part_need(l, item, name, 0);
		if (part == CTX_NPARTS)
			return false;
		*out |= 1u << part;
	}
	return true;
}

bool node_kind_index(struct load *l, const struct node *n, uint32_t *out)
{
	const struct rules *r = l->rules;
	struct nearest near;
	const char *name;

	if (!node_text(l, n, "a lock kind", &name))
		return false;
	*out = strmap_get(r->kind_index, name);
	if (*out != RULES_NONE || l->incomplete)
		return *out != RULES_NONE;
	near = (struct nearest){ .wrong = name };
	for (size_t i = 0; i < r->nkinds; i++)
		nearest_try(&near, r->kinds[i].name);
	problem(l, n->line, "unknown lock kind '%s'; %s%s%s", name,
		near.best ? "did you mean '" : "define it with a 'lock-kind:' entry",
		near.best ? near.best : "", near.best ? "'?" : "");
	return false;
}

bool node_context_index(struct load *l, const struct node *n, uint32_t *out)
{
	const struct rules *r = l->rules;
	struct nearest near;
	const char *name;

	if (!node_text(l, n, "a context", &name))
		return false;
	*out = strmap_get(r->context_index, name);
	if (*out != RULES_NONE || l->incomplete)
		return *out != RULES_NONE;
	near = (struct nearest){ .wrong = name };
	for (size_t i = 0; i < r->ncontexts; i++)
		nearest_try(&near, r->contexts[i].name);
	problem(l, n->line, "unknown context '%s'; %s%s%s", name,
		near.best ? "did you mean '" : "define it with a 'context:' entry",
		near.best ? near.best : "", near.best ? "'?" : "");
	return false;
}

size_t node_count(const struct node *n)
{
	return n->kind == NODE_SEQ ? n->n : 1;
}

const struct node *node_item(const struct node *n, size_t i)
{
	return n->kind == NODE_SEQ ? n->items[i] : n;
}
