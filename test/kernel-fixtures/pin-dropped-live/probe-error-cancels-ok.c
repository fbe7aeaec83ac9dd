// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver cancels its work when probing fails, and when it is unbound.
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

static ssize_t level_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct gauge *g = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", g->level);
}
static DEVICE_ATTR_RO(level);

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *g = devm_kzalloc(&pdev->dev, sizeof(*g), GFP_KERNEL);
	int err;

	if (!g)
		return -ENOMEM;
	INIT_DELAYED_WORK(&g->poll, gauge_poll);
	platform_set_drvdata(pdev, g);
	schedule_delayed_work(&g->poll, HZ);
	err = device_create_file(&pdev->dev, &dev_attr_level);
	if (err)
		cancel_delayed_work_sync(&g->poll);
	return err;
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *g = platform_get_drvdata(pdev);

	device_remove_file(&pdev->dev, &dev_attr_level);
	cancel_delayed_work_sync(&g->poll);
}
FIXTURE_DRIVER(gauge_probe, gauge_remove, NULL, fixture_nothing);
