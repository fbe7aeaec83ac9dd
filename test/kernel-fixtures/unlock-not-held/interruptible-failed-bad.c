// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutex_lock_interruptible() failed, and the mutex is released all the same.
 * Load the module and interrupt modprobe while the thread holds the mutex.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
#include <linux/kthread.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(reply_lock);
static int replies;

static int reply_thread(void *unused)
{
	mutex_lock(&reply_lock);
	schedule_timeout_uninterruptible(5 * HZ);
	mutex_unlock(&reply_lock);
	return 0;
}

static noinline int reply_wait(void)
{
	int ret = mutex_lock_interruptible(&reply_lock);

	if (ret)
		goto out;
	replies++;
out:
	mutex_unlock(&reply_lock); /* EXPECT: unlock-not-held */
	return ret;
}

static void reply_run(void)
{
	struct task_struct *task = kthread_run(reply_thread, NULL, "fixture");

	if (IS_ERR(task))
		return;
	schedule_timeout_uninterruptible(HZ / 10);
	reply_wait();
}
FIXTURE(reply_run);
