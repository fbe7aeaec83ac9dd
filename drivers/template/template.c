// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module to copy from: a work that comes again and again, and a counter that it
 * shares, under a lock, with whoever reads the parameter "beats".
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static unsigned int interval_ms = 1000;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "Time between two beats, in ms (1000)");

static DEFINE_SPINLOCK(beat_lock);
static u64 nr_beats;		/* under beat_lock */
static struct delayed_work beat_work;

static void beat(struct work_struct *work)
{
	spin_lock(&beat_lock);
	nr_beats++;
	spin_unlock(&beat_lock);
	schedule_delayed_work(&beat_work, msecs_to_jiffies(interval_ms));
}

static int get_beats(char *buffer, const struct kernel_param *param)
{
	u64 beats;

	spin_lock(&beat_lock);
	beats = nr_beats;
	spin_unlock(&beat_lock);
	return sysfs_emit(buffer, "%llu\n", beats);
}

static const struct kernel_param_ops beats_ops = {
	.get = get_beats,
};
module_param_cb(beats, &beats_ops, NULL, 0444);
MODULE_PARM_DESC(beats, "How often it has beaten");

static int __init template_init(void)
{
	if (!interval_ms)
		return -EINVAL;
	INIT_DELAYED_WORK(&beat_work, beat);
	schedule_delayed_work(&beat_work, 0);
	return 0;
}
module_init(template_init);

static void __exit template_exit(void)
{
	cancel_delayed_work_sync(&beat_work);
}
module_exit(template_exit);

MODULE_DESCRIPTION("A module to copy from");
MODULE_LICENSE("GPL");
