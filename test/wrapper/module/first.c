// SPDX-License-Identifier: GPL-2.0-only
/* A module with one finding. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "twofile.h"

static DEFINE_SPINLOCK(fast);
static DEFINE_MUTEX(slow);

static int __init first_init(void)
{
	spin_lock(&fast);
	mutex_lock(&slow);
	mutex_unlock(&slow);
	spin_unlock(&fast);
	return second(0);
}

static void __exit first_exit(void)
{
}

module_init(first_init);
module_exit(first_exit);
MODULE_DESCRIPTION("what the tests of the compiler's wrapper compile");
MODULE_LICENSE("GPL");
