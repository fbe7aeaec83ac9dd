// SPDX-License-Identifier: GPL-2.0-only
/*
 * As notifier-kept-bad.c, but the error is kept in a member of the object.
 * Confirmed by KASAN (the chain leads to an object that is freed).
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

static int panel_probe(struct platform_device *pdev)
{
	struct panel *p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);
	int err;

	if (!p)
		return -ENOMEM;
	p->nb.notifier_call = panel_mode;
	platform_set_drvdata(pdev, p);
	err = blocking_notifier_chain_register(&modes, &p->nb); /* EXPECT: init-unwind */
	if (err)
		return err;
	p->irq = platform_get_irq_optional(pdev, 0);
	if (p->irq < 0)
		return p->irq;
	return 0;
}

static void panel_remove(struct platform_device *pdev)
{
	struct panel *p = platform_get_drvdata(pdev);

	blocking_notifier_chain_unregister(&modes, &p->nb);
}

static void panel_change(void)
{
	blocking_notifier_call_chain(&modes, 0, NULL);
}
FIXTURE_DRIVER(panel_probe, panel_remove, NULL, panel_change);
