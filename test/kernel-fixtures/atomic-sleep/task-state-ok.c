// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of task-state-bad.c: the condition is read without a lock, and the
 * mutex is taken when the task runs again.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include "../fixture.h"

static DEFINE_MUTEX(event_lock);
static int events;

static noinline int take_events(void)
{
	int n;

	mutex_lock(&event_lock);
	n = events;
	events = 0;
	mutex_unlock(&event_lock);
	return n;
}

static void wait_event_once(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(events))
		schedule_timeout(HZ / 10);
	__set_current_state(TASK_RUNNING);
	take_events();
}
FIXTURE(wait_event_once);
