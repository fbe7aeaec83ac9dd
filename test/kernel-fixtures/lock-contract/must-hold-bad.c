// SPDX-License-Identifier: GPL-2.0-only
/*
 * __must_hold() says that the caller has the lock; one caller has dropped it
 * on one path.
 * Confirmed by sparse (context imbalance); at run time two writers meet.
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
	spin_lock(&r->lock);
	if (r->head - r->tail < 8) {
		ring_advance(r);
		spin_unlock(&r->lock);
		return;
	}
	spin_unlock(&r->lock);
	ring_advance(r); /* EXPECT: lock-contract */
}

static void ring_run(void)
{
	ring_put(&ring0);
}
FIXTURE(ring_run);
