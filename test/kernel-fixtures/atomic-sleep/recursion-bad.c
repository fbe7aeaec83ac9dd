// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutual recursion with the sleep in one of its members.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(tree_lock);
static DEFINE_MUTEX(leaf_lock);
static int leaves;

static noinline void visit_odd(unsigned int depth);

static noinline void visit_even(unsigned int depth)
{
	if (depth) {
		visit_odd(depth - 1);
		return;
	}
	mutex_lock(&leaf_lock);
	leaves++;
	mutex_unlock(&leaf_lock);
}

static noinline void visit_odd(unsigned int depth)
{
	if (depth)
		visit_even(depth - 1);
}

static void visit_tree(void)
{
	spin_lock(&tree_lock);
	visit_odd(3); /* EXPECT: atomic-sleep */
	spin_unlock(&tree_lock);
}
FIXTURE(visit_tree);
