// SPDX-License-Identifier: GPL-2.0-only
/*
 * A jump back over a guard: the lock is released on the way and taken again,
 * while the buffer that goto unwinds belongs to nobody in between.
 * What cleanup.h asks of every function; no checker of the kernel finds it.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

static DEFINE_MUTEX(blob_lock);
static void *blob;
static size_t blob_size = 64;

static noinline int blob_make(void)
{
	size_t size = 32;
	void *fresh;

again:
	fresh = kmalloc(size, GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	{
		guard(mutex)(&blob_lock);
		if (blob_size > size) {
			size = blob_size;
			kfree(fresh);
			goto again; /* EXPECT: guard-order */
		}
		swap(blob, fresh);
	}
	kfree(fresh);
	return 0;
}

static void blob_run(void)
{
	blob_make();
}

static void blob_free(void)
{
	kfree(blob);
}
FIXTURE_STOP(blob_run, blob_free);
