// SPDX-License-Identifier: MIT
/*
 * The parts of the context vector: their names, and what may still wait in
 * each.  The latter is lockdep's view (task_wait_context() and the wait types
 * of its maps) together with Documentation/locking/locktypes.rst.
 */
#include "rules/rules.h"

#include <string.h>

static const struct {
	const char *name;
	enum wait_type wait;
} parts[CTX_NPARTS] = {
	[CTX_HARDIRQ] = { "hardirq", WAIT_SPIN },
	[CTX_SOFTIRQ] = { "softirq", WAIT_CONFIG },
	[CTX_NMI] = { "nmi", WAIT_FREE },
	[CTX_IRQ] = { "irq", WAIT_SPIN },
	/* On PREEMPT_RT a per-CPU lock that sleeps. */
	[CTX_BH] = { "bh", WAIT_CONFIG },
	[CTX_PREEMPT] = { "preempt", WAIT_SPIN },
	[CTX_RAW] = { "raw", WAIT_SPIN },
	[CTX_SPIN] = { "spin", WAIT_CONFIG },
	/* PREEMPT_RT implies PREEMPT_RCU, whose readers may be preempted. */
	[CTX_RCU] = { "rcu", WAIT_CONFIG },
	[CTX_RCU_BH] = { "rcu-bh", WAIT_CONFIG },
	[CTX_RCU_SCHED] = { "rcu-sched", WAIT_SPIN },
	[CTX_SRCU] = { "srcu", WAIT_SLEEP },
	[CTX_MIGRATE] = { "migrate", WAIT_SLEEP },
	/* A fault that would sleep fails instead; an explicit sleep is allowed. */
	[CTX_PAGEFAULT] = { "pagefault", WAIT_SLEEP },
	[CTX_NON_BLOCK] = { "non-block", WAIT_CONFIG },
	/* A sleep would set TASK_RUNNING; a spinlock on RT saves the state. */
	[CTX_STATE] = { "state", WAIT_CONFIG },
};

const char *ctx_part_name(enum ctx_part part)
{
	return part < CTX_NPARTS ? parts[part].name : "?";
}

enum ctx_part ctx_part_by_name(const char *name)
{
	for (enum ctx_part p = 0; p < CTX_NPARTS; p++)
		if (!strcmp(parts[p].name, name))
			return p;
	return CTX_NPARTS;
}

enum wait_type ctx_part_wait(enum ctx_part part)
{
	return part < CTX_NPARTS ? parts[part].wait : WAIT_SLEEP;
}
