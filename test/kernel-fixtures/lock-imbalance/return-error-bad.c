// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error return between lock and unlock.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(rate_lock);
static int rate;

static noinline int rate_set(int value)
{
	mutex_lock(&rate_lock);
	if (value < 0)
		return -EINVAL; /* EXPECT: lock-imbalance */
	rate = value;
	mutex_unlock(&rate_lock);
	return 0;
}

static void rate_run(void)
{
	rate_set(-1);
}
FIXTURE(rate_run);
