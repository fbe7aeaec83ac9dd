// SPDX-License-Identifier: GPL-2.0-only
/*
 * The error path unlocks, and so does the end of the function.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(size_lock);
static int size;

static noinline int size_set(int value)
{
	int ret = 0;

	mutex_lock(&size_lock);
	if (value < 0) {
		ret = -EINVAL;
		mutex_unlock(&size_lock);
		goto out;
	}
	size = value;
out:
	mutex_unlock(&size_lock); /* EXPECT: unlock-not-held */
	return ret;
}

static void size_run(void)
{
	size_set(-1);
}
FIXTURE(size_run);
