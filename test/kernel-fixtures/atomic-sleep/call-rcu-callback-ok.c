// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of call-rcu-callback-bad.c: an atomic counter needs no lock.
 */
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "../fixture.h"

struct node {
	struct rcu_head rcu;
	int id;
};

static atomic_t freed = ATOMIC_INIT(0);

static void node_free(struct rcu_head *head)
{
	struct node *n = container_of(head, struct node, rcu);

	atomic_inc(&freed);
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
