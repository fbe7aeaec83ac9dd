// SPDX-License-Identifier: GPL-2.0-only
/*
 * Admin commands.  Few are ever under way, so each kind has a command id of its
 * own: one for the command that somebody waits for, one for the event request
 * that waits in the controller, and some for aborts, which nobody waits for.
 */
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "knvme.h"

enum {
	CID_SYNC = 0,
	CID_EVENT = 1,
	CID_ABORT = 2,		/* and above */
	MAX_ABORTS = 8,
};

int knvme_admin_init(struct knvme_ctrl *ctrl)
{
	mutex_init(&ctrl->admin_lock);
	init_completion(&ctrl->admin_done);
	ctrl->admin_buf = dma_alloc_coherent(ctrl->dev, NVME_IDENTIFY_DATA_SIZE,
					     &ctrl->admin_dma, GFP_KERNEL);
	return ctrl->admin_buf ? 0 : -ENOMEM;
}

void knvme_admin_exit(struct knvme_ctrl *ctrl)
{
	dma_free_coherent(ctrl->dev, NVME_IDENTIFY_DATA_SIZE, ctrl->admin_buf, ctrl->admin_dma);
	mutex_destroy(&ctrl->admin_lock);
}

static bool submit(struct knvme_ctrl *ctrl, struct nvme_command *c, u16 cid)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	unsigned long flags;
	bool live;

	c->common.command_id = cid;
	spin_lock_irqsave(&q->sq_lock, flags);
	live = q->live;
	if (live) {
		knvme_queue_push(q, c);
		knvme_queue_ring(q);
	}
	spin_unlock_irqrestore(&q->sq_lock, flags);
	return live;
}

static void request_event(struct knvme_ctrl *ctrl)
{
	struct nvme_command c = { };

	c.common.opcode = nvme_admin_async_event;
	submit(ctrl, &c, CID_EVENT);
}

static void handle_event(struct knvme_ctrl *ctrl, u32 result)
{
	u8 type = result & 7;
	u8 info = result >> 8 & 0xff;

	if (type == NVME_AER_NOTICE && info == NVME_AER_NOTICE_NS_CHANGED)
		knvme_queue_scan(ctrl);
	request_event(ctrl);
}

void knvme_admin_complete(struct knvme_ctrl *ctrl, const struct nvme_completion *cqe)
{
	u16 status = le16_to_cpu(cqe->status) >> 1;
	u32 result = le32_to_cpu(cqe->result.u32);
	u16 cid = READ_ONCE(cqe->command_id);

	lockdep_assert_held(&knvme_admin_queue(ctrl)->cq_lock);
	if (cid == CID_SYNC && ctrl->admin_pending) {
		ctrl->admin_pending = false;
		ctrl->admin_status = status;
		ctrl->admin_result = result;
		complete(&ctrl->admin_done);
	} else if (cid == CID_EVENT) {
		if (!status)
			handle_event(ctrl, result);
	} else if (cid >= CID_ABORT && cid < CID_ABORT + MAX_ABORTS) {
		clear_bit(cid - CID_ABORT, &ctrl->abort_slots);
	} else {
		dev_warn_ratelimited(ctrl->dev, "unknown admin command %u completed\n", cid);
	}
}

/* Returns whether the command was still pending. */
static bool give_up(struct knvme_ctrl *ctrl, int status)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&q->cq_lock, flags);
	pending = ctrl->admin_pending;
	if (pending) {
		ctrl->admin_pending = false;
		ctrl->admin_status = status;
		complete(&ctrl->admin_done);
	}
	spin_unlock_irqrestore(&q->cq_lock, flags);
	return pending;
}

void knvme_admin_cancel(struct knvme_ctrl *ctrl)
{
	give_up(ctrl, -EIO);
	WRITE_ONCE(ctrl->abort_slots, 0);
}

/*
 * Interrupts make this quick, but it does without: before there are any, while a
 * CPU that handles them is being taken down, and when one is lost.
 */
static void wait_for_sync(struct knvme_ctrl *ctrl)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	unsigned long end = jiffies + knvme_admin_timeout * HZ;

	while (!wait_for_completion_timeout(&ctrl->admin_done, msecs_to_jiffies(10))) {
		knvme_queue_poll(q);
		if (!time_after(jiffies, end) || !give_up(ctrl, -ETIMEDOUT))
			continue;
		dev_warn(ctrl->dev, "admin command timed out\n");
		/* Its id cannot be used again before a reset. */
		knvme_queue_set_live(q, false);
		knvme_schedule_reset(ctrl);
	}
}

/* Returns 0, a negative error, or what the controller says is wrong. */
static int sync_cmd(struct knvme_ctrl *ctrl, struct nvme_command *c, u32 *result)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	unsigned long flags;

	lockdep_assert_held(&ctrl->admin_lock);
	spin_lock_irqsave(&q->cq_lock, flags);
	reinit_completion(&ctrl->admin_done);
	ctrl->admin_pending = true;
	spin_unlock_irqrestore(&q->cq_lock, flags);

	if (!submit(ctrl, c, CID_SYNC))
		give_up(ctrl, -EIO);
	wait_for_sync(ctrl);
	if (result)
		*result = ctrl->admin_result;
	return ctrl->admin_status;
}

static int to_errno(struct knvme_ctrl *ctrl, const char *what, int status)
{
	if (status > 0)
		dev_err(ctrl->dev, "%s failed, status 0x%x\n", what, status);
	return status > 0 ? -EIO : status;
}

int knvme_identify(struct knvme_ctrl *ctrl, u32 nsid, u8 cns)
{
	struct nvme_command c = { };

	c.identify.opcode = nvme_admin_identify;
	c.identify.nsid = cpu_to_le32(nsid);
	c.identify.dptr.prp1 = cpu_to_le64(ctrl->admin_dma);
	c.identify.cns = cns;
	return sync_cmd(ctrl, &c, NULL);
}

/* Fields are padded with blanks and have no end. */
static void copy_text(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	to[len] = '\0';
	strim(to);
}

static void read_ident(struct knvme_ctrl *ctrl, const struct nvme_id_ctrl *id)
{
	struct knvme_ident *ident = &ctrl->ident;
	unsigned int unit = KNVME_PAGE_SHIFT + NVME_CAP_MPSMIN(ctrl->cap);

	copy_text(ident->model, id->mn, sizeof(id->mn));
	copy_text(ident->serial, id->sn, sizeof(id->sn));
	copy_text(ident->firmware, id->fr, sizeof(id->fr));
	ident->max_bytes = KNVME_MAX_BYTES;
	if (id->mdts && id->mdts + unit < 32)
		ident->max_bytes = min_t(u32, ident->max_bytes, 1U << (id->mdts + unit));
	ident->oncs = le16_to_cpu(id->oncs);
	ident->vwc = id->vwc;
	/* Both count from 0. */
	ident->abort_limit = min(id->acl + 1, MAX_ABORTS);
	ident->ns_events = le32_to_cpu(id->oaes) & NVME_AEN_CFG_NS_ATTR;
}

int knvme_identify_ctrl(struct knvme_ctrl *ctrl)
{
	const struct nvme_id_ctrl *id = ctrl->admin_buf;
	char serial[sizeof(ctrl->ident.serial)];
	int ret;

	guard(mutex)(&ctrl->admin_lock);
	ret = to_errno(ctrl, "identify controller", knvme_identify(ctrl, 0, NVME_ID_CNS_CTRL));
	if (ret)
		return ret;
	copy_text(serial, id->sn, sizeof(id->sn));
	if (ctrl->ident.serial[0] && strcmp(serial, ctrl->ident.serial)) {
		dev_err(ctrl->dev, "another controller answers after the reset\n");
		return -ENODEV;
	}
	read_ident(ctrl, id);
	return 0;
}

int knvme_set_queue_count(struct knvme_ctrl *ctrl, unsigned int *count)
{
	struct nvme_command c = { };
	u32 result;
	int ret;

	c.features.opcode = nvme_admin_set_features;
	c.features.fid = cpu_to_le32(NVME_FEAT_NUM_QUEUES);
	c.features.dword11 = cpu_to_le32((*count - 1) | (*count - 1) << 16);
	guard(mutex)(&ctrl->admin_lock);
	ret = to_errno(ctrl, "set number of queues", sync_cmd(ctrl, &c, &result));
	if (ret)
		return ret;
	*count = min3(*count, (result & 0xffff) + 1, (result >> 16) + 1);
	return 0;
}

static int create_cq(struct knvme_queue *q)
{
	struct nvme_command c = { };

	c.create_cq.opcode = nvme_admin_create_cq;
	c.create_cq.prp1 = cpu_to_le64(q->cq_dma);
	c.create_cq.cqid = cpu_to_le16(q->qid);
	c.create_cq.qsize = cpu_to_le16(q->depth - 1);
	c.create_cq.cq_flags = cpu_to_le16(NVME_QUEUE_PHYS_CONTIG | NVME_CQ_IRQ_ENABLED);
	c.create_cq.irq_vector = cpu_to_le16(q->qid);
	return to_errno(q->ctrl, "create completion queue", sync_cmd(q->ctrl, &c, NULL));
}

static int create_sq(struct knvme_queue *q)
{
	struct nvme_command c = { };

	c.create_sq.opcode = nvme_admin_create_sq;
	c.create_sq.prp1 = cpu_to_le64(q->sq_dma);
	c.create_sq.sqid = cpu_to_le16(q->qid);
	c.create_sq.qsize = cpu_to_le16(q->depth - 1);
	c.create_sq.sq_flags = cpu_to_le16(NVME_QUEUE_PHYS_CONTIG | NVME_SQ_PRIO_MEDIUM);
	c.create_sq.cqid = cpu_to_le16(q->qid);
	return to_errno(q->ctrl, "create submission queue", sync_cmd(q->ctrl, &c, NULL));
}

int knvme_create_queue(struct knvme_queue *q)
{
	int ret;

	knvme_queue_reset(q);
	guard(mutex)(&q->ctrl->admin_lock);
	ret = create_cq(q);
	if (!ret)
		ret = create_sq(q);
	if (!ret)
		knvme_queue_set_live(q, true);
	return ret;
}

/* The submission queue first, which also ends the commands that are in it. */
void knvme_delete_queue(struct knvme_queue *q)
{
	struct nvme_command c = { };

	guard(mutex)(&q->ctrl->admin_lock);
	c.delete_queue.opcode = nvme_admin_delete_sq;
	c.delete_queue.qid = cpu_to_le16(q->qid);
	if (to_errno(q->ctrl, "delete submission queue", sync_cmd(q->ctrl, &c, NULL)))
		return;
	c.delete_queue.opcode = nvme_admin_delete_cq;
	to_errno(q->ctrl, "delete completion queue", sync_cmd(q->ctrl, &c, NULL));
}

/* Not an error where the controller has no such events. */
int knvme_enable_events(struct knvme_ctrl *ctrl)
{
	struct nvme_command c = { };
	int ret;

	guard(mutex)(&ctrl->admin_lock);
	if (!ctrl->ident.ns_events)
		return 0;
	c.features.opcode = nvme_admin_set_features;
	c.features.fid = cpu_to_le32(NVME_FEAT_ASYNC_EVENT);
	c.features.dword11 = cpu_to_le32(NVME_AEN_CFG_NS_ATTR);
	ret = to_errno(ctrl, "enable events", sync_cmd(ctrl, &c, NULL));
	if (!ret)
		request_event(ctrl);
	return ret;
}

void knvme_clear_ns_event(struct knvme_ctrl *ctrl)
{
	struct nvme_command c = { };

	guard(mutex)(&ctrl->admin_lock);
	if (!ctrl->ident.ns_events)
		return;
	c.get_log_page.opcode = nvme_admin_get_log_page;
	c.get_log_page.nsid = cpu_to_le32(NVME_NSID_ALL);
	c.get_log_page.lid = NVME_LOG_CHANGED_NS;
	c.get_log_page.numdl = cpu_to_le16(NVME_IDENTIFY_DATA_SIZE / sizeof(u32) - 1);
	c.get_log_page.dptr.prp1 = cpu_to_le64(ctrl->admin_dma);
	to_errno(ctrl, "read changed namespaces", sync_cmd(ctrl, &c, NULL));
}

/* False when as many as the controller takes are under way. */
bool knvme_send_abort(struct knvme_queue *q, u16 cid)
{
	struct knvme_ctrl *ctrl = q->ctrl;
	struct nvme_command c = { };
	unsigned int slot;

	for (slot = 0; slot < ctrl->ident.abort_limit; slot++)
		if (!test_and_set_bit(slot, &ctrl->abort_slots))
			break;
	if (slot >= ctrl->ident.abort_limit)
		return false;
	c.abort.opcode = nvme_admin_abort_cmd;
	c.abort.sqid = cpu_to_le16(q->qid);
	c.abort.cid = cid;
	if (submit(ctrl, &c, CID_ABORT + slot))
		return true;
	clear_bit(slot, &ctrl->abort_slots);
	return false;
}
