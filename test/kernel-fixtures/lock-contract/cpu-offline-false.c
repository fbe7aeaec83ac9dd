// SPDX-License-Identifier: GPL-2.0-only
/*
 * A poke with interrupts disabled is handed to an online CPU when this one is going
 * down.  The code is right: smp_call_function_single() must not be called with
 * interrupts disabled on an online CPU, as two that wait for each other would never
 * return, and this call is made only when this CPU is offline, and does not wait.
 */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/smp.h>
#include "../fixture.h"

static int pokes;

static void poke_here(void *unused)
{
	pokes++;
}

static noinline void poke(void)
{
	unsigned long flags;
	int cpu;

	local_irq_save(flags);
	cpu = smp_processor_id();
	if (unlikely(cpu_is_offline(cpu)))
		smp_call_function_single(cpumask_any(cpu_online_mask), poke_here, NULL, 0); /* EXPECT-FALSE: lock-contract */
	else
		poke_here(NULL);
	local_irq_restore(flags);
}

static void poke_run(void)
{
	poke();
}
FIXTURE(poke_run);
