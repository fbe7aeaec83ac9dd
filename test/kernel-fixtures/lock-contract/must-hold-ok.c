// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of must-hold-bad.c.
 */
#include <linux/spinlock.h>
#include "../fixture.h"

struct ring {
	spinlock_t lock;
	int head, tail;
};

static struct ring ring0 = { .lock = __SPIN_LOCK_UNLOCKED(ring0.lock) };

static noinline void ring_advance(struct ring *r)
	__must_hold(&r->lock)
{
	r->head++;
}

static noinline void ring_put(struct ring *r)
{
	unsigned long flags;

	spin_lock_irqsave(&r->lock, flags);
	if (r->head - r->tail < 8)
		ring_advance(r);
	spin_unlock_irqrestore(&r->lock, flags);
}

static void ring_run(void)
{
	ring_put(&ring0);
}
FIXTURE(ring_run);
