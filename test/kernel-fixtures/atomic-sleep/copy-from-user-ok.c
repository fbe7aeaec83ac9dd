// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of copy-from-user-bad.c: the copy goes to the stack first.
 */
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "../fixture.h"
#include "../fixture_debugfs.h"

static DEFINE_SPINLOCK(buffer_lock);
static char buffer[16];

static ssize_t buffer_write(struct file *file, const char __user *from, size_t count,
			    loff_t *pos)
{
	char copy[sizeof(buffer)];
	size_t n = min(count, sizeof(copy));

	if (copy_from_user(copy, from, n))
		return -EFAULT;
	spin_lock(&buffer_lock);
	memcpy(buffer, copy, n);
	spin_unlock(&buffer_lock);
	return n;
}

static const struct file_operations buffer_fops = {
	.owner = THIS_MODULE,
	.write = buffer_write,
};

static void buffer_start(void)
{
	fixture_file_create(&buffer_fops);
}
FIXTURE_STOP(buffer_start, fixture_file_remove);
