// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to provoke what hardware seldom does, for tests: write N to a file below
 * debugfs, knvme/PCI-ADDRESS/, and the next N of these events are lost.
 */
#include <linux/debugfs.h>

#include "knvme.h"

static struct dentry *knvme_debugfs;

void knvme_fault_init(struct knvme_ctrl *ctrl, const char *name)
{
	struct knvme_faults *f = &ctrl->faults;

	f->dir = debugfs_create_dir(name, knvme_debugfs);
	debugfs_create_atomic_t("drop_doorbell", 0600, f->dir, &f->drop_doorbell);
	debugfs_create_atomic_t("drop_admin_doorbell", 0600, f->dir, &f->drop_admin_doorbell);
	debugfs_create_atomic_t("drop_irq", 0600, f->dir, &f->drop_irq);
}

void knvme_fault_exit(struct knvme_ctrl *ctrl)
{
	debugfs_remove_recursive(ctrl->faults.dir);
}

void knvme_fault_module_init(void)
{
	knvme_debugfs = debugfs_create_dir("knvme", NULL);
}

void knvme_fault_module_exit(void)
{
	debugfs_remove_recursive(knvme_debugfs);
}
