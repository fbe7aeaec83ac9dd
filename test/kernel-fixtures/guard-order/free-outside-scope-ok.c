// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of free-outside-scope-bad.c: inside the scope, behind the guard.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct tag {
	bool used;
};

static struct tag tags[8];
static DEFINE_SPINLOCK(tag_lock);

static struct tag *tag_get(int i)
{
	lockdep_assert_held(&tag_lock);
	if (tags[i].used)
		return NULL;
	tags[i].used = true;
	return &tags[i];
}

static void tag_put(struct tag *tag)
{
	lockdep_assert_held(&tag_lock);
	tag->used = false;
}

DEFINE_FREE(tag_put, struct tag *, if (_T) tag_put(_T))

static noinline int tag_submit(int i, bool broken)
{
	scoped_guard(spinlock_irqsave, &tag_lock) {
		struct tag *tag __free(tag_put) = tag_get(i);

		if (!tag)
			return -EBUSY;
		if (broken)
			return -EIO;
		retain_and_null_ptr(tag);
	}
	return 0;
}

static void tag_run(void)
{
	tag_submit(1, true);
}
FIXTURE(tag_run);
