// SPDX-License-Identifier: MIT
/* The keys that add effects on locks: acquires, releases, requires. */
#include "rules/rules_internal.h"

#include <string.h>

static bool read_mode(struct load *l, const struct node *n, bool *shared)
{
	const char *text;

	if (!node_text(l, n, "'mode'", &text))
		return false;
	*shared = !strcmp(text, "shared");
	if (*shared || !strcmp(text, "exclusive"))
		return true;
	problem(l, n->line, "mode '%s' is not known; write shared or exclusive", text);
	return false;
}

/* The keys that acquiring and releasing share. */
static bool read_lock(struct load *l, const struct draft *d, const struct node *n,
		      struct rule_effect *e)
{
	const struct node *lock = map_need(l, n, "lock");
	const struct node *kind = d->rule.annotation ? map_get(n, "kind")
						     : map_need(l, n, "kind");
	const struct node *mode = map_get(n, "mode"), *cond = map_get(n, "if");

	if (!lock || (!kind && !d->rule.annotation))
		return false;
	return node_expr(l, lock, d->rule.max_args, &e->lock) &&
	       (!kind || node_kind_index(l, kind, &e->lock_kind)) &&
	       (!mode || read_mode(l, mode, &e->shared)) &&
	       (!cond || node_cond(l, cond, d->rule.max_args, &e->cond));
}

static void read_acquire(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = {
		"lock", "kind", "mode", "if", "trylock", "nested", NULL
	};
	struct rule_effect e = { .lock_kind = RULES_NONE };
	const struct node *trylock, *nested;

	if (!node_map(l, n, "'acquires'", keys) || !read_lock(l, d, n, &e))
		return;
	e.trylock = cond_on_result(&e.cond);
	trylock = map_get(n, "trylock");
	nested = map_get(n, "nested");
	if ((trylock && !node_bool(l, trylock, "trylock", &e.trylock)) ||
	    (nested && !node_bool(l, nested, "nested", &e.nested)))
		return;
	e.kind = EFFECT_ACQUIRE;
	e.line = n->line;
	*draft_effect(d, EFFECT_ACQUIRE, n) = e;
}

void read_acquires(struct load *l, struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_acquire(l, d, node_item(n, i));
}

static void read_release(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = { "lock", "kind", "mode", "if", NULL };
	struct rule_effect e = { .kind = EFFECT_RELEASE, .lock_kind = RULES_NONE };

	if (!node_map(l, n, "'releases'", keys) || !read_lock(l, d, n, &e))
		return;
	e.line = n->line;
	*draft_effect(d, EFFECT_RELEASE, n) = e;
}

void read_releases(struct load *l, struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_release(l, d, node_item(n, i));
}

static void require_lock(struct load *l, struct draft *d, const struct node *n,
			 const struct node *lock, enum rule_effect_kind effect)
{
	const struct node *kind = map_get(n, "kind");
	uint32_t index = RULES_NONE;
	struct rule_expr expr;
	struct rule_effect *e;

	if (kind && effect == EFFECT_FORBID) {
		problem(l, kind->line, "'kind' goes with 'held' only; remove it");
		return;
	}
	if (!node_expr(l, lock, d->rule.max_args, &expr) ||
	    (kind && !node_kind_index(l, kind, &index)))
		return;
	e = draft_effect(d, effect, n);
	e->lock = expr;
	e->lock_kind = index;
}

static void require_parts(struct load *l, struct draft *d, const struct node *n,
			  const struct node *list, enum rule_effect_kind effect)
{
	uint32_t parts;

	if (map_get(n, "kind")) {
		problem(l, n->line, "'kind' goes with 'held' only; remove it");
		return;
	}
	if (!node_parts(l, list, &parts))
		return;
	if (!parts)
		problem(l, list->line, "an empty list of parts; name at least one");
	for (enum ctx_part p = 0; p < CTX_NPARTS; p++)
		if (parts & 1u << p)
			draft_effect(d, effect, n)->part = p;
}

static void read_require(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = { "held", "not-held", "in", "not-in", "kind", NULL };
	static const enum rule_effect_kind effects[] = {
		EFFECT_REQUIRE, EFFECT_FORBID, EFFECT_REQUIRE_PART, EFFECT_FORBID_PART
	};
	const struct node *value = NULL;
	size_t which = 0, given = 0;

	if (!node_map(l, n, "'requires'", keys))
		return;
	for (size_t i = 0; i < 4; i++) {
		if (!map_get(n, keys[i]))
			continue;
		value = map_get(n, keys[i]);
		which = i;
		given++;
	}
	if (given != 1)
		problem(l, n->line, "'requires' needs one of held, not-held, in and not-in; "
			"write a list of maps for more");
	else if (which < 2)
		require_lock(l, d, n, value, effects[which]);
	else
		require_parts(l, d, n, value, effects[which]);
}

void read_requires(struct load *l, struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_require(l, d, node_item(n, i));
}
