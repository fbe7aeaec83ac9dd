// SPDX-License-Identifier: GPL-2.0-only
/*
 * A void function ends with the lock on one of its paths.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/rwsem.h>
#include "../fixture.h"

static DECLARE_RWSEM(tree_sem);
static int tree, generation;

static noinline void tree_update(int value)
{
	down_write(&tree_sem);
	tree = value;
	downgrade_write(&tree_sem);
	if (tree >= 0) {
		generation++;
		up_read(&tree_sem);
	}
} /* EXPECT: lock-imbalance */

static void tree_run(void)
{
	tree_update(-1);
}
FIXTURE(tree_run);
