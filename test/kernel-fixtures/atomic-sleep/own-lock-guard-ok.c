// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of own-lock-guard-bad.c: the allocation cannot block.
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
	void *spare = kmalloc(32, GFP_KERNEL);

	scoped_guard(fifo, &fifo0) {
		if (!fifo0.tail)
			fifo0.tail = kmalloc(32, GFP_NOWAIT);
		if (!fifo0.tail)
			swap(fifo0.tail, spare);
	}
	kfree(spare);
}

static void fifo_free(void)
{
	kfree(fifo0.tail);
}
FIXTURE_STOP(fifo_push, fifo_free);
