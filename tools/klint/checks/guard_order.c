/* SPDX-License-Identifier: MIT */
/* guard-order: a cleanup that runs after the guard it needs has been released. */
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

const struct check check_guard_order = {
	.info = { .id = "guard-order", .severity = SEV_WARNING,
		  .summary = "a __free() declared before the guard that it needs" },
	.violation = violation,
};
