// SPDX-License-Identifier: GPL-2.0-only
/*
 * An action of the device leaves the notifier chain, after remove and after a probe that
 * has failed.
 */
#include <linux/notifier.h>
#include <linux/slab.h>
#include "../fixture_platform.h"

struct panel {
	struct notifier_block nb;
	int irq;
	int calls;
};

static BLOCKING_NOTIFIER_HEAD(modes);

static int panel_mode(struct notifier_block *nb, unsigned long mode, void *data)
{
	struct panel *p = container_of(nb, struct panel, nb);

	p->calls++;
	return NOTIFY_OK;
}

static void panel_leave(void *data)
{
	struct panel *p = data;

	blocking_notifier_chain_unregister(&modes, &p->nb);
}

static int panel_probe(struct platform_device *pdev)
{
	struct panel *p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);
	int err;

	if (!p)
		return -ENOMEM;
	p->nb.notifier_call = panel_mode;
	platform_set_drvdata(pdev, p);
	err = blocking_notifier_chain_register(&modes, &p->nb);
	if (err)
		return err;
	err = devm_add_action_or_reset(&pdev->dev, panel_leave, p);
	if (err)
		return err;
	err = platform_get_irq_optional(pdev, 0);
	if (err < 0)
		return err;
	p->irq = err;
	return 0;
}

static void panel_remove(struct platform_device *pdev)
{
	struct panel *p = platform_get_drvdata(pdev);

	p->calls = 0;
}

static void panel_change(void)
{
	blocking_notifier_call_chain(&modes, 0, NULL);
}
FIXTURE_DRIVER(panel_probe, panel_remove, NULL, panel_change);
