// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error path goes to the label behind the unlock.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

static DEFINE_MUTEX(table_lock);
static void *table;

static noinline int table_grow(size_t size)
{
	int ret = -EINVAL;
	void *fresh;

	if (!size)
		goto out;
	mutex_lock(&table_lock);
	ret = -ENOMEM;
	fresh = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (!fresh)
		goto out;
	ret = -EBUSY;
	if (table) {
		kfree(fresh);
		goto out_unlock;
	}
	table = fresh;
	ret = 0;
out_unlock:
	mutex_unlock(&table_lock);
out:
	return ret; /* EXPECT: lock-imbalance */
}

static void table_run(void)
{
	table_grow(KMALLOC_MAX_SIZE + 1);
}

static void table_free(void)
{
	kfree(table);
}
FIXTURE_STOP(table_run, table_free);
