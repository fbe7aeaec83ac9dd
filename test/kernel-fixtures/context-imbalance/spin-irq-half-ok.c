// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of spin-irq-half-bad.c: what one call does may be undone by two.
 */
#include <linux/errno.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(fifo_lock);
static int fifo;

static noinline int fifo_take(void)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo_lock, flags);
	if (!fifo) {
		spin_unlock(&fifo_lock);
		local_irq_restore(flags);
		return -EAGAIN;
	}
	fifo--;
	spin_unlock_irqrestore(&fifo_lock, flags);
	return 0;
}

static void fifo_run(void)
{
	fifo_take();
}
FIXTURE(fifo_run);
