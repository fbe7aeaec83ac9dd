// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mutex in a wait loop: it sets the task's state back to running, so that the
 * wait does not wait.
 * Confirmed by DEBUG_ATOMIC_SLEEP ("do not call blocking ops when !TASK_RUNNING").
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include "../fixture.h"

static DEFINE_MUTEX(event_lock);
static int events;

static noinline int pending(void)
{
	int n;

	mutex_lock(&event_lock);
	n = events;
	mutex_unlock(&event_lock);
	return n;
}

static void wait_event_once(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!pending()) /* EXPECT: atomic-sleep */
		schedule_timeout(HZ / 10);
	__set_current_state(TASK_RUNNING);
}
FIXTURE(wait_event_once);
