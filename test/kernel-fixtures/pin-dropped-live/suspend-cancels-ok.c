// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver cancels its work when it is suspended, and when it is unbound.
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

static int gauge_suspend(struct device *dev)
{
	struct gauge *g = dev_get_drvdata(dev);

	cancel_delayed_work_sync(&g->poll);
	return 0;
}

static int gauge_resume(struct device *dev)
{
	struct gauge *g = dev_get_drvdata(dev);

	schedule_delayed_work(&g->poll, HZ);
	return 0;
}

static const struct dev_pm_ops gauge_pm = {
	.suspend = gauge_suspend,
	.resume = gauge_resume,
};

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *g = devm_kzalloc(&pdev->dev, sizeof(*g), GFP_KERNEL);

	if (!g)
		return -ENOMEM;
	INIT_DELAYED_WORK(&g->poll, gauge_poll);
	platform_set_drvdata(pdev, g);
	schedule_delayed_work(&g->poll, HZ);
	return 0;
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *g = platform_get_drvdata(pdev);

	cancel_delayed_work_sync(&g->poll);
}
FIXTURE_DRIVER(gauge_probe, gauge_remove, &gauge_pm, fixture_nothing);
