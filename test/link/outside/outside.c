// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function of the kernel that sleeps three files deep, called under a lock of this
 * module's own.  No rule speaks of the function.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

static DEFINE_SPINLOCK(outside_lock);

int outside_add(struct kobject *kobj, const struct attribute *attr);

int outside_add(struct kobject *kobj, const struct attribute *attr)
{
	int err;

	spin_lock(&outside_lock);
	err = sysfs_add_file_to_group(kobj, attr, "outside");
	spin_unlock(&outside_lock);
	return err;
}
EXPORT_SYMBOL_GPL(outside_add);

MODULE_DESCRIPTION("klint test: a sleep that only the kernel's contracts tell of");
MODULE_LICENSE("GPL");
