// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver cancels its work to queue it at once again, and never for good.
 * Confirmed by DEBUG_OBJECTS_TIMERS when the module is unloaded (free active).
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture_platform.h"

struct gauge {
	struct delayed_work poll;
	int level;
};

static void gauge_poll(struct work_struct *work)
{
	struct gauge *g = container_of(work, struct gauge, poll.work);

	g->level++;
	schedule_delayed_work(&g->poll, HZ);
}

static noinline void gauge_restart(struct gauge *g)
{
	cancel_delayed_work_sync(&g->poll);
	g->level = 0;
	schedule_delayed_work(&g->poll, HZ);
}

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *g = devm_kzalloc(&pdev->dev, sizeof(*g), GFP_KERNEL); /* EXPECT: pin-dropped-live */

	if (!g)
		return -ENOMEM;
	INIT_DELAYED_WORK(&g->poll, gauge_poll);
	platform_set_drvdata(pdev, g);
	gauge_restart(g);
	return 0;
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *g = platform_get_drvdata(pdev);

	g->level = 0;
}
FIXTURE_DRIVER(gauge_probe, gauge_remove, NULL, fixture_nothing);
