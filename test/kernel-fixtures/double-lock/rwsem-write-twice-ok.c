// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of rwsem-write-twice-bad.c: two objects; the second is taken with a
 * subclass of its own.
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
static struct inode_info inode1 = {
	.sem = __RWSEM_INITIALIZER(inode1.sem),
};

static noinline void truncate_both(struct inode_info *a, struct inode_info *b)
{
	down_write(&a->sem);
	down_write_nested(&b->sem, SINGLE_DEPTH_NESTING);
	a->size = 0;
	b->size = 0;
	up_write(&b->sem);
	up_write(&a->sem);
}

static void truncate_run(void)
{
	truncate_both(&inode0, &inode1);
}
FIXTURE(truncate_run);
