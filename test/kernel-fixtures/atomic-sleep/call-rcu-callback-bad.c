// SPDX-License-Identifier: GPL-2.0-only
/*
 * An RCU callback runs in softirq; it takes a mutex.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "../fixture.h"

struct node {
	struct rcu_head rcu;
	int id;
};

static DEFINE_MUTEX(stats_lock);
static unsigned int freed;

static void node_free(struct rcu_head *head)
{
	struct node *n = container_of(head, struct node, rcu);

	mutex_lock(&stats_lock); /* EXPECT: atomic-sleep */
	freed++;
	mutex_unlock(&stats_lock);
	kfree(n);
}

static void node_retire(void)
{
	struct node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (n)
		call_rcu(&n->rcu, node_free);
}

static void node_drain(void)
{
	rcu_barrier();
}
FIXTURE_STOP(node_retire, node_drain);
