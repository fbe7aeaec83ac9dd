// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of irq-restore-missing-bad.c.
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
	if (n > max) {
		local_irq_restore(flags);
		return -EOVERFLOW;
	}
	pending = 0;
	local_irq_restore(flags);
	return n;
}

static void pending_run(void)
{
	pending_take(-1);
}
FIXTURE(pending_run);
