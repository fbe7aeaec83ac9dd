// SPDX-License-Identifier: MIT
/*
 * The entries that others refer to by name, `lock-kind` and `context`.  They are
 * read from all files before any other entry, so that their place is free.
 */
#include "rules/rules_internal.h"

#include <ctype.h>
#include <string.h>

void problem_duplicate(struct load *l, const struct node *n, const char *what,
		       const char *name, struct place first)
{
	problem(l, n->line, "%s '%s' is already defined at %s:%u; remove one of them, "
		"or say 'override: true' here", what, name, first.file, first.line);
}

static bool read_override(struct load *l, const struct node *entry)
{
	const struct node *n = map_get(entry, "override");
	bool override = false;

	return n && node_bool(l, n, "override", &override) && override;
}

static bool optional_bool(struct load *l, const struct node *entry, const char *key,
			  bool *out)
{
	const struct node *n = map_get(entry, key);

	return !n || node_bool(l, n, key, out);
}

/* Lower case with '-', as "raw-spinlock"; also C identifiers. */
static bool define_name(struct load *l, const struct node *n, const char **name)
{
	if (!node_text(l, n, "a name", name))
		return false;
	for (const char *p = n->text; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-') {
			problem(l, n->line, "'%s' is no name; use letters, digits, "
				"'-' and '_'", n->text);
			return false;
		}
	}
	return true;
}

static void define_kind(struct load *l, const struct node *entry)
{
	static const char *const keys[] = {
		"lock-kind", "inner", "outer", "recursive", "owned", "override", NULL
	};
	const struct node *name = entry->items[1], *inner, *outer;
	struct rule_lock_kind k = { .owned = true };
	struct rules *r = l->rules;
	uint32_t i;

	if (!define_name(l, name, &k.name) || !map_check(l, entry, keys) ||
	    !(inner = map_need(l, entry, "inner")) || !node_wait(l, inner, &k.inner))
		return;
	outer = map_get(entry, "outer");
	k.outer = k.inner;
	if ((outer && !node_wait(l, outer, &k.outer)) ||
	    !optional_bool(l, entry, "recursive", &k.recursive) ||
	    !optional_bool(l, entry, "owned", &k.owned))
		return;
	i = strmap_get(r->kind_index, k.name);
	if (i == RULES_NONE) {
		strmap_set(r->kind_index, k.name, (uint32_t)r->nkinds);
		vec_push(r->kinds, r->nkinds, r->cap_kinds) = k;
		vec_push(r->kind_places, r->nkind_places, r->cap_kind_places) =
			(struct place){ l->file, name->line };
	} else if (read_override(l, entry)) {
		r->kinds[i] = k;
		r->kind_places[i] = (struct place){ l->file, name->line };
	} else {
		problem_duplicate(l, name, "lock kind", k.name, r->kind_places[i]);
	}
}

static bool read_context(struct load *l, const struct node *entry, struct rule_context *c)
{
	const struct node *enters = map_need(l, entry, "enters");
	const struct node *rt = map_get(entry, "rt"), *why = map_get(entry, "why");

	if (!enters || !node_parts(l, enters, &c->parts))
		return false;
	c->rt_parts = c->parts;
	return (!rt || node_parts(l, rt, &c->rt_parts)) &&
	       optional_bool(l, entry, "bare", &c->bare) &&
	       (!why || node_text(l, why, "'why'", &c->why));
}

static void define_context(struct load *l, const struct node *entry)
{
	static const char *const keys[] = {
		"context", "enters", "rt", "bare", "why", "override", NULL
	};
	const struct node *name = entry->items[1];
	struct rule_context c = { 0 };
	struct rules *r = l->rules;
	uint32_t i;

	if (!define_name(l, name, &c.name) || !map_check(l, entry, keys) ||
	    !read_context(l, entry, &c))
		return;
	i = strmap_get(r->context_index, c.name);
	if (i == RULES_NONE) {
		strmap_set(r->context_index, c.name, (uint32_t)r->ncontexts);
		vec_push(r->contexts, r->ncontexts, r->cap_contexts) = c;
		vec_push(r->context_places, r->ncontext_places, r->cap_context_places) =
			(struct place){ l->file, name->line };
	} else if (read_override(l, entry)) {
		r->contexts[i] = c;
		r->context_places[i] = (struct place){ l->file, name->line };
	} else {
		problem_duplicate(l, name, "context", c.name, r->context_places[i]);
	}
}

void define_entries(struct load *l, const struct node *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct node *entry = list->items[i];

		if (entry->kind != NODE_MAP || !entry->n)
			continue;	/* read_entries() tells */
		if (!strcmp(entry->items[0]->text, "lock-kind"))
			define_kind(l, entry);
		else if (!strcmp(entry->items[0]->text, "context"))
			define_context(l, entry);
	}
}
