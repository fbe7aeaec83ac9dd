/* SPDX-License-Identifier: MIT */
/* unlock-not-held: a lock released twice. */
#include "check.h"

static bool violation(struct check_run *run, const struct violation *v)
{
	const char *name, *callee;
	struct draft d;

	if (v->kind != V_NOT_HELD)
		return false;
	draft_begin(&d, run, "unlock-not-held", v);
	name = explain_lock(run, v->func, v->lock, v->lock_kind);
	callee = event_callee(run, v->site);
	if (v->cause == ORIGIN_NONE) {
		draft_step(&d, STEP_BREAK, v->func, place_at(run, v->site),
			   arena_printf(run->a, "%s() releases %s on a path that has not taken it",
					callee, name));
		d.f.message = arena_printf(run->a, "%s() releases %s, which this path has not taken",
					   callee, name);
		d.f.key = arena_printf(run->a, "%s %s", callee, name);
		draft_end(&d);
		return true;
	}
	draft_step(&d, STEP_CONTEXT, v->func, place_at(run, v->cause),
			   arena_printf(run->a, "%s() releases %s",
					event_callee(run, v->cause), name));
	draft_step(&d, STEP_BREAK, v->func, place_at(run, v->site),
		   arena_printf(run->a, "%s() releases it again", callee));
	d.f.message = arena_printf(run->a, "%s() releases %s, which is not held any more", callee,
				   name);
	d.f.key = arena_printf(run->a, "%s %s", callee, name);
	draft_end(&d);
	return true;
}

const struct check check_unlock_not_held = {
	.info = { .id = "unlock-not-held", .severity = SEV_WARNING,
		  .summary = "a lock released that is not held any more" },
	.violation = violation,
};
