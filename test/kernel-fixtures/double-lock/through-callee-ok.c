// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of through-callee-bad.c: under the lock, the variant that expects it.
 */
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct queue {
	spinlock_t lock;
	int length;
};

static struct queue queue0 = {
	.lock = __SPIN_LOCK_UNLOCKED(queue0.lock),
};

static noinline bool queue_full_locked(struct queue *q)
{
	lockdep_assert_held(&q->lock);
	return q->length >= 16;
}

static noinline bool queue_full(struct queue *q)
{
	bool full;

	spin_lock(&q->lock);
	full = queue_full_locked(q);
	spin_unlock(&q->lock);
	return full;
}

static noinline void queue_push(struct queue *q)
{
	if (queue_full(q))
		return;
	spin_lock(&q->lock);
	if (!queue_full_locked(q))
		q->length++;
	spin_unlock(&q->lock);
}

static void queue_run(void)
{
	queue_push(&queue0);
}
FIXTURE(queue_run);
