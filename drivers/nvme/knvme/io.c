// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: how they become commands, and what becomes of them.
 */
#include <linux/blk-mq-pci.h>
#include <linux/pci.h>

#include "knvme.h"

#define KNVME_MAX_RETRIES	5

static void setup_rw(struct knvme_ns *ns, struct request *rq, struct nvme_command *c)
{
	c->rw.opcode = req_op(rq) == REQ_OP_WRITE ? nvme_cmd_write : nvme_cmd_read;
	c->rw.slba = cpu_to_le64(blk_rq_pos(rq) >> (ns->lba_shift - SECTOR_SHIFT));
	c->rw.length = cpu_to_le16((blk_rq_bytes(rq) >> ns->lba_shift) - 1);
	if (rq->cmd_flags & REQ_FUA)
		c->rw.control = cpu_to_le16(NVME_RW_FUA);
}

static blk_status_t setup_cmd(struct knvme_ns *ns, struct request *rq, struct nvme_command *c)
{
	c->common.nsid = cpu_to_le32(ns->nsid);
	switch (req_op(rq)) {
	case REQ_OP_FLUSH:
		c->common.opcode = nvme_cmd_flush;
		return BLK_STS_OK;
	case REQ_OP_DISCARD:
		c->dsm.opcode = nvme_cmd_dsm;
		c->dsm.attributes = cpu_to_le32(NVME_DSMGMT_AD);
		return knvme_map_ranges(ns, rq, c);
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		setup_rw(ns, rq, c);
		return knvme_map(ns->ctrl, rq, c);
	default:
		return BLK_STS_NOTSUPP;
	}
}

/* False while the controller does not know the queue. */
static bool submit(struct knvme_queue *q, struct request *rq, struct nvme_command *c, bool last)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	unsigned long flags;
	bool live;

	spin_lock_irqsave(&q->sq_lock, flags);
	live = q->live;
	if (live) {
		cmd->flags = BIT(KNVME_CMD_INFLIGHT);
		knvme_queue_push(q, c);
		if (last)
			knvme_queue_ring(q);
	}
	spin_unlock_irqrestore(&q->sq_lock, flags);
	return live;
}

static void prepare_cmd(struct request *rq)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);

	/* Not when it comes again. */
	if (!(rq->rq_flags & RQF_DONTPREP)) {
		cmd->retries = 0;
		rq->rq_flags |= RQF_DONTPREP;
	}
	cmd->generation++;
	cmd->cid = (u16)(cmd->generation << KNVME_TAG_BITS) | rq->tag;
}

static blk_status_t knvme_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct knvme_queue *q = hctx->driver_data;
	struct knvme_ns *ns = hctx->queue->queuedata;
	struct request *rq = bd->rq;
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct nvme_command c = { };
	blk_status_t ret;

	if (unlikely(knvme_get_state(q->ctrl) == KNVME_DEAD))
		return BLK_STS_IOERR;
	prepare_cmd(rq);
	c.common.command_id = cmd->cid;
	ret = setup_cmd(ns, rq, &c);
	if (unlikely(ret != BLK_STS_OK))
		return ret;
	blk_mq_start_request(rq);
	if (likely(submit(q, rq, &c, bd->last)))
		return BLK_STS_OK;
	knvme_unmap(q->ctrl, rq);
	/* Comes again in some milliseconds: a reset does not take long. */
	return BLK_STS_RESOURCE;
}

/* A batch has ended early. */
static void knvme_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct knvme_queue *q = hctx->driver_data;
	unsigned long flags;

	spin_lock_irqsave(&q->sq_lock, flags);
	knvme_queue_ring(q);
	spin_unlock_irqrestore(&q->sq_lock, flags);
}

struct knvme_cmd *knvme_io_claim(struct knvme_queue *q, const struct nvme_completion *cqe)
{
	u16 cid = READ_ONCE(cqe->command_id);
	struct knvme_cmd *cmd = NULL;
	struct request *rq;

	rq = blk_mq_tag_to_rq(q->ctrl->tag_set.tags[q->qid - 1], cid & (KNVME_MAX_DEPTH - 1));
	if (rq)
		cmd = blk_mq_rq_to_pdu(rq);
	if (!cmd || cmd->cid != cid || !test_and_clear_bit(KNVME_CMD_INFLIGHT, &cmd->flags)) {
		dev_warn_ratelimited(q->ctrl->dev, "queue %u: unknown command 0x%x completed\n",
				     q->qid, cid);
		return NULL;
	}
	cmd->status = le16_to_cpu(cqe->status) >> 1;
	return cmd;
}

static blk_status_t to_blk_status(u16 status)
{
	switch (status & 0x7ff) {
	case NVME_SC_SUCCESS:
		return BLK_STS_OK;
	case NVME_SC_CAP_EXCEEDED:
		return BLK_STS_NOSPC;
	case NVME_SC_INVALID_OPCODE:
		return BLK_STS_NOTSUPP;
	case NVME_SC_WRITE_FAULT:
	case NVME_SC_READ_ERROR:
	case NVME_SC_UNWRITTEN_BLOCK:
	case NVME_SC_ACCESS_DENIED:
	case NVME_SC_READ_ONLY:
		return BLK_STS_MEDIUM;
	default:
		return BLK_STS_IOERR;
	}
}

static bool may_retry(struct knvme_ctrl *ctrl, struct request *rq, struct knvme_cmd *cmd)
{
	if (cmd->status & NVME_STATUS_DNR || blk_noretry_request(rq))
		return false;
	if (knvme_get_state(ctrl) == KNVME_DEAD)
		return false;
	return cmd->retries++ < KNVME_MAX_RETRIES;
}

static void knvme_complete_rq(struct request *rq)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct knvme_ctrl *ctrl = cmd->queue->ctrl;

	knvme_unmap(ctrl, rq);
	if (unlikely(cmd->status) && may_retry(ctrl, rq, cmd)) {
		blk_mq_requeue_request(rq, true);
		return;
	}
	blk_mq_end_request(rq, to_blk_status(cmd->status));
}

/* The controller has been disabled. */
static bool cancel_rq(struct request *rq, void *data)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (test_and_clear_bit(KNVME_CMD_INFLIGHT, &cmd->flags)) {
		cmd->status = NVME_SC_HOST_ABORTED_CMD;
		blk_mq_complete_request(rq);
	}
	return true;
}

void knvme_io_cancel_all(struct knvme_ctrl *ctrl)
{
	blk_mq_tagset_busy_iter(&ctrl->tag_set, cancel_rq, NULL);
}

/*
 * Decides and leaves; what takes time is done by the reset work, which also ends
 * the request.  First the request may be done, with the interrupt lost; then the
 * controller is asked to abort it; and then it is reset.
 */
static enum blk_eh_timer_return knvme_timeout(struct request *rq)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct knvme_queue *q = cmd->queue;
	struct knvme_ctrl *ctrl = q->ctrl;
	unsigned int found = knvme_queue_poll(q);

	if (!test_bit(KNVME_CMD_INFLIGHT, &cmd->flags)) {
		if (found)
			dev_warn(ctrl->dev, "queue %u: interrupt lost\n", q->qid);
		return BLK_EH_DONE;
	}
	if (knvme_is_ready(ctrl) && !test_bit(KNVME_CMD_ABORTING, &cmd->flags)) {
		/* Else wait until another abort has made place for this one's. */
		if (knvme_send_abort(q, cmd->cid)) {
			set_bit(KNVME_CMD_ABORTING, &cmd->flags);
			dev_warn(ctrl->dev, "queue %u: request %d timed out, aborting it\n",
				 q->qid, rq->tag);
		}
		return BLK_EH_RESET_TIMER;
	}
	if (!knvme_schedule_reset(ctrl))
		dev_warn(ctrl->dev, "queue %u: request %d timed out, resetting\n",
			 q->qid, rq->tag);
	return BLK_EH_RESET_TIMER;
}

static int knvme_init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int index)
{
	struct knvme_ctrl *ctrl = data;

	hctx->driver_data = &ctrl->queues[index + 1];
	return 0;
}

static int knvme_init_request(struct blk_mq_tag_set *set, struct request *rq,
			      unsigned int index, unsigned int numa_node)
{
	struct knvme_ctrl *ctrl = set->driver_data;
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->queue = &ctrl->queues[index + 1];
	return 0;
}

/* Vector 0 is the admin queue's. */
static void knvme_map_queues(struct blk_mq_tag_set *set)
{
	struct knvme_ctrl *ctrl = set->driver_data;

	blk_mq_pci_map_queues(&set->map[HCTX_TYPE_DEFAULT], ctrl->pdev, 1);
}

static const struct blk_mq_ops knvme_mq_ops = {
	.queue_rq	= knvme_queue_rq,
	.commit_rqs	= knvme_commit_rqs,
	.complete	= knvme_complete_rq,
	.timeout	= knvme_timeout,
	.init_hctx	= knvme_init_hctx,
	.init_request	= knvme_init_request,
	.map_queues	= knvme_map_queues,
};

int knvme_io_init(struct knvme_ctrl *ctrl)
{
	struct blk_mq_tag_set *set = &ctrl->tag_set;

	set->ops = &knvme_mq_ops;
	set->driver_data = ctrl;
	set->nr_hw_queues = ctrl->nr_io;
	/* One entry of a ring is always free. */
	set->queue_depth = ctrl->io_depth - 1;
	set->cmd_size = sizeof(struct knvme_cmd);
	set->numa_node = dev_to_node(ctrl->dev);
	set->timeout = knvme_io_timeout * HZ;
	set->flags = BLK_MQ_F_SHOULD_MERGE;
	return blk_mq_alloc_tag_set(set);
}

void knvme_io_exit(struct knvme_ctrl *ctrl)
{
	blk_mq_free_tag_set(&ctrl->tag_set);
}
