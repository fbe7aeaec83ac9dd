// SPDX-License-Identifier: GPL-2.0-only
/*
 * One return leaves preemption disabled.
 * Confirmed by the kernel itself ("initcall returned with preemption imbalance")
 * and DEBUG_ATOMIC_SLEEP.
 */
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include "../fixture.h"

static int last_cpu = -1;

static noinline int note_cpu(int limit)
{
	preempt_disable();
	if (smp_processor_id() >= limit)
		return -ERANGE; /* EXPECT: context-imbalance */
	last_cpu = smp_processor_id();
	preempt_enable();
	return 0;
}

static void note_run(void)
{
	note_cpu(0);
}
FIXTURE(note_run);
