// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of preempt-enable-missing-bad.c.
 */
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include "../fixture.h"

static int last_cpu = -1;

static noinline int note_cpu(int limit)
{
	int ret = 0;

	preempt_disable();
	if (smp_processor_id() >= limit)
		ret = -ERANGE;
	else
		last_cpu = smp_processor_id();
	preempt_enable();
	return ret;
}

static void note_run(void)
{
	note_cpu(0);
}
FIXTURE(note_run);
