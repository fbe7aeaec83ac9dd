// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin_lock_irqsave() is undone by spin_unlock() on one path: the lock is
 * released but interrupts stay off.
 * Confirmed by the kernel itself ("initcall returned with disabled interrupts").
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
		return -EAGAIN; /* EXPECT: context-imbalance */
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
