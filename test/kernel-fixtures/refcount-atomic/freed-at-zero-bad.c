// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to an object are counted in an atomic_t, and the last one frees it.
 * No checker confirms it: the point is that an atomic_t wraps in silence.
 */
#include <linux/atomic.h>
#include <linux/slab.h>
#include "../fixture.h"

struct blob {
	atomic_t users;
	int size;
};

static noinline struct blob *blob_new(void)
{
	struct blob *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (b)
		atomic_set(&b->users, 1);
	return b;
}

static noinline void blob_get(struct blob *b)
{
	atomic_inc(&b->users);
}

static noinline void blob_put(struct blob *b)
{
	if (atomic_dec_and_test(&b->users)) /* EXPECT: refcount-atomic */
		kfree(b);
}

static void blob_run(void)
{
	struct blob *b = blob_new();

	if (!b)
		return;
	blob_get(b);
	blob_put(b);
	blob_put(b);
}
FIXTURE(blob_run);
