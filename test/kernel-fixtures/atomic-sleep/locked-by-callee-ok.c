// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of locked-by-callee-bad.c: the caller sleeps on the path where the
 * callee says that it has not kept the lock.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct node {
	spinlock_t lock;
	bool alive;
};

static struct node node0 = {
	.lock = __SPIN_LOCK_UNLOCKED(node0.lock),
	.alive = true,
};

static noinline int node_get_locked(struct node *n)
{
	spin_lock(&n->lock);
	if (n->alive)
		return 0;
	spin_unlock(&n->lock);
	return -ENODEV;
}

static void node_visit(void)
{
	if (node_get_locked(&node0)) {
		msleep(1);
		return;
	}
	node0.alive = false;
	spin_unlock(&node0.lock);
}
FIXTURE(node_visit);
