// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of recursion-bad.c: the walk that sleeps holds no lock; the one
 * under the lock does not sleep.
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

static noinline int count_down(unsigned int depth)
{
	return depth ? count_down(depth - 1) + 1 : 0;
}

static void visit_tree(void)
{
	spin_lock(&tree_lock);
	leaves = count_down(3);
	spin_unlock(&tree_lock);
	visit_odd(3);
}
FIXTURE(visit_tree);
