// SPDX-License-Identifier: GPL-2.0-only
/*
 * An early return releases the guard's lock, but not the one that was taken by
 * hand.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
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

	mutex_lock(&inner_lock);
	if (value > 100)
		return -ERANGE; /* EXPECT: lock-imbalance */
	level = value;
	mutex_unlock(&inner_lock);
	return 0;
}

static void level_run(void)
{
	level_set(101);
}
FIXTURE(level_run);
