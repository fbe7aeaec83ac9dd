// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutex_lock_interruptible() holds the lock when it returns 0; a later error
 * is treated as if it had not.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

static DEFINE_MUTEX(io_lock);
static void *io_buffer;

static noinline int io_setup(size_t size)
{
	int ret = mutex_lock_interruptible(&io_lock);

	if (ret)
		return ret;
	kfree(io_buffer);
	io_buffer = kzalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (!io_buffer)
		return -ENOMEM; /* EXPECT: lock-imbalance */
	mutex_unlock(&io_lock);
	return 0;
}

static void io_run(void)
{
	io_setup(KMALLOC_MAX_SIZE + 1);
}

static void io_free(void)
{
	kfree(io_buffer);
}
FIXTURE_STOP(io_run, io_free);
