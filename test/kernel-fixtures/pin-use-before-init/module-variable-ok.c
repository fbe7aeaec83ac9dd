// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of module-variable-bad.c: the work is initialised first.
 */
#include <linux/workqueue.h>
#include "../fixture.h"

static struct delayed_work tick_work;
static int ticks;

static void tick(struct work_struct *work)
{
	ticks++;
}

static int __init tick_init(void)
{
	INIT_DELAYED_WORK(&tick_work, tick);
	schedule_delayed_work(&tick_work, 0);
	return 0;
}
module_init(tick_init);

static void __exit tick_exit(void)
{
	cancel_delayed_work_sync(&tick_work);
}
module_exit(tick_exit);

MODULE_DESCRIPTION("klint fixture");
MODULE_LICENSE("GPL");
