// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer's callback runs in softirq and must not sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/timer.h>
#include "../fixture.h"

struct monitor {
	struct timer_list timer;
	struct mutex lock;
	unsigned int polls;
};

static struct monitor monitor;

static void monitor_poll(struct timer_list *t)
{
	struct monitor *m = from_timer(m, t, timer);

	mutex_lock(&m->lock); /* EXPECT: atomic-sleep */
	m->polls++;
	mutex_unlock(&m->lock);
}

static void monitor_start(void)
{
	mutex_init(&monitor.lock);
	timer_setup(&monitor.timer, monitor_poll, 0);
	mod_timer(&monitor.timer, jiffies + HZ / 10);
}

static void monitor_stop(void)
{
	del_timer_sync(&monitor.timer);
}
FIXTURE_STOP(monitor_start, monitor_stop);
