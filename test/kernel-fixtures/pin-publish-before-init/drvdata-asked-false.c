// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handler asks whether there is driver data already.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include "../fixture_platform.h"
#include "../fixture_irq.h"

struct lid {
	int moves;
};

static irqreturn_t lid_isr(int irq, void *data)
{
	struct lid *l = platform_get_drvdata(data);

	if (!l)
		return IRQ_NONE;
	l->moves++;
	return IRQ_HANDLED;
}

static int lid_probe(struct platform_device *pdev)
{
	struct lid *l = devm_kzalloc(&pdev->dev, sizeof(*l), GFP_KERNEL);
	int err;

	if (!l)
		return -ENOMEM;
	err = fixture_irq_create();
	if (err)
		return err;
	err = request_irq(fixture_irq, lid_isr, 0, "lid", pdev);
	if (err) {
		fixture_irq_destroy();
		return err;
	}
	fixture_irq_raise();
	msleep(20);
	platform_set_drvdata(pdev, l); /* EXPECT-FALSE: pin-publish-before-init */
	return 0;
}

static void lid_remove(struct platform_device *pdev)
{
	free_irq(fixture_irq, pdev);
	fixture_irq_destroy();
}
FIXTURE_DRIVER(lid_probe, lid_remove, NULL, fixture_nothing);
