// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in sysfs is created, and only then the driver data is set, which reading it follows.
 * Confirmed by an oops (NULL) when the file is read within the half second after the start:
 * cat /sys/devices/platform/drvdata_sysfs_bad/angle
 */
#include <linux/delay.h>
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
	err = device_create_file(&pdev->dev, &dev_attr_angle);
	if (err)
		return err;
	msleep(500);
	platform_set_drvdata(pdev, h); /* EXPECT-MISS: pin-publish-before-init */
	return 0;
}

static void hinge_remove(struct platform_device *pdev)
{
	device_remove_file(&pdev->dev, &dev_attr_angle);
}
FIXTURE_DRIVER(hinge_probe, hinge_remove, NULL, fixture_nothing);
