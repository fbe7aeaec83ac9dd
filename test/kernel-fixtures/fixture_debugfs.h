/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A debugfs file named after the module, for the fixtures that need a user's
 * buffer: fixture_file_create(&fops) and fixture_file_remove().
 */
#ifndef KLINT_FIXTURE_DEBUGFS_H
#define KLINT_FIXTURE_DEBUGFS_H

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/uaccess.h>

static struct dentry *fixture_file;

static inline void fixture_file_create(const struct file_operations *fops)
{
	fixture_file = debugfs_create_file(KBUILD_MODNAME, 0600, NULL, NULL, fops);
}

static inline void fixture_file_remove(void)
{
	debugfs_remove(fixture_file);
}

#endif
