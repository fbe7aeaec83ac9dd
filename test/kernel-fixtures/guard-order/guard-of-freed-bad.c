// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard holds a lock inside an object whose __free() is declared behind it:
 * the object is freed first and then its lock is released.
 * Confirmed by KASAN (use-after-free in mutex_unlock()).
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct box {
	struct mutex lock;
	int items;
};

static noinline int box_empty(struct box *b)
{
	guard(mutex)(&b->lock);
	struct box *gone __free(kfree) = b; /* EXPECT-MISS: guard-order */

	return gone->items;
}

static void box_run(void)
{
	struct box *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return;
	mutex_init(&b->lock);
	box_empty(b);
}
FIXTURE(box_run);
