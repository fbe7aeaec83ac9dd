// SPDX-License-Identifier: GPL-2.0-only
/*
 * As freed-at-zero-bad.c, with a count of 64 bits and an early return.
 * No checker confirms it: the point is that an atomic64_t goes below zero in silence.
 */
#include <linux/atomic.h>
#include <linux/slab.h>
#include "../fixture.h"

struct blob {
	atomic64_t users;
	int size;
};

static noinline struct blob *blob_new(void)
{
	struct blob *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (b)
		atomic64_set(&b->users, 1);
	return b;
}

static noinline void blob_get(struct blob *b)
{
	atomic64_inc(&b->users);
}

static noinline void blob_put(struct blob *b)
{
	if (!atomic64_dec_and_test(&b->users)) /* EXPECT: refcount-atomic */
		return;
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
