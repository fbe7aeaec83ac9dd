// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of module-cancels-bad.c: the work is on a workqueue of the module, which goes with
 * all that is on it.
 */
#include <linux/errno.h>
#include <linux/workqueue.h>
#include "../fixture.h"

static struct workqueue_struct *beat_wq;
static struct work_struct beat_work;
static int beats;

static void beat(struct work_struct *work)
{
	beats++;
}

static int __init beat_init(void)
{
	beat_wq = alloc_workqueue("beat", 0, 0);
	if (!beat_wq)
		return -ENOMEM;
	INIT_WORK(&beat_work, beat);
	queue_work(beat_wq, &beat_work);
	return 0;
}
module_init(beat_init);

static void __exit beat_exit(void)
{
	destroy_workqueue(beat_wq);
}
module_exit(beat_exit);

MODULE_DESCRIPTION("klint fixture");
MODULE_LICENSE("GPL");
