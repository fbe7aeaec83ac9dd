// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to an object are counted in a refcount_t.
 */
#include <linux/refcount.h>
#include <linux/slab.h>
#include "../fixture.h"

struct blob {
	refcount_t users;
	int size;
};

static noinline struct blob *blob_new(void)
{
	struct blob *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (b)
		refcount_set(&b->users, 1);
	return b;
}

static noinline void blob_get(struct blob *b)
{
	refcount_inc(&b->users);
}

static noinline void blob_put(struct blob *b)
{
	if (refcount_dec_and_test(&b->users))
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
