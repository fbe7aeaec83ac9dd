// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver's resume, which its open calls too, sets a timer up again that may be pending.
 * Confirmed by DEBUG_OBJECTS_TIMERS (init active).
 */
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture_platform.h"

struct meter {
	struct timer_list sample;
	int n;
};

static struct meter *meter;

static void meter_sample(struct timer_list *t)
{
	struct meter *m = from_timer(m, t, sample);

	m->n++;
}

static noinline void meter_wake(struct meter *m)
{
	timer_setup(&m->sample, meter_sample, 0); /* EXPECT: pin-double-init */
	mod_timer(&m->sample, jiffies + HZ);
}

static int meter_resume(struct device *dev)
{
	meter_wake(dev_get_drvdata(dev));
	return 0;
}

static const struct dev_pm_ops meter_pm = {
	.resume = meter_resume,
};

static int meter_probe(struct platform_device *pdev)
{
	struct meter *m = devm_kzalloc(&pdev->dev, sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	timer_setup(&m->sample, meter_sample, 0);
	platform_set_drvdata(pdev, m);
	meter = m;
	return 0;
}

static void meter_remove(struct platform_device *pdev)
{
	struct meter *m = platform_get_drvdata(pdev);

	timer_shutdown_sync(&m->sample);
}

static void meter_open(void)
{
	if (!meter)
		return;
	meter_wake(meter);
	meter_wake(meter);
}
FIXTURE_DRIVER(meter_probe, meter_remove, &meter_pm, meter_open);
