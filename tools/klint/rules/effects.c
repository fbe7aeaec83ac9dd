// SPDX-License-Identifier: MIT
/*
 * The keys that add effects on the context: sleeps, waits, enters, sets, leaves,
 * resets.  And, since they are alike, `calls`.
 */
#include "rules/rules_internal.h"

struct rule_effect *draft_effect(struct draft *d, enum rule_effect_kind kind,
				 const struct node *n)
{
	struct rule_effect *e = &vec_push(d->effects, d->neffects, d->cap_effects);

	*e = (struct rule_effect){ .kind = kind, .lock_kind = RULES_NONE, .line = n->line };
	return e;
}

/* The condition in @map, if it has one. */
static bool read_if(struct load *l, const struct draft *d, const struct node *map,
		    struct rule_cond *cond)
{
	const struct node *n = map_get(map, "if");

	return !n || node_cond(l, n, d->rule.max_args, cond);
}

static void read_sleep(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = { "if", "unless", NULL };
	const struct node *unless;
	struct rule_cond cond = { 0 };
	struct rule_effect *e;
	uint32_t parts = 0;

	if (!node_map(l, n, "'sleeps'", keys))
		return;
	unless = map_get(n, "unless");
	if ((!unless && !map_need(l, n, "if")) || !read_if(l, d, n, &cond) ||
	    (unless && !node_parts(l, unless, &parts)))
		return;
	e = draft_effect(d, EFFECT_SLEEP, n);
	e->wait = WAIT_SLEEP;
	e->unless = parts;
	e->cond = cond;
}

void read_sleeps(struct load *l, struct draft *d, const struct node *n)
{
	bool sleeps;

	if (n->kind == NODE_SCALAR) {
		if (node_bool(l, n, "sleeps", &sleeps) && sleeps)
			draft_effect(d, EFFECT_SLEEP, n)->wait = WAIT_SLEEP;
		return;
	}
	for (size_t i = 0; i < node_count(n); i++)
		read_sleep(l, d, node_item(n, i));
}

static void read_wait(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = { "type", "if", NULL };
	const struct node *type = n;
	struct rule_cond cond = { 0 };
	struct rule_effect *e;
	enum wait_type wait;

	if (n->kind != NODE_SCALAR) {
		if (!node_map(l, n, "'waits'", keys) || !(type = map_need(l, n, "type")) ||
		    !read_if(l, d, n, &cond))
			return;
	}
	if (!node_wait(l, type, &wait))
		return;
	if (wait == WAIT_FREE) {
		problem(l, type->line, "waits: free says nothing; leave it out");
		return;
	}
	e = draft_effect(d, EFFECT_WAIT, n);
	e->wait = wait;
	e->cond = cond;
}

void read_waits(struct load *l, struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_wait(l, d, node_item(n, i));
}

/* One row of enters, sets, leaves or resets: a part, or {part:, if:}. */
static void read_depth(struct load *l, struct draft *d, const struct node *n,
		       enum rule_effect_kind kind)
{
	static const char *const keys[] = { "part", "if", NULL };
	const struct node *part = n;
	struct rule_cond cond = { 0 };
	uint32_t parts;

	if (n->kind != NODE_SCALAR) {
		if (!node_map(l, n, "a change of context", keys) ||
		    !(part = map_need(l, n, "part")) || !read_if(l, d, n, &cond))
			return;
	}
	if (!node_parts(l, part, &parts))
		return;
	for (enum ctx_part p = 0; p < CTX_NPARTS; p++) {
		struct rule_effect *e;

		if (!(parts & 1u << p))
			continue;
		e = draft_effect(d, kind, n);
		e->part = p;
		e->cond = cond;
	}
}

static void read_depths(struct load *l, struct draft *d, const struct node *n,
			enum rule_effect_kind kind)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_depth(l, d, node_item(n, i), kind);
}

void read_enters(struct load *l, struct draft *d, const struct node *n)
{
	read_depths(l, d, n, EFFECT_ENTER);
}

void read_leaves(struct load *l, struct draft *d, const struct node *n)
{
	read_depths(l, d, n, EFFECT_LEAVE);
}

void read_restores(struct load *l, struct draft *d, const struct node *n)
{
	read_depths(l, d, n, EFFECT_RESTORE);
}

void read_sets(struct load *l, struct draft *d, const struct node *n)
{
	read_depths(l, d, n, EFFECT_SET);
}

void read_resets(struct load *l, struct draft *d, const struct node *n)
{
	read_depths(l, d, n, EFFECT_RESET);
}

static void read_call(struct load *l, struct draft *d, const struct node *n)
{
	static const char *const keys[] = { "fn", "context", "if", "until", NULL };
	struct rule_call call = { .context = RULES_NONE, .line = n->line };
	const struct node *fn, *context, *until;

	if (!node_map(l, n, "'calls'", keys) || !(fn = map_need(l, n, "fn")) ||
	    !node_expr(l, fn, d->rule.max_args, &call.fn) || !read_if(l, d, n, &call.cond))
		return;
	context = map_get(n, "context");
	if (context && !node_context_index(l, context, &call.context))
		return;
	until = map_get(n, "until");
	if (until && !node_name(l, until, "'until'", &call.until))
		return;
	vec_push(d->calls, d->ncalls, d->cap_calls) = call;
}

void read_calls(struct load *l, struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < node_count(n); i++)
		read_call(l, d, node_item(n, i));
}
