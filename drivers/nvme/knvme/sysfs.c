// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes.  Those of the controller hang on its PCI device: the driver core
 * adds them after ->probe and removes them, waiting for their users, before
 * ->remove.  Those of a namespace come and go with its disk.
 */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "knvme.h"

static ssize_t model_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);

	guard(mutex)(&ctrl->admin_lock);
	return sysfs_emit(buf, "%s\n", ctrl->ident.model);
}
static DEVICE_ATTR_RO(model);

static ssize_t serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);

	guard(mutex)(&ctrl->admin_lock);
	return sysfs_emit(buf, "%s\n", ctrl->ident.serial);
}
static DEVICE_ATTR_RO(serial);

static ssize_t firmware_rev_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);

	guard(mutex)(&ctrl->admin_lock);
	return sysfs_emit(buf, "%s\n", ctrl->ident.firmware);
}
static DEVICE_ATTR_RO(firmware_rev);

static ssize_t queue_count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", ctrl->nr_io);
}
static DEVICE_ATTR_RO(queue_count);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[KNVME_NEW] = "new",
		[KNVME_LIVE] = "live",
		[KNVME_RESETTING] = "resetting",
		[KNVME_DEAD] = "dead",
		[KNVME_DELETING] = "deleting",
	};
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", names[knvme_get_state(ctrl)]);
}
static DEVICE_ATTR_RO(state);

/* Returns when the controller has been reset. */
static ssize_t reset_controller_store(struct device *dev, struct device_attribute *attr,
				      const char *buf, size_t count)
{
	struct knvme_ctrl *ctrl = dev_get_drvdata(dev);
	bool reset;
	int ret;

	ret = kstrtobool(buf, &reset);
	if (ret)
		return ret;
	if (!reset)
		return -EINVAL;
	ret = knvme_schedule_reset(ctrl);
	if (ret)
		return ret;
	flush_work(&ctrl->reset_work);
	return knvme_get_state(ctrl) == KNVME_LIVE ? count : -EIO;
}
static DEVICE_ATTR_WO(reset_controller);

static struct attribute *knvme_ctrl_attrs[] = {
	&dev_attr_model.attr,
	&dev_attr_serial.attr,
	&dev_attr_firmware_rev.attr,
	&dev_attr_queue_count.attr,
	&dev_attr_state.attr,
	&dev_attr_reset_controller.attr,
	NULL
};

static const struct attribute_group knvme_ctrl_group = {
	.name = "knvme",
	.attrs = knvme_ctrl_attrs,
};

const struct attribute_group *knvme_ctrl_groups[] = {
	&knvme_ctrl_group,
	NULL
};

static struct knvme_ns *to_ns(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

static ssize_t nsid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ns(dev)->nsid);
}
static DEVICE_ATTR_RO(nsid);

static ssize_t wwid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct knvme_ns *ns = to_ns(dev);

	if (memchr_inv(ns->nguid, 0, sizeof(ns->nguid)))
		return sysfs_emit(buf, "eui.%16phN\n", ns->nguid);
	return sysfs_emit(buf, "eui.%8phN\n", ns->eui64);
}
static DEVICE_ATTR_RO(wwid);

static umode_t knvme_ns_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	struct knvme_ns *ns = to_ns(kobj_to_dev(kobj));

	if (attr == &dev_attr_wwid.attr && !memchr_inv(ns->nguid, 0, sizeof(ns->nguid)) &&
	    !memchr_inv(ns->eui64, 0, sizeof(ns->eui64)))
		return 0;
	return attr->mode;
}

static struct attribute *knvme_ns_attrs[] = {
	&dev_attr_nsid.attr,
	&dev_attr_wwid.attr,
	NULL
};

static const struct attribute_group knvme_ns_group = {
	.attrs = knvme_ns_attrs,
	.is_visible = knvme_ns_visible,
};

const struct attribute_group *knvme_ns_groups[] = {
	&knvme_ns_group,
	NULL
};
