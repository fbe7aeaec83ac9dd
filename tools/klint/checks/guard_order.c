/* SPDX-License-Identifier: MIT */
/*
 * guard-order: a cleanup that runs after the guard it needs has been released, and a
 * goto that leaves the scope of a guard.
 */
#include "check.h"

static bool violation(struct check_run *run, const struct violation *v)
{
	struct draft d;
	const char *callee;

	if (v->kind != V_CONTRACT || !v->cleanup || v->need->kind != NEED_HELD)
		return false;
	draft_begin(&d, run, "guard-order", v);
	callee = event_callee(run, v->site);
	explain_need(&d, v->func, v->need);
	d.f.message = arena_printf(run->a,
		"the cleanup %s() runs after %s has been released: declare the variable after the guard",
		callee, explain_lock(run, v->func, v->lock, RULES_NONE));
	d.f.key = arena_printf(run->a, "cleanup %s", callee);
	d.f.fix = "move the __free() declaration behind the guard()";
	draft_end(&d);
	return true;
}

static bool releases_by_rule(const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->neffects; i++) {
		enum rule_effect_kind kind = rule->effects[i].kind;

		if (kind == EFFECT_RELEASE || kind == EFFECT_LEAVE || kind == EFFECT_RESTORE)
			return true;
	}
	return false;
}

/* Is the event the end of a guard: a cleanup that gives a lock back, or ends a
 * section? */
static bool ends_guard(struct engine *e, const struct kir_event *ev)
{
	const struct func_info *fi;
	const struct summary *sum;
	const struct rule *rule;

	if (ev->kind != KIR_E_CALL || !(ev->flags & KIR_EF_CLEANUP))
		return false;
	rule = engine_rule(e, ev->callee);
	if (rule)
		return releases_by_rule(rule);
	fi = engine_named(e, ev->callee);
	sum = fi ? func_summary(e, fi) : NULL;
	for (uint32_t i = 0; sum && i < sum->noutcomes; i++) {
		const struct outcome *o = &sum->outcomes[i];

		for (uint32_t k = 0; k < o->nlocks; k++)
			if (o->locks[k].depth < 0)
				return true;
		for (unsigned int p = 0; p < CTX_NPARTS; p++)
			if (o->ctx[p] < 0 && p != CTX_STATE)
				return true;
	}
	return false;
}

/* The end of a guard that runs on the way of the jump at the end of @b, or
 * ORIGIN_NONE. */
static origin guard_left_by(struct engine *e, const struct kir_block *b)
{
	if (b->term != KIR_TERM_JUMP)
		return ORIGIN_NONE;
	for (uint32_t i = b->event_count; i-- > 0;) {
		const struct kir_event *ev = &e->m->events[b->event_first + i];

		if (ends_guard(e, ev))
			return b->event_first + i;
		/* What stands before the jump is no part of it. */
		if (ev->kind != KIR_E_END && !(ev->flags & KIR_EF_CLEANUP))
			break;
	}
	return ORIGIN_NONE;
}

/* scoped_guard() and its like jump inside a macro: that is no goto of the author's. */
static bool is_written(const struct kir_module *m, kir_id loc)
{
	return loc != KIR_NONE && !m->locs[loc].macro;
}

static void function(struct check_run *run, const struct func_info *fi)
{
	struct engine *e = run->e;

	for (uint32_t i = 0; i < fi->f->block_count; i++) {
		const struct kir_block *b = &e->m->blocks[fi->f->block_first + i];
		origin end = guard_left_by(e, b);
		struct violation v = { .kind = V_CONTRACT, .func = fi->def->id, .site = end,
				       .loc = b->loc, .lock = SYM_NONE, .cause = ORIGIN_NONE,
				       .via = KIR_NONE, .via_site = ORIGIN_NONE,
				       .sibling = KIR_NONE };
		const char *callee;
		struct draft d;

		if (end == ORIGIN_NONE || !is_written(run->m, b->loc))
			continue;
		callee = event_callee(run, end);
		draft_begin(&d, run, "guard-order", &v);
		d.f.message = arena_printf(run->a,
			"this goto leaves the scope of a guard: %s() runs before the label is reached",
			callee);
		d.f.key = arena_printf(run->a, "goto past %s", callee);
		d.f.fix = "return from within the scope, or use no guard in a function that unwinds by goto";
		draft_end(&d);
	}
}

const struct check check_guard_order = {
	.info = { .id = "guard-order", .severity = SEV_WARNING,
		  .summary = "a __free() before the guard that it needs, a goto out of a guard's scope" },
	.violation = violation,
	.function = function,
};
