// SPDX-License-Identifier: GPL-2.0-only
/*
 * knull: a block device without hardware, as small as a blk-mq driver can be
 * and still have what a real one has: a tag set with several hardware queues,
 * data of its own beside each request, and completions that come at once, by
 * softirq, or later from an interrupt, here a timer's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/cleanup.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "knull.h"

enum knull_mode { KNULL_DIRECT, KNULL_SOFTIRQ, KNULL_TIMER };

static const char * const knull_modes[] = {
	[KNULL_DIRECT] = "direct",
	[KNULL_SOFTIRQ] = "softirq",
	[KNULL_TIMER] = "timer",
};

static unsigned int nr_devices = 1;
module_param(nr_devices, uint, 0444);
MODULE_PARM_DESC(nr_devices, "Number of devices (1)");

static unsigned int size_mb = 256;
module_param(size_mb, uint, 0444);
MODULE_PARM_DESC(size_mb, "Size of each device in MiB (256)");

static unsigned int bs = SECTOR_SIZE;
module_param(bs, uint, 0444);
MODULE_PARM_DESC(bs, "Logical block size in bytes, a power of two from 512 to the page size (512)");

static unsigned int queue_depth = 64;
module_param(queue_depth, uint, 0444);
MODULE_PARM_DESC(queue_depth, "Requests in flight per hardware queue (64)");

static unsigned int nr_hw_queues = 1;
module_param(nr_hw_queues, uint, 0444);
MODULE_PARM_DESC(nr_hw_queues, "Hardware queues, at most one for each CPU (1)");

static char *irqmode = "softirq";
module_param(irqmode, charp, 0444);
MODULE_PARM_DESC(irqmode, "How requests complete: direct, softirq or timer (softirq)");

static unsigned int completion_nsec = 10000;
module_param(completion_nsec, uint, 0444);
MODULE_PARM_DESC(completion_nsec, "Time that a request takes with irqmode=timer, in ns (10000)");

static bool memory_backed;
module_param(memory_backed, bool, 0444);
MODULE_PARM_DESC(memory_backed, "Keep what is written (N)");

struct knull {
	struct list_head node;		/* in knull_list */
	struct blk_mq_tag_set tag_set;
	struct gendisk *disk;
	struct knull_store store;
	bool backed;			/* else reads leave the buffer as it is */
	enum knull_mode mode;
	ktime_t delay;			/* KNULL_TIMER */
};

/* Lies behind each request. */
struct knull_cmd {
	struct hrtimer timer;
};

/* Changed by module init and exit alone. */
static LIST_HEAD(knull_list);

static void knull_complete_rq(struct request *rq)
{
	blk_mq_end_request(rq, BLK_STS_OK);
}

/* Stands for the interrupt of a device. */
static enum hrtimer_restart knull_timer(struct hrtimer *timer)
{
	struct knull_cmd *cmd = container_of(timer, struct knull_cmd, timer);

	blk_mq_complete_request(blk_mq_rq_from_pdu(cmd));
	return HRTIMER_NORESTART;
}

static void knull_finish(struct knull *dev, struct request *rq)
{
	struct knull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	switch (dev->mode) {
	case KNULL_DIRECT:
		blk_mq_end_request(rq, BLK_STS_OK);
		break;
	case KNULL_SOFTIRQ:
		blk_mq_complete_request(rq);
		break;
	case KNULL_TIMER:
		hrtimer_start(&cmd->timer, dev->delay, HRTIMER_MODE_REL);
		break;
	}
}

static blk_status_t knull_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct knull *dev = hctx->queue->queuedata;
	struct request *rq = bd->rq;

	if (req_op(rq) != REQ_OP_READ && req_op(rq) != REQ_OP_WRITE)
		return BLK_STS_NOTSUPP;
	/* Asks the block layer to come again, soon or after the next completion. */
	if (dev->backed && knull_store_prepare(&dev->store, rq))
		return BLK_STS_RESOURCE;

	blk_mq_start_request(rq);
	if (dev->backed)
		knull_store_transfer(&dev->store, rq);
	knull_finish(dev, rq);
	return BLK_STS_OK;
}

static int knull_init_request(struct blk_mq_tag_set *set, struct request *rq,
			      unsigned int hctx_idx, unsigned int numa_node)
{
	struct knull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	hrtimer_init(&cmd->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	cmd->timer.function = knull_timer;
	return 0;
}

/* The request has completed, but its timer's function may not have returned. */
static void knull_exit_request(struct blk_mq_tag_set *set, struct request *rq,
			       unsigned int hctx_idx)
{
	struct knull_cmd *cmd = blk_mq_rq_to_pdu(rq);

	hrtimer_cancel(&cmd->timer);
}

static const struct blk_mq_ops knull_mq_ops = {
	.queue_rq	= knull_queue_rq,
	.complete	= knull_complete_rq,
	.init_request	= knull_init_request,
	.exit_request	= knull_exit_request,
};

static const struct block_device_operations knull_fops = {
	.owner = THIS_MODULE,
};

static int knull_init_tag_set(struct knull *dev)
{
	struct blk_mq_tag_set *set = &dev->tag_set;

	set->ops = &knull_mq_ops;
	set->nr_hw_queues = min(nr_hw_queues, nr_cpu_ids);
	set->queue_depth = queue_depth;
	set->cmd_size = sizeof(struct knull_cmd);
	set->numa_node = NUMA_NO_NODE;
	set->flags = BLK_MQ_F_SHOULD_MERGE;
	return blk_mq_alloc_tag_set(set);
}

static int knull_init_disk(struct knull *dev, unsigned int index)
{
	struct queue_limits lim = {
		.logical_block_size = bs,
		.physical_block_size = bs,
	};
	struct gendisk *disk = blk_mq_alloc_disk(&dev->tag_set, &lim, dev);

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	disk->fops = &knull_fops;
	disk->private_data = dev;
	snprintf(disk->disk_name, DISK_NAME_LEN, "knull%u", index);
	set_capacity(disk, (sector_t)size_mb << (20 - SECTOR_SHIFT));
	dev->disk = disk;
	return 0;
}

/*
 * Undo as much of knull_create() as has been done; nobody knows the disk yet, or
 * any more.
 */
static void knull_free(struct knull *dev)
{
	if (!dev)
		return;
	if (dev->disk)
		put_disk(dev->disk);
	if (dev->tag_set.tags)
		blk_mq_free_tag_set(&dev->tag_set);
	knull_store_destroy(&dev->store);
	kfree(dev);
}

DEFINE_FREE(knull, struct knull *, knull_free(_T))

static int knull_create(unsigned int index, enum knull_mode mode)
{
	struct knull *dev __free(knull) = kzalloc(sizeof(*dev), GFP_KERNEL);
	int ret;

	if (!dev)
		return -ENOMEM;
	knull_store_init(&dev->store);
	dev->backed = memory_backed;
	dev->mode = mode;
	dev->delay = ns_to_ktime(completion_nsec);

	ret = knull_init_tag_set(dev);
	if (ret)
		return ret;
	ret = knull_init_disk(dev, index);
	if (ret)
		return ret;
	ret = add_disk(dev->disk);
	if (ret)
		return ret;
	list_add_tail(&dev->node, &knull_list);
	retain_and_null_ptr(dev);
	return 0;
}

static void knull_remove_all(void)
{
	struct knull *dev, *next;

	list_for_each_entry_safe_reverse(dev, next, &knull_list, node) {
		list_del(&dev->node);
		del_gendisk(dev->disk);
		knull_free(dev);
	}
}

static int knull_check_params(void)
{
	if (!nr_devices || !size_mb || !nr_hw_queues) {
		pr_err("nr_devices, size_mb and nr_hw_queues must not be 0\n");
		return -EINVAL;
	}
	if (!is_power_of_2(bs) || bs < SECTOR_SIZE || bs > PAGE_SIZE) {
		pr_err("bs=%u is no power of two from 512 to %lu\n", bs, PAGE_SIZE);
		return -EINVAL;
	}
	if (!queue_depth || queue_depth > BLK_MQ_MAX_DEPTH) {
		pr_err("queue_depth=%u is not from 1 to %d\n", queue_depth, BLK_MQ_MAX_DEPTH);
		return -EINVAL;
	}
	return 0;
}

static int __init knull_init(void)
{
	unsigned int i;
	int mode, ret;

	ret = knull_check_params();
	if (ret)
		return ret;
	mode = match_string(knull_modes, ARRAY_SIZE(knull_modes), irqmode);
	if (mode < 0) {
		pr_err("irqmode=%s is not direct, softirq or timer\n", irqmode);
		return -EINVAL;
	}
	for (i = 0; i < nr_devices; i++) {
		ret = knull_create(i, mode);
		if (ret) {
			pr_err("no device %u: error %d\n", i, ret);
			knull_remove_all();
			return ret;
		}
	}
	return 0;
}
module_init(knull_init);

static void __exit knull_exit(void)
{
	knull_remove_all();
}
module_exit(knull_exit);

MODULE_DESCRIPTION("Null block device, klint's reference driver for blk-mq");
MODULE_LICENSE("GPL");
