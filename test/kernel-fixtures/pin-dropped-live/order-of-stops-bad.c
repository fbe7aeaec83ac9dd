// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work is cancelled before the timer is stopped whose function queues it: both stops wait,
 * in the wrong order. Confirmed by DEBUG_OBJECTS_WORK (free active) when the module is
 * unloaded.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "../fixture_platform.h"

struct fan {
	struct timer_list tick;
	struct delayed_work adjust;
	int speed;
};

static void fan_adjust(struct work_struct *work)
{
	container_of(work, struct fan, adjust.work)->speed++;
}

static void fan_tick(struct timer_list *t)
{
	struct fan *f = from_timer(f, t, tick);

	schedule_delayed_work(&f->adjust, HZ);
	mod_timer(&f->tick, jiffies + 1);
}

static int fan_probe(struct platform_device *pdev)
{
	struct fan *f = devm_kzalloc(&pdev->dev, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	timer_setup(&f->tick, fan_tick, 0);
	INIT_DELAYED_WORK(&f->adjust, fan_adjust);
	platform_set_drvdata(pdev, f);
	mod_timer(&f->tick, jiffies + 1);
	return 0;
}

static void fan_remove(struct platform_device *pdev)
{
	struct fan *f = platform_get_drvdata(pdev);

	cancel_delayed_work_sync(&f->adjust); /* EXPECT: pin-dropped-live */
	msleep(30);
	timer_shutdown_sync(&f->tick);
}
FIXTURE_DRIVER(fan_probe, fan_remove, NULL, fixture_nothing);
