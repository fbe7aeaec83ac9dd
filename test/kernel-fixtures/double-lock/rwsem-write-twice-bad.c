// SPDX-License-Identifier: GPL-2.0-only
/*
 * The write side of a semaphore, through a second pointer to the same object.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/rwsem.h>
#include "../fixture.h"

struct inode_info {
	struct rw_semaphore sem;
	int size;
};

static struct inode_info inode0 = {
	.sem = __RWSEM_INITIALIZER(inode0.sem),
};

static noinline void truncate_both(struct inode_info *inode)
{
	struct inode_info *same = inode;

	down_write(&inode->sem);
	down_write(&same->sem); /* EXPECT: double-lock */
	inode->size = 0;
	up_write(&same->sem);
}

static void truncate_run(void)
{
	truncate_both(&inode0);
}
FIXTURE(truncate_run);
