// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second acquisition is two calls away; the finding stands at the call, in
 * the function that holds the lock.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/spinlock.h>
#include "../fixture.h"

struct queue {
	spinlock_t lock;
	int length;
};

static struct queue queue0 = {
	.lock = __SPIN_LOCK_UNLOCKED(queue0.lock),
};

static noinline int queue_length(struct queue *q)
{
	int n;

	spin_lock(&q->lock);
	n = q->length;
	spin_unlock(&q->lock);
	return n;
}

static noinline bool queue_full(struct queue *q)
{
	return queue_length(q) >= 16;
}

static noinline void queue_push(struct queue *q)
{
	spin_lock(&q->lock);
	if (!queue_full(q)) /* EXPECT: double-lock */
		q->length++;
	spin_unlock(&q->lock);
}

static void queue_run(void)
{
	queue_push(&queue0);
}
FIXTURE(queue_run);
