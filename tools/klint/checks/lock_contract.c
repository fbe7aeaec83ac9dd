/* SPDX-License-Identifier: MIT */
/* lock-contract: an asserted or annotated lock or context that is surely not so. */
#include "check.h"

static bool violation(struct check_run *run, const struct violation *v)
{
	const char *who, *state, *leaf;
	struct draft d;

	if (v->kind != V_CONTRACT)
		return false;
	draft_begin(&d, run, "lock-contract", v);
	if (v->need->guarded && !v->need->hops)
		who = arena_printf(run->a, "the access of '%s'",
				   sym_name_text(run->e->t, v->need->guarded));
	else
		who = arena_printf(run->a, "%s()", event_callee(run, v->site));
	if (v->entry)
		explain_context(&d, v);
	leaf = explain_need(&d, v->func, v->need);
	switch (v->need->kind) {
	case NEED_HELD:
		state = arena_printf(run->a, "needs %s, which is %s",
				     explain_lock(run, v->func, v->lock, RULES_NONE),
				     v->entry ? "not held: nothing is when it is entered" :
				     "not held any more");
		break;
	case NEED_NOT_HELD:
		state = arena_printf(run->a, "must not be called with %s held",
				     explain_lock(run, v->func, v->lock, RULES_NONE));
		break;
	default:
		state = "asserts a context that is not so";
		break;
	}
	d.f.message = arena_printf(run->a, "%s %s", who, state);
	d.f.key = arena_printf(run->a, "%s %s", who, leaf);
	draft_end(&d);
	return true;
}

const struct check check_lock_contract = {
	.info = { .id = "lock-contract", .severity = SEV_WARNING,
		  .summary = "a stated lock or context requirement that is not met" },
	.violation = violation,
};
