// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksimmdio: an MDIO bus with simulated PHYs, for trying PHY drivers where there
 * is no hardware.  A platform device stands for the controller, because phylib
 * asks a network device for its parent's driver.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/phy.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "ksimmdio.h"

static unsigned int ids[PHY_MAX_ADDR] = { 0x003b1861, 0x003b1881, 0x003b1841 };
static int nr_ids = 3;
module_param_array(ids, uint, &nr_ids, 0444);
MODULE_PARM_DESC(ids, "The PHYs' ids, from address 0 on (AX88772A, AX88772C, AX88796B)");

static struct ksim_phy *ksim_find(struct ksim_bus *bus, int addr)
{
	struct ksim_phy *phy;

	list_for_each_entry(phy, &bus->phys, node) {
		if (phy->addr == addr)
			return phy;
	}
	return NULL;
}

static int ksim_bus_read(struct mii_bus *mii, int addr, int reg)
{
	struct ksim_phy *phy = ksim_find(mii->priv, addr);

	/* The wires are pulled up. */
	return phy ? ksim_phy_read(phy, reg) : 0xffff;
}

static int ksim_bus_write(struct mii_bus *mii, int addr, int reg, u16 value)
{
	struct ksim_phy *phy = ksim_find(mii->priv, addr);

	if (phy)
		ksim_phy_write(phy, reg, value);
	return 0;
}

static int ksim_add_phys(struct ksim_bus *bus)
{
	int addr;

	for (addr = 0; addr < nr_ids; addr++) {
		struct ksim_phy *phy = ksim_phy_create(addr, ids[addr]);

		if (!phy)
			return -ENOMEM;
		list_add_tail(&phy->node, &bus->phys);
	}
	return 0;
}

static void ksim_remove_phys(struct ksim_bus *bus)
{
	struct ksim_phy *phy, *next;

	list_for_each_entry_safe(phy, next, &bus->phys, node) {
		list_del(&phy->node);
		ksim_phy_destroy(phy);
	}
}

static int ksim_register_mii(struct ksim_bus *bus, struct device *parent)
{
	struct mii_bus *mii = mdiobus_alloc();
	int ret;

	if (!mii)
		return -ENOMEM;
	mii->name = "ksimmdio";
	mii->priv = bus;
	mii->parent = parent;
	mii->read = ksim_bus_read;
	mii->write = ksim_bus_write;
	strscpy(mii->id, dev_name(parent), MII_BUS_ID_SIZE);
	ret = mdiobus_register(mii);
	if (ret) {
		mdiobus_free(mii);
		return ret;
	}
	bus->mii = mii;
	return 0;
}

static void ksim_unregister_mii(struct ksim_bus *bus)
{
	mdiobus_unregister(bus->mii);
	mdiobus_free(bus->mii);
}

static void ksim_remove_nets(struct ksim_bus *bus)
{
	struct ksim_phy *phy;

	list_for_each_entry(phy, &bus->phys, node)
		ksim_net_destroy(phy);
}

static int ksim_add_nets(struct ksim_bus *bus)
{
	struct ksim_phy *phy;

	list_for_each_entry(phy, &bus->phys, node) {
		int ret = ksim_net_create(bus, phy);

		if (ret) {
			ksim_remove_nets(bus);
			return ret;
		}
	}
	return 0;
}

static int ksim_probe(struct platform_device *pdev)
{
	struct ksim_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);
	int ret;

	if (!bus)
		return -ENOMEM;
	INIT_LIST_HEAD(&bus->phys);
	ret = ksim_add_phys(bus);
	if (ret)
		goto remove_phys;
	ret = ksim_register_mii(bus, &pdev->dev);
	if (ret)
		goto remove_phys;
	ret = ksim_add_nets(bus);
	if (ret)
		goto unregister_mii;
	ksim_debugfs_create(bus);
	platform_set_drvdata(pdev, bus);
	return 0;

unregister_mii:
	ksim_unregister_mii(bus);
remove_phys:
	ksim_remove_phys(bus);
	kfree(bus);
	return ret;
}

static void ksim_remove(struct platform_device *pdev)
{
	struct ksim_bus *bus = platform_get_drvdata(pdev);

	ksim_debugfs_destroy(bus);
	ksim_remove_nets(bus);
	ksim_unregister_mii(bus);
	ksim_remove_phys(bus);
	kfree(bus);
}

static struct platform_driver ksim_driver = {
	.probe	= ksim_probe,
	.remove	= ksim_remove,
	.driver	= { .name = KBUILD_MODNAME },
};

static struct platform_device *ksim_device;

static int __init ksim_init(void)
{
	int ret = platform_driver_register(&ksim_driver);

	if (ret)
		return ret;
	ksim_device = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(ksim_device)) {
		platform_driver_unregister(&ksim_driver);
		return PTR_ERR(ksim_device);
	}
	return 0;
}
module_init(ksim_init);

static void __exit ksim_exit(void)
{
	platform_device_unregister(ksim_device);
	platform_driver_unregister(&ksim_driver);
}
module_exit(ksim_exit);

MODULE_DESCRIPTION("Simulated MDIO bus and PHYs, for trying PHY drivers");
MODULE_LICENSE("GPL");
