// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timer cannot run any more when the work is cancelled that it queues.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct pump {
	struct timer_list tick;
	struct work_struct work;
	int strokes;
};

static void pump_work(struct work_struct *work)
{
	container_of(work, struct pump, work)->strokes++;
}

static void pump_tick(struct timer_list *t)
{
	struct pump *p = from_timer(p, t, tick);

	mdelay(50);
	schedule_work(&p->work);
}

static noinline struct pump *pump_new(void)
{
	struct pump *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	timer_setup(&p->tick, pump_tick, 0);
	INIT_WORK(&p->work, pump_work);
	mod_timer(&p->tick, jiffies + 1);
	return p;
}

static noinline void pump_free(struct pump *p)
{
	timer_shutdown_sync(&p->tick);
	cancel_work_sync(&p->work);
	kfree(p);
}

static void pump_run(void)
{
	struct pump *p = pump_new();

	if (!p)
		return;
	msleep(30);
	pump_free(p);
}
FIXTURE(pump_run);
