// SPDX-License-Identifier: GPL-2.0-only
/* A platform driver of 6.1: a register block that measures a distance. */
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <asm/unaligned.h>

#define REG_CTRL	0x00
#define REG_DATA	0x04

struct ranger {
	void __iomem *regs;
	u8 raw[4];
};

static ssize_t distance_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ranger *ranger = dev_get_drvdata(dev);

	writel(1, ranger->regs + REG_CTRL);
	put_unaligned_le32(readl(ranger->regs + REG_DATA), ranger->raw);
	return sysfs_emit(buf, "%u\n", get_unaligned_le32(ranger->raw));
}
static DEVICE_ATTR_RO(distance);

static int ranger_probe(struct platform_device *pdev)
{
	struct ranger *ranger;

	ranger = devm_kzalloc(&pdev->dev, sizeof(*ranger), GFP_KERNEL);
	if (!ranger)
		return -ENOMEM;
	ranger->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(ranger->regs))
		return PTR_ERR(ranger->regs);
	platform_set_drvdata(pdev, ranger);
	return device_create_file(&pdev->dev, &dev_attr_distance);
}

static int ranger_remove(struct platform_device *pdev)
{
	struct ranger *ranger = platform_get_drvdata(pdev);

	device_remove_file(&pdev->dev, &dev_attr_distance);
	writel(0, ranger->regs + REG_CTRL);
	return 0;
}

static struct platform_driver ranger_driver = {
	.probe = ranger_probe,
	.remove = ranger_remove,
	.driver = {
		.name = "mig-ranger",
	},
};
module_platform_driver(ranger_driver);

MODULE_DESCRIPTION("Fixture: platform driver to migrate");
MODULE_LICENSE("GPL");
