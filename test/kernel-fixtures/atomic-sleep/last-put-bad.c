// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last reference is given back under a spinlock, and what frees the object
 * sleeps.  The kernel says so at run time (might_sleep() in msleep()).  klint does
 * not tell: in its eyes the caller may have another reference.
 */
#include <linux/delay.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct shard {
	refcount_t users;
};

static DEFINE_SPINLOCK(shard_lock);

static noinline void shard_put(struct shard *s)
{
	if (!refcount_dec_and_test(&s->users))
		return;
	msleep(1);
	kfree(s);
}

static void shard_run(void)
{
	struct shard *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return;
	refcount_set(&s->users, 1);
	spin_lock(&shard_lock);
	shard_put(s); /* EXPECT-MISS: atomic-sleep */
	spin_unlock(&shard_lock);
}
FIXTURE(shard_run);
