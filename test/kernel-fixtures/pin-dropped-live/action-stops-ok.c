// SPDX-License-Identifier: GPL-2.0-only
/*
 * An action of the device stops the work before the memory goes, which is of the device too.
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

static void gauge_stop(void *data)
{
	struct gauge *g = data;

	cancel_delayed_work_sync(&g->poll);
}

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *g = devm_kzalloc(&pdev->dev, sizeof(*g), GFP_KERNEL);
	int err;

	if (!g)
		return -ENOMEM;
	INIT_DELAYED_WORK(&g->poll, gauge_poll);
	platform_set_drvdata(pdev, g);
	err = devm_add_action_or_reset(&pdev->dev, gauge_stop, g);
	if (err)
		return err;
	schedule_delayed_work(&g->poll, HZ);
	return 0;
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *g = platform_get_drvdata(pdev);

	g->level = 0;
}
FIXTURE_DRIVER(gauge_probe, gauge_remove, NULL, fixture_nothing);
