/* SPDX-License-Identifier: MIT */
/* context-imbalance: a return with another preempt, irq, bh or rcu depth than its
 * siblings. */
#include "imbalance.h"

static const char *const section[CTX_NPARTS] = {
	[CTX_HARDIRQ] = "hard interrupt context", [CTX_SOFTIRQ] = "softirq context",
	[CTX_NMI] = "NMI context", [CTX_IRQ] = "disabled interrupts",
	[CTX_BH] = "disabled bottom halves", [CTX_PREEMPT] = "disabled preemption",
	[CTX_RAW] = "a raw spinlock", [CTX_SPIN] = "a spinlock",
	[CTX_RCU] = "an RCU read section", [CTX_RCU_BH] = "an RCU-bh read section",
	[CTX_RCU_SCHED] = "an RCU-sched read section", [CTX_SRCU] = "an SRCU read section",
	[CTX_MIGRATE] = "disabled migration", [CTX_PAGEFAULT] = "disabled page faults",
	[CTX_NON_BLOCK] = "a non-blocking section", [CTX_STATE] = "a task state",
};

static bool violation(struct check_run *run, const struct violation *v)
{
	const char *name;
	struct draft d;

	if (v->kind != V_IMBALANCE || v->lock != SYM_NONE)
		return false;
	draft_begin(&d, run, "context-imbalance", v);
	name = section[v->part];
	if (v->depth > 0)
		explain_part(&d, v->func, v->cause, v->part);
	else if (v->cause != ORIGIN_NONE)
		draft_step(&d, STEP_CONTEXT, v->func, place_at(run, v->cause),
			   arena_printf(run->a, "ends %s", name));
	word_imbalance(&d, v, arena_printf(run->a, "with %s left open", name),
		       arena_printf(run->a, "after ending %s that it has not begun", name));
	return true;
}

const struct check check_context_imbalance = {
	.info = { .id = "context-imbalance", .severity = SEV_WARNING,
		  .summary = "a return with another preempt, irq, bh or rcu depth than its siblings" },
	.violation = violation,
};
