// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of void-fall-through-bad.c: the downgraded lock is released as a
 * reader's, the other as a writer's.
 */
#include <linux/rwsem.h>
#include "../fixture.h"

static DECLARE_RWSEM(tree_sem);
static int tree, generation;

static noinline void tree_update(int value)
{
	down_write(&tree_sem);
	tree = value;
	if (tree < 0) {
		up_write(&tree_sem);
		return;
	}
	downgrade_write(&tree_sem);
	generation++;
	up_read(&tree_sem);
}

static void tree_run(void)
{
	tree_update(-1);
}
FIXTURE(tree_run);
