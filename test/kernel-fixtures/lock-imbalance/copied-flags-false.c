// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock is taken and given back under one condition, on a flag that was copied into the
 * request.  In between another function stores to a member of the same name, of another
 * object.  The code is right.  (__blockdev_direct_IO().)
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

#define REQUEST_LOCKED 1

struct request_state {
	unsigned int flags;
	int n;
};

struct buffer {
	unsigned int flags;
};

static DEFINE_MUTEX(device_lock_);
static struct buffer scratch;

static noinline void buffer_clear(struct buffer *b)
{
	b->flags = 0;
}

static noinline int request_do(unsigned int flags)
{
	struct request_state *r = kmalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->flags = flags;
	r->n = 0;
	if (r->flags & REQUEST_LOCKED)
		mutex_lock(&device_lock_);
	buffer_clear(&scratch);
	if (r->flags & REQUEST_LOCKED)
		mutex_unlock(&device_lock_);
	kfree(r);
	return 0; /* EXPECT-FALSE: lock-imbalance */
}

static void request_run(void)
{
	request_do(REQUEST_LOCKED);
}
FIXTURE(request_run);
