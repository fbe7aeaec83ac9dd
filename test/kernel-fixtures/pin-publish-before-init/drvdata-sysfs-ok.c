// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver data is set before the file in sysfs is created that shows it.
 */
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "../fixture_platform.h"

struct hinge {
	int angle;
};

static ssize_t angle_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct hinge *h = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", h->angle);
}
static DEVICE_ATTR_RO(angle);

static int hinge_probe(struct platform_device *pdev)
{
	struct hinge *h = devm_kzalloc(&pdev->dev, sizeof(*h), GFP_KERNEL);
	int err;

	if (!h)
		return -ENOMEM;
	platform_set_drvdata(pdev, h);
	err = device_create_file(&pdev->dev, &dev_attr_angle);
	if (err)
		return err;
	return 0;
}

static void hinge_remove(struct platform_device *pdev)
{
	device_remove_file(&pdev->dev, &dev_attr_angle);
}
FIXTURE_DRIVER(hinge_probe, hinge_remove, NULL, fixture_nothing);
