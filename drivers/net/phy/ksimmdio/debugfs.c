// SPDX-License-Identifier: GPL-2.0-only
/* The hardware's side of the simulation: a directory for each PHY. */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "ksimmdio.h"

static int regs_show(struct seq_file *s, void *unused)
{
	ksim_phy_show_regs(s->private, s);
	return 0;
}

static int regs_open(struct inode *inode, struct file *file)
{
	return single_open(file, regs_show, inode->i_private);
}

/* "REGISTER VALUE", both hexadecimal. */
static ssize_t regs_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct seq_file *s = file->private_data;
	unsigned int reg, value;
	char buf[32] = "";

	if (count >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, from, count))
		return -EFAULT;
	if (sscanf(buf, "%x %x", &reg, &value) != 2 || reg >= KSIM_NR_REGS || value > U16_MAX)
		return -EINVAL;
	ksim_phy_poke(s->private, reg, value);
	return count;
}

static const struct file_operations regs_fops = {
	.owner		= THIS_MODULE,
	.open		= regs_open,
	.read		= seq_read,
	.write		= regs_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int writes_show(struct seq_file *s, void *unused)
{
	ksim_phy_show_writes(s->private, s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(writes);

static int wait_show(struct seq_file *s, void *unused)
{
	int ret = ksim_phy_wait(s->private);

	if (ret)
		return ret;
	seq_puts(s, "up\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(wait);

static int cable_get(void *data, u64 *value)
{
	struct ksim_phy *phy = data;

	*value = READ_ONCE(phy->plugged);
	return 0;
}

static int cable_set(void *data, u64 value)
{
	if (value > 1)
		return -EINVAL;
	ksim_phy_plug(data, value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(cable_fops, cable_get, cable_set, "%llu\n");

static int partner_get(void *data, u64 *value)
{
	struct ksim_phy *phy = data;

	*value = READ_ONCE(phy->partner);
	return 0;
}

static int partner_set(void *data, u64 value)
{
	if (value > U16_MAX)
		return -EINVAL;
	ksim_phy_set_partner(data, value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(partner_fops, partner_get, partner_set, "0x%04llx\n");

void ksim_debugfs_create(struct ksim_bus *bus)
{
	struct ksim_phy *phy;

	bus->dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	list_for_each_entry(phy, &bus->phys, node) {
		char name[16];

		snprintf(name, sizeof(name), "phy%d", phy->addr);
		phy->dir = debugfs_create_dir(name, bus->dir);
		debugfs_create_file("regs", 0600, phy->dir, phy, &regs_fops);
		debugfs_create_file("writes", 0400, phy->dir, phy, &writes_fops);
		debugfs_create_file("wait", 0400, phy->dir, phy, &wait_fops);
		debugfs_create_file_unsafe("cable", 0600, phy->dir, phy, &cable_fops);
		debugfs_create_file_unsafe("partner", 0600, phy->dir, phy, &partner_fops);
		debugfs_create_u32("resets", 0400, phy->dir, &phy->resets);
		debugfs_create_u32("anegs", 0400, phy->dir, &phy->anegs);
	}
}

void ksim_debugfs_destroy(struct ksim_bus *bus)
{
	debugfs_remove(bus->dir);
}
