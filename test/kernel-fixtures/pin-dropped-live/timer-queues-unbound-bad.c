// SPDX-License-Identifier: GPL-2.0-only
/*
 * As timer-queues-again-bad.c, where a driver is unbound: the memory goes with the device.
 * Confirmed by DEBUG_OBJECTS_WORK (free active), or by KASAN, when the timer runs on another
 * CPU while the module is unloaded.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "../fixture_platform.h"

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
	mod_timer(&p->tick, jiffies + 1);
}

static int pump_probe(struct platform_device *pdev)
{
	struct pump *p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	timer_setup(&p->tick, pump_tick, 0);
	INIT_WORK(&p->work, pump_work);
	platform_set_drvdata(pdev, p);
	mod_timer(&p->tick, jiffies + 1);
	return 0;
}

static void pump_remove(struct platform_device *pdev)
{
	struct pump *p = platform_get_drvdata(pdev);

	del_timer(&p->tick); /* EXPECT: pin-dropped-live */
	cancel_work_sync(&p->work); /* EXPECT: pin-dropped-live */
}
FIXTURE_DRIVER(pump_probe, pump_remove, NULL, fixture_nothing);
