// SPDX-License-Identifier: GPL-2.0-only
/*
 * A copy from user memory, which may fault and sleep, under a spinlock.  Write
 * to the debugfs file named after the module.
 * Confirmed by DEBUG_ATOMIC_SLEEP (might_fault()) with PROVE_LOCKING.
 */
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include "../fixture.h"
#include "../fixture_debugfs.h"

static DEFINE_SPINLOCK(buffer_lock);
static char buffer[16];

static ssize_t buffer_write(struct file *file, const char __user *from, size_t count,
			    loff_t *pos)
{
	size_t n = min(count, sizeof(buffer));
	ssize_t ret = n;

	spin_lock(&buffer_lock);
	if (copy_from_user(buffer, from, n)) /* EXPECT: atomic-sleep */
		ret = -EFAULT;
	spin_unlock(&buffer_lock);
	return ret;
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
