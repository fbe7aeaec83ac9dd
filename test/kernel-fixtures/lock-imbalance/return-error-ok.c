// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of return-error-bad.c.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(rate_lock);
static int rate;

static noinline int rate_set(int value)
{
	mutex_lock(&rate_lock);
	if (value < 0) {
		mutex_unlock(&rate_lock);
		return -EINVAL;
	}
	rate = value;
	mutex_unlock(&rate_lock);
	return 0;
}

static void rate_run(void)
{
	rate_set(-1);
}
FIXTURE(rate_run);
