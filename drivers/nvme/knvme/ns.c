// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces and their disks.
 *
 * The tag set could be quiesced as a whole, but that takes a mutex which adding a
 * second disk holds while it waits for the requests of the first: requests that
 * only the reset can end which wants to quiesce.  So the disks are quiesced one
 * by one, from a list whose lock is never held over I/O.
 */
#include <linux/blkdev.h>
#include <linux/dma-mapping.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "knvme.h"

/* What one identify command says of a namespace. */
struct ns_info {
	u64 blocks;
	u8 lba_shift;
	u8 eui64[8];
	u8 nguid[16];
};

static void knvme_free_disk(struct gendisk *disk)
{
	kfree(disk->private_data);
}

static const struct block_device_operations knvme_fops = {
	.owner		= THIS_MODULE,
	.free_disk	= knvme_free_disk,
};

/* 0, -ENOENT when there is no such namespace, or another error. */
static int read_info(struct knvme_ctrl *ctrl, u32 nsid, struct ns_info *info)
{
	const struct nvme_id_ns *id = ctrl->admin_buf;
	const struct nvme_lbaf *format;
	int ret;

	guard(mutex)(&ctrl->admin_lock);
	ret = knvme_identify(ctrl, nsid, NVME_ID_CNS_NS);
	if (ret > 0 && (ret & 0x7ff) == NVME_SC_INVALID_NS)
		return -ENOENT;
	if (ret)
		return ret > 0 ? -EIO : ret;
	if (!id->ncap)
		return -ENOENT;
	format = &id->lbaf[nvme_lbaf_index(id->flbas)];
	if (format->ms || format->ds < SECTOR_SHIFT || format->ds > PAGE_SHIFT) {
		dev_warn(ctrl->dev, "namespace %u: no support for 2^%u bytes + %u of metadata\n",
			 nsid, format->ds, le16_to_cpu(format->ms));
		return -EOPNOTSUPP;
	}
	info->blocks = le64_to_cpu(id->nsze);
	info->lba_shift = format->ds;
	memcpy(info->eui64, id->eui64, sizeof(info->eui64));
	memcpy(info->nguid, id->nguid, sizeof(info->nguid));
	return 0;
}

static void set_limits(struct knvme_ctrl *ctrl, const struct ns_info *info,
		       struct queue_limits *lim)
{
	guard(mutex)(&ctrl->admin_lock);
	lim->logical_block_size = 1U << info->lba_shift;
	lim->physical_block_size = 1U << info->lba_shift;
	lim->virt_boundary_mask = KNVME_PAGE_SIZE - 1;
	lim->max_hw_sectors = min_t(size_t, ctrl->ident.max_bytes,
				    dma_max_mapping_size(ctrl->dev)) >> SECTOR_SHIFT;
	lim->max_segments = KNVME_LIST_ENTRIES + 1;
	lim->dma_alignment = 3;
	if (ctrl->ident.vwc & NVME_CTRL_VWC_PRESENT)
		lim->features |= BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA;
	if (ctrl->ident.oncs & NVME_CTRL_ONCS_DSM) {
		lim->max_hw_discard_sectors = UINT_MAX >> SECTOR_SHIFT;
		lim->max_discard_segments = KNVME_MAX_RANGES;
		lim->discard_granularity = 1U << info->lba_shift;
	}
}

static struct knvme_ns *alloc_ns(struct knvme_ctrl *ctrl, u32 nsid, const struct ns_info *info)
{
	struct queue_limits lim = { };
	struct gendisk *disk;
	struct knvme_ns *ns;

	ns = kzalloc(sizeof(*ns), GFP_KERNEL);
	if (!ns)
		return ERR_PTR(-ENOMEM);
	ns->ctrl = ctrl;
	ns->nsid = nsid;
	ns->lba_shift = info->lba_shift;
	memcpy(ns->eui64, info->eui64, sizeof(ns->eui64));
	memcpy(ns->nguid, info->nguid, sizeof(ns->nguid));

	set_limits(ctrl, info, &lim);
	disk = blk_mq_alloc_disk(&ctrl->tag_set, &lim, ns);
	if (IS_ERR(disk)) {
		kfree(ns);
		return ERR_CAST(disk);
	}
	disk->fops = &knvme_fops;
	disk->private_data = ns;
	snprintf(disk->disk_name, DISK_NAME_LEN, "knvme%dn%u", ctrl->instance, nsid);
	set_capacity(disk, info->blocks << (info->lba_shift - SECTOR_SHIFT));
	ns->disk = disk;
	return ns;
}

/* From now on nobody but the caller has to do with the namespace. */
static void unlink_ns(struct knvme_ns *ns)
{
	guard(mutex)(&ns->ctrl->ns_lock);
	list_del_init(&ns->node);
	if (ns->quiesced)
		blk_mq_unquiesce_queue(ns->disk->queue);
	ns->quiesced = false;
}

static void add_ns(struct knvme_ctrl *ctrl, u32 nsid, const struct ns_info *info)
{
	struct knvme_ns *ns = alloc_ns(ctrl, nsid, info);
	int ret;

	if (IS_ERR(ns)) {
		dev_err(ctrl->dev, "namespace %u: error %ld\n", nsid, PTR_ERR(ns));
		return;
	}
	/* A reset must find it before its partitions are read. */
	mutex_lock(&ctrl->ns_lock);
	list_add_tail(&ns->node, &ctrl->namespaces);
	mutex_unlock(&ctrl->ns_lock);

	ret = device_add_disk(ctrl->dev, ns->disk, knvme_ns_groups);
	if (!ret)
		return;
	dev_err(ctrl->dev, "namespace %u: no disk, error %d\n", nsid, ret);
	unlink_ns(ns);
	/* Of a disk that was never added, ->free_disk is not called. */
	put_disk(ns->disk);
	kfree(ns);
}

static void remove_ns(struct knvme_ns *ns)
{
	struct gendisk *disk = ns->disk;

	unlink_ns(ns);
	del_gendisk(disk);
	/* With the last user goes the disk, and with it the namespace. */
	put_disk(disk);
}

/* Only the scan and, after it, removal change the list. */
static struct knvme_ns *find_ns(struct knvme_ctrl *ctrl, u32 nsid)
{
	struct knvme_ns *ns;

	list_for_each_entry(ns, &ctrl->namespaces, node)
		if (ns->nsid == nsid)
			return ns;
	return NULL;
}

static bool same_ns(const struct knvme_ns *ns, const struct ns_info *info)
{
	return ns->lba_shift == info->lba_shift &&
	       !memcmp(ns->eui64, info->eui64, sizeof(ns->eui64)) &&
	       !memcmp(ns->nguid, info->nguid, sizeof(ns->nguid));
}

/* An error other than -ENOENT says nothing about the namespace. */
static int scan_one(struct knvme_ctrl *ctrl, u32 nsid)
{
	struct knvme_ns *ns = find_ns(ctrl, nsid);
	struct ns_info info;
	int ret;

	ret = read_info(ctrl, nsid, &info);
	if (ret && ret != -ENOENT && ret != -EOPNOTSUPP)
		return ret;
	if (ns && (ret || !same_ns(ns, &info))) {
		remove_ns(ns);
		ns = NULL;
	}
	if (ret)
		return 0;
	if (ns)
		set_capacity_and_notify(ns->disk, info.blocks << (info.lba_shift - SECTOR_SHIFT));
	else
		add_ns(ctrl, nsid, &info);
	return 0;
}

/* Those in (@after, @before) are not in the controller's list. */
static void remove_between(struct knvme_ctrl *ctrl, u32 after, u32 before)
{
	struct knvme_ns *ns, *next;

	list_for_each_entry_safe(ns, next, &ctrl->namespaces, node)
		if (ns->nsid > after && ns->nsid < before)
			remove_ns(ns);
}

/* Up to 1024 numbers above @after, in ascending order, 0 behind the last. */
static int read_list(struct knvme_ctrl *ctrl, u32 after, __le32 *list)
{
	int ret;

	guard(mutex)(&ctrl->admin_lock);
	ret = knvme_identify(ctrl, after, NVME_ID_CNS_NS_ACTIVE_LIST);
	if (!ret)
		memcpy(list, ctrl->admin_buf, NVME_IDENTIFY_DATA_SIZE);
	return ret > 0 ? -EIO : ret;
}

static int scan_list(struct knvme_ctrl *ctrl, __le32 *list)
{
	const unsigned int entries = NVME_IDENTIFY_DATA_SIZE / sizeof(*list);
	u32 nsid, prev = 0;
	unsigned int i;
	int ret;

	for (;;) {
		ret = read_list(ctrl, prev, list);
		if (ret)
			return ret;
		for (i = 0; i < entries; i++) {
			nsid = le32_to_cpu(list[i]);
			if (!nsid) {
				remove_between(ctrl, prev, U32_MAX);
				return 0;
			}
			if (READ_ONCE(ctrl->no_scan) || nsid <= prev)
				return -ECANCELED;
			remove_between(ctrl, prev, nsid);
			ret = scan_one(ctrl, nsid);
			if (ret)
				return ret;
			prev = nsid;
		}
	}
}

void knvme_scan_work(struct work_struct *work)
{
	struct knvme_ctrl *ctrl = container_of(work, struct knvme_ctrl, scan_work);
	__le32 *list = kmalloc(NVME_IDENTIFY_DATA_SIZE, GFP_KERNEL);
	int ret;

	if (!list)
		return;
	knvme_clear_ns_event(ctrl);
	ret = scan_list(ctrl, list);
	if (ret && ret != -ECANCELED)
		dev_warn(ctrl->dev, "scan of namespaces stopped, error %d\n", ret);
	kfree(list);
}

void knvme_queue_scan(struct knvme_ctrl *ctrl)
{
	unsigned long flags;

	spin_lock_irqsave(&ctrl->state_lock, flags);
	if (ctrl->state == KNVME_LIVE && !ctrl->no_scan)
		queue_work(system_long_wq, &ctrl->scan_work);
	spin_unlock_irqrestore(&ctrl->state_lock, flags);
}

static void set_no_scan(struct knvme_ctrl *ctrl, bool no_scan)
{
	unsigned long flags;

	spin_lock_irqsave(&ctrl->state_lock, flags);
	WRITE_ONCE(ctrl->no_scan, no_scan);
	spin_unlock_irqrestore(&ctrl->state_lock, flags);
}

void knvme_stop_scanning(struct knvme_ctrl *ctrl)
{
	set_no_scan(ctrl, true);
	cancel_work_sync(&ctrl->scan_work);
}

void knvme_allow_scanning(struct knvme_ctrl *ctrl)
{
	set_no_scan(ctrl, false);
}

void knvme_quiesce(struct knvme_ctrl *ctrl)
{
	struct knvme_ns *ns;

	guard(mutex)(&ctrl->ns_lock);
	list_for_each_entry(ns, &ctrl->namespaces, node) {
		if (!ns->quiesced)
			blk_mq_quiesce_queue(ns->disk->queue);
		ns->quiesced = true;
	}
}

void knvme_unquiesce(struct knvme_ctrl *ctrl)
{
	struct knvme_ns *ns;

	guard(mutex)(&ctrl->ns_lock);
	list_for_each_entry(ns, &ctrl->namespaces, node) {
		if (ns->quiesced)
			blk_mq_unquiesce_queue(ns->disk->queue);
		ns->quiesced = false;
	}
}

void knvme_mark_dead(struct knvme_ctrl *ctrl)
{
	struct knvme_ns *ns;

	guard(mutex)(&ctrl->ns_lock);
	list_for_each_entry(ns, &ctrl->namespaces, node)
		blk_mark_disk_dead(ns->disk);
}

/* Nothing scans any more. */
void knvme_remove_namespaces(struct knvme_ctrl *ctrl)
{
	struct knvme_ns *ns, *next;

	list_for_each_entry_safe(ns, next, &ctrl->namespaces, node)
		remove_ns(ns);
}
