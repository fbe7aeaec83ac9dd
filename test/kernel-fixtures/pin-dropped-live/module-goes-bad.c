// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module goes, and its work is still queued. Confirmed by the fault when the timer of the
 * work is due: its function is in memory that is no more.
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
	beats = 0; /* EXPECT: pin-dropped-live */
}
module_exit(beat_exit);

MODULE_DESCRIPTION("klint fixture");
MODULE_LICENSE("GPL");
