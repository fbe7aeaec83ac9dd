// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of interruptible-failed-bad.c.
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(reply_lock);
static int replies;

static noinline int reply_wait(void)
{
	int ret = mutex_lock_interruptible(&reply_lock);

	if (ret)
		goto out;
	replies++;
	mutex_unlock(&reply_lock);
out:
	return ret;
}

static void reply_run(void)
{
	reply_wait();
}
FIXTURE(reply_run);
