/* SPDX-License-Identifier: MIT */
/* rt-wait-context: what sleeps on PREEMPT_RT, where even there nothing may. */
#include "check.h"
#include "wait.h"

static bool violation(struct check_run *run, const struct violation *v)
{
	if (v->kind != V_WAIT || v->need->wait == WAIT_SLEEP)
		return false;
	return word_wait(run, v, "rt-wait-context", "may sleep on PREEMPT_RT");
}

const struct check check_rt_wait_context = {
	.info = { .id = "rt-wait-context", .severity = SEV_WARNING, .rt_only = true,
		  .summary = "a lock or an allocation that sleeps on PREEMPT_RT, in a raw context" },
	.violation = violation,
};
