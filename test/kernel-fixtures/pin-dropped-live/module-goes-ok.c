// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of module-goes-bad.c: the module waits for its work.
 */
#include <linux/jiffies.h>
#include <linux/workqueue.h>
#include "../fixture.h"

static struct delayed_work beat_work;
static int beats;

static void beat(struct work_struct *work)
{
	beats++;
	schedule_delayed_work(&beat_work, 1);
}

static int __init beat_init(void)
{
	INIT_DELAYED_WORK(&beat_work, beat);
	schedule_delayed_work(&beat_work, 1);
	return 0;
}
module_init(beat_init);

static void __exit beat_exit(void)
{
	cancel_delayed_work_sync(&beat_work);
}
module_exit(beat_exit);

MODULE_DESCRIPTION("klint fixture");
MODULE_LICENSE("GPL");
