// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of guard-of-freed-bad.c: declared before the guard, the object is
 * freed after its lock has been released.
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
	struct box *gone __free(kfree) = b;

	guard(mutex)(&gone->lock);
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
