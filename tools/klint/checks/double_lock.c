/* SPDX-License-Identifier: MIT */
/* double-lock: a lock taken by its holder, here or in a callee. */
#include "check.h"

static bool violation(struct check_run *run, const struct violation *v)
{
	const char *name, *callee;
	struct draft d;

	if (v->kind != V_DOUBLE_LOCK)
		return false;
	draft_begin(&d, run, "double-lock", v);
	name = explain_lock(run, v->func, v->lock, v->lock_kind);
	callee = event_callee(run, v->site);
	explain_taken(&d, v->func, v->cause, v->lock, v->lock_kind);
	if (v->need)
		explain_need(&d, v->func, v->need);
	else
		draft_step(&d, STEP_BREAK, v->func, place_at(run, v->site),
			   arena_printf(run->a, "%s() takes %s again", callee, name));
	d.f.message = arena_printf(run->a, "%s() takes %s, which is held already", callee, name);
	d.f.key = arena_printf(run->a, "%s %s", callee, name);
	draft_end(&d);
	return true;
}

const struct check check_double_lock = {
	.info = { .id = "double-lock", .severity = SEV_WARNING,
		  .summary = "a lock taken again by its holder" },
	.violation = violation,
};
