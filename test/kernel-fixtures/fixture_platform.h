/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A platform device and its driver, so that probe and remove really run:
 * FIXTURE_DRIVER(probe, remove, pm, then) registers both when the module is loaded
 * and calls then() afterwards, whether probing has failed or not; unloading the
 * module unbinds the driver.  The fixture's remove returns nothing on any kernel.
 */
#ifndef KLINT_FIXTURE_PLATFORM_H
#define KLINT_FIXTURE_PLATFORM_H

#include <linux/err.h>
#include <linux/platform_device.h>
#include <linux/version.h>
#include "fixture.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define FIXTURE_REMOVE(remove_)						\
static void fixture_remove(struct platform_device *pdev)		\
{									\
	remove_(pdev);							\
}
#else
#define FIXTURE_REMOVE(remove_)						\
static int fixture_remove(struct platform_device *pdev)			\
{									\
	remove_(pdev);							\
	return 0;							\
}
#endif

#define FIXTURE_DRIVER(probe_, remove_, pm_, then_)			\
FIXTURE_REMOVE(remove_)							\
									\
static struct platform_driver fixture_driver = {			\
	.probe = probe_,						\
	.remove = fixture_remove,					\
	.driver = { .name = KBUILD_MODNAME, .pm = pm_ },		\
};									\
static struct platform_device *fixture_device;				\
									\
static int __init fixture_init(void)					\
{									\
	int err = platform_driver_register(&fixture_driver);		\
									\
	if (err)							\
		return err;						\
	fixture_device = platform_device_register_simple(KBUILD_MODNAME, \
							 -1, NULL, 0);	\
	if (IS_ERR(fixture_device)) {					\
		platform_driver_unregister(&fixture_driver);		\
		return PTR_ERR(fixture_device);				\
	}								\
	then_();							\
	return 0;							\
}									\
module_init(fixture_init);						\
									\
static void __exit fixture_exit(void)					\
{									\
	platform_device_unregister(fixture_device);			\
	platform_driver_unregister(&fixture_driver);			\
}									\
module_exit(fixture_exit);						\
									\
MODULE_DESCRIPTION("klint fixture");					\
MODULE_LICENSE("GPL")

#endif
