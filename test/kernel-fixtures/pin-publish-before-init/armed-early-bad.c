// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer is armed, and only then the lock is initialised that its function takes. Confirmed by
 * DEBUG_SPINLOCK (bad magic) when the timer is due at once.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct meter {
	struct timer_list poll;
	struct work_struct report;
	spinlock_t lock;
	spinlock_t report_lock;
	int polls, reports;
	bool ready;
};

static struct meter *meter;

static void meter_poll(struct timer_list *t)
{
	struct meter *m = from_timer(m, t, poll);

	spin_lock(&m->lock);
	m->polls++;
	spin_unlock(&m->lock);
}

static void meter_report(struct work_struct *work)
{
	struct meter *m = container_of(work, struct meter, report);

	if (!READ_ONCE(m->ready))
		return;
	spin_lock(&m->report_lock);
	m->reports++;
	spin_unlock(&m->report_lock);
}

static void meter_start(void)
{
	struct meter *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return;
	timer_setup(&m->poll, meter_poll, 0);
	INIT_WORK(&m->report, meter_report);
	mod_timer(&m->poll, jiffies);
	mdelay(20);
	spin_lock_init(&m->lock); /* EXPECT: pin-publish-before-init */
	schedule_work(&m->report);
	spin_lock_init(&m->report_lock);
	WRITE_ONCE(m->ready, true);
	meter = m;
}

static void meter_stop(void)
{
	if (!meter)
		return;
	cancel_work_sync(&meter->report);
	timer_shutdown_sync(&meter->poll);
	kfree(meter);
}
FIXTURE_STOP(meter_start, meter_stop);
