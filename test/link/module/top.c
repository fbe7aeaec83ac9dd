// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "pair.h"

static struct pair pair0;

static int __init pair_init(void)
{
	spin_lock_init(&pair0.lock);
	mutex_init(&pair0.slow);
	timer_setup(&pair0.timer, pair_tick, 0);
	spin_lock(&pair0.lock);
	pair_swap(&pair0);	/* sleeps, two files away */
	spin_unlock(&pair0.lock);
	pair_swap(&pair0);
	mod_timer(&pair0.timer, jiffies + HZ);
	return 0;
}
module_init(pair_init);

static void __exit pair_exit(void)
{
	timer_delete_sync(&pair0.timer);
}
module_exit(pair_exit);

MODULE_DESCRIPTION("klint: calls from file to file");
MODULE_LICENSE("GPL");
