// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two rings of a queue: entries go into one and come out of the other.  What
 * they mean is the business of admin.c and io.c.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/pci.h>

#include "knvme.h"

static size_t sq_bytes(const struct knvme_queue *q)
{
	return q->depth * sizeof(struct nvme_command);
}

static size_t cq_bytes(const struct knvme_queue *q)
{
	return q->depth * sizeof(struct nvme_completion);
}

int knvme_queue_alloc(struct knvme_ctrl *ctrl, unsigned int qid, unsigned int depth)
{
	struct knvme_queue *q = &ctrl->queues[qid];
	u32 stride = 4 << NVME_CAP_STRIDE(ctrl->cap);

	q->ctrl = ctrl;
	q->qid = qid;
	q->depth = depth;
	spin_lock_init(&q->sq_lock);
	spin_lock_init(&q->cq_lock);
	q->sq_db = ctrl->bar + NVME_REG_DBS + 2 * qid * stride;
	q->cq_db = q->sq_db + stride;

	q->sqes = dma_alloc_coherent(ctrl->dev, sq_bytes(q), &q->sq_dma, GFP_KERNEL);
	if (!q->sqes)
		return -ENOMEM;
	q->cqes = dma_alloc_coherent(ctrl->dev, cq_bytes(q), &q->cq_dma, GFP_KERNEL);
	if (!q->cqes) {
		dma_free_coherent(ctrl->dev, sq_bytes(q), q->sqes, q->sq_dma);
		return -ENOMEM;
	}
	return 0;
}

void knvme_queue_free(struct knvme_queue *q)
{
	dma_free_coherent(q->ctrl->dev, cq_bytes(q), q->cqes, q->cq_dma);
	dma_free_coherent(q->ctrl->dev, sq_bytes(q), q->sqes, q->sq_dma);
}

void knvme_queue_reset(struct knvme_queue *q)
{
	unsigned long flags;

	spin_lock_irqsave(&q->cq_lock, flags);
	memset(q->cqes, 0, cq_bytes(q));
	q->cq_head = 0;
	q->cq_phase = 1;
	spin_unlock_irqrestore(&q->cq_lock, flags);

	spin_lock_irqsave(&q->sq_lock, flags);
	q->sq_tail = 0;
	q->sq_rung = 0;
	spin_unlock_irqrestore(&q->sq_lock, flags);
}

void knvme_queue_set_live(struct knvme_queue *q, bool live)
{
	unsigned long flags;

	spin_lock_irqsave(&q->sq_lock, flags);
	WRITE_ONCE(q->live, live);
	spin_unlock_irqrestore(&q->sq_lock, flags);
}

void knvme_queue_ring(struct knvme_queue *q)
{
	struct knvme_faults *f = &q->ctrl->faults;

	lockdep_assert_held(&q->sq_lock);
	if (q->sq_rung == q->sq_tail || !q->live)
		return;
	q->sq_rung = q->sq_tail;
	if (knvme_fault(q->qid ? &f->drop_doorbell : &f->drop_admin_doorbell))
		return;
	writel(q->sq_tail, q->sq_db);
}

/* There is room: never are there more commands than the queue has entries but one. */
void knvme_queue_push(struct knvme_queue *q, const struct nvme_command *c)
{
	lockdep_assert_held(&q->sq_lock);
	memcpy(&q->sqes[q->sq_tail], c, sizeof(*c));
	if (++q->sq_tail == q->depth)
		q->sq_tail = 0;
}

static bool cqe_is_new(const struct knvme_queue *q)
{
	u16 status = le16_to_cpu(READ_ONCE(q->cqes[q->cq_head].status));

	return (status & 1) == q->cq_phase;
}

static void advance_cq(struct knvme_queue *q)
{
	if (++q->cq_head == q->depth) {
		q->cq_head = 0;
		q->cq_phase ^= 1;
	}
}

/* Requests that have completed are put on @done. */
static unsigned int reap(struct knvme_queue *q, struct list_head *done)
{
	const struct nvme_completion *cqe;
	struct knvme_cmd *cmd;
	unsigned int found = 0;

	lockdep_assert_held(&q->cq_lock);
	while (cqe_is_new(q)) {
		/* The rest of the entry is older than its phase bit. */
		dma_rmb();
		cqe = &q->cqes[q->cq_head];
		if (q->qid) {
			cmd = knvme_io_claim(q, cqe);
			if (cmd)
				list_add_tail(&cmd->node, done);
		} else {
			knvme_admin_complete(q->ctrl, cqe);
		}
		advance_cq(q);
		found++;
	}
	if (found && READ_ONCE(q->live))
		writel(q->cq_head, q->cq_db);
	return found;
}

unsigned int knvme_queue_poll(struct knvme_queue *q)
{
	struct knvme_cmd *cmd, *next;
	unsigned long flags;
	unsigned int found;
	LIST_HEAD(done);

	spin_lock_irqsave(&q->cq_lock, flags);
	found = reap(q, &done);
	spin_unlock_irqrestore(&q->cq_lock, flags);

	/* Without the lock: what ends a request may go far. */
	list_for_each_entry_safe(cmd, next, &done, node)
		blk_mq_complete_request(blk_mq_rq_from_pdu(cmd));
	return found;
}

static irqreturn_t knvme_irq(int irq, void *data)
{
	struct knvme_queue *q = data;

	if (q->qid && knvme_fault(&q->ctrl->faults.drop_irq))
		return IRQ_HANDLED;
	return knvme_queue_poll(q) ? IRQ_HANDLED : IRQ_NONE;
}

int knvme_queue_request_irq(struct knvme_queue *q)
{
	return pci_request_irq(q->ctrl->pdev, q->qid, knvme_irq, NULL, q,
			       "knvme%dq%d", q->ctrl->instance, q->qid);
}

void knvme_queue_free_irq(struct knvme_queue *q)
{
	pci_free_irq(q->ctrl->pdev, q->qid, q);
}
