// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of timer-callback-bad.c: the timer hands the sleeping part to a
 * work item.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct monitor {
	struct timer_list timer;
	struct work_struct work;
	struct mutex lock;
	unsigned int polls;
};

static struct monitor monitor;

static void monitor_work(struct work_struct *work)
{
	struct monitor *m = container_of(work, struct monitor, work);

	mutex_lock(&m->lock);
	m->polls++;
	mutex_unlock(&m->lock);
}

static void monitor_poll(struct timer_list *t)
{
	struct monitor *m = from_timer(m, t, timer);

	schedule_work(&m->work);
}

static void monitor_start(void)
{
	mutex_init(&monitor.lock);
	INIT_WORK(&monitor.work, monitor_work);
	timer_setup(&monitor.timer, monitor_poll, 0);
	mod_timer(&monitor.timer, jiffies + HZ / 10);
}

static void monitor_stop(void)
{
	del_timer_sync(&monitor.timer);
	cancel_work_sync(&monitor.work);
}
FIXTURE_STOP(monitor_start, monitor_stop);
