// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guard of DEFINE_LOCK_GUARD_1, which keeps the interrupt flags beside the
 * lock; its scope allocates with flags that may block.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct fifo {
	spinlock_t lock;
	void *tail;
};

static struct fifo fifo0 = {
	.lock = __SPIN_LOCK_UNLOCKED(fifo0.lock),
};

DEFINE_LOCK_GUARD_1(fifo, struct fifo,
		    spin_lock_irqsave(&_T->lock->lock, _T->flags),
		    spin_unlock_irqrestore(&_T->lock->lock, _T->flags),
		    unsigned long flags)

static void fifo_push(void)
{
	scoped_guard(fifo, &fifo0) {
		if (!fifo0.tail)
			fifo0.tail = kmalloc(32, GFP_KERNEL); /* EXPECT: atomic-sleep */
	}
}

static void fifo_free(void)
{
	kfree(fifo0.tail);
}
FIXTURE_STOP(fifo_push, fifo_free);
