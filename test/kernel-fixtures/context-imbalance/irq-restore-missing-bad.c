// SPDX-License-Identifier: GPL-2.0-only
/*
 * One return leaves interrupts disabled.
 * Confirmed by the kernel itself ("initcall returned with disabled interrupts").
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include "../fixture.h"

static int pending;

static noinline int pending_take(int max)
{
	unsigned long flags;
	int n;

	local_irq_save(flags);
	n = pending;
	if (n > max)
		return -EOVERFLOW; /* EXPECT: context-imbalance */
	pending = 0;
	local_irq_restore(flags);
	return n;
}

static void pending_run(void)
{
	pending_take(-1);
}
FIXTURE(pending_run);
