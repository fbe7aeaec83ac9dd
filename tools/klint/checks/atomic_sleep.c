/* SPDX-License-Identifier: MIT */
/* atomic-sleep: a call that may sleep where the context forbids it. */
#include "wait.h"

#include <string.h>

bool word_wait(struct check_run *run, const struct violation *v, const char *lint,
	       const char *verb)
{
	struct draft d;
	const char *context, *leaf, *callee = event_callee(run, v->site);

	draft_begin(&d, run, lint, v);
	context = explain_context(&d, v);
	if (v->via != KIR_NONE)
		draft_step(&d, STEP_CONTEXT, v->via, place_at(run, v->via_site),
			   "calls with arguments that make it so");
	leaf = explain_need(&d, v->func, v->need);
	if (!strcmp(leaf, callee))
		d.f.message = arena_printf(run->a, "%s() %s, but %s", leaf, verb, context);
	else
		d.f.message = arena_printf(run->a, "%s() %s (%s()), but %s", callee, verb, leaf,
					   context);
	d.f.key = arena_printf(run->a, "%s %s %s", callee, leaf,
			       v->entry ? v->entry->how : context);
	draft_end(&d);
	return true;
}

static bool violation(struct check_run *run, const struct violation *v)
{
	if (v->kind != V_WAIT || v->need->wait != WAIT_SLEEP)
		return false;
	return word_wait(run, v, "atomic-sleep", "may sleep");
}

const struct check check_atomic_sleep = {
	.info = { .id = "atomic-sleep", .severity = SEV_WARNING,
		  .summary = "a call that may sleep where the context forbids it" },
	.violation = violation,
};
