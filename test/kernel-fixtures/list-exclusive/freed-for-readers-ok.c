// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of a list are freed on a walk, but only when all readers of RCU, the walk
 * among them, have done.
 */
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct route {
	struct list_head node;
	struct rcu_head rcu;
};

static LIST_HEAD(routes);
static DEFINE_SPINLOCK(routes_lock);

static noinline void routes_flush(void)
{
	struct route *r;

	spin_lock(&routes_lock);
	rcu_read_lock();
	list_for_each_entry_rcu(r, &routes, node) {
		list_del_rcu(&r->node);
		kfree_rcu(r, rcu);
	}
	rcu_read_unlock();
	spin_unlock(&routes_lock);
}

static void routes_run(void)
{
	struct route *r;
	int n;

	for (n = 0; n < 3; n++) {
		r = kzalloc(sizeof(*r), GFP_KERNEL);
		if (!r)
			break;
		spin_lock(&routes_lock);
		list_add_rcu(&r->node, &routes);
		spin_unlock(&routes_lock);
	}
	routes_flush();
}
FIXTURE_STOP(routes_run, rcu_barrier);
