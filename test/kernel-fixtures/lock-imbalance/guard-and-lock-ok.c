// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of guard-and-lock-bad.c: both locks are guards, and every return
 * releases them.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(outer_lock);
static DEFINE_MUTEX(inner_lock);
static int level;

static noinline int level_set(int value)
{
	guard(mutex)(&outer_lock);

	if (value < 0)
		return -EINVAL;
	scoped_guard(mutex, &inner_lock) {
		if (value > 100)
			return -ERANGE;
		level = value;
	}
	return 0;
}

static void level_run(void)
{
	level_set(101);
}
FIXTURE(level_run);
