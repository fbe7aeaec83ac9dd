// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock is released although the trylock may have failed.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected") when another
 * holds the lock, which the module's first half does.
 */
#include <linux/kthread.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(poll_lock);
static int polls;

static noinline void poll_once(void)
{
	bool got = mutex_trylock(&poll_lock);

	if (got)
		polls++;
	mutex_unlock(&poll_lock); /* EXPECT: unlock-not-held */
}

static int poll_thread(void *unused)
{
	poll_once();
	return 0;
}

static void poll_run(void)
{
	struct task_struct *task;

	mutex_lock(&poll_lock);
	task = kthread_run(poll_thread, NULL, "fixture");
	if (!IS_ERR(task))
		schedule_timeout_uninterruptible(HZ / 10);
	mutex_unlock(&poll_lock);
}
FIXTURE(poll_run);
