// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting, stopping and recovering the controller.
 *
 * All recovery is done by one work.  It never waits for a request: what it waits
 * for are register bits and admin commands, each for a limited time; when that is
 * over, the controller is dead and all requests fail.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pci.h>

#include "knvme.h"

static bool change_state(struct knvme_ctrl *ctrl, enum knvme_state from, enum knvme_state to)
{
	unsigned long flags;
	bool changed;

	spin_lock_irqsave(&ctrl->state_lock, flags);
	changed = ctrl->state == from;
	if (changed)
		WRITE_ONCE(ctrl->state, to);
	spin_unlock_irqrestore(&ctrl->state_lock, flags);
	return changed;
}

void knvme_set_state(struct knvme_ctrl *ctrl, enum knvme_state state)
{
	unsigned long flags;

	spin_lock_irqsave(&ctrl->state_lock, flags);
	WRITE_ONCE(ctrl->state, state);
	spin_unlock_irqrestore(&ctrl->state_lock, flags);
}

/* Wait until the bits of @mask in CSTS are @want. */
static int wait_status(struct knvme_ctrl *ctrl, u32 mask, u32 want, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;
	u32 csts;

	for (;;) {
		csts = readl(ctrl->bar + NVME_REG_CSTS);
		if (csts == U32_MAX)
			return -ENODEV;
		if ((csts & mask) == want)
			return 0;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		usleep_range(500, 2000);
	}
}

/* The controller says how long it may take. */
static int wait_ready(struct knvme_ctrl *ctrl, bool ready)
{
	unsigned long timeout = (NVME_CAP_TIMEOUT(ctrl->cap) + 1) * HZ / 2;

	return wait_status(ctrl, NVME_CSTS_RDY, ready ? NVME_CSTS_RDY : 0, timeout);
}

static int disable(struct knvme_ctrl *ctrl)
{
	u32 cc = readl(ctrl->bar + NVME_REG_CC);

	if (cc == U32_MAX)
		return -ENODEV;
	writel(cc & ~(NVME_CC_ENABLE | NVME_CC_SHN_MASK), ctrl->bar + NVME_REG_CC);
	return wait_ready(ctrl, false);
}

static void write_admin_queue(struct knvme_ctrl *ctrl)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	u32 size = q->depth - 1;

	writel(size | size << 16, ctrl->bar + NVME_REG_AQA);
	lo_hi_writeq(q->sq_dma, ctrl->bar + NVME_REG_ASQ);
	lo_hi_writeq(q->cq_dma, ctrl->bar + NVME_REG_ACQ);
}

int knvme_enable(struct knvme_ctrl *ctrl)
{
	struct knvme_queue *q = knvme_admin_queue(ctrl);
	u32 cc;
	int ret;

	ret = disable(ctrl);
	if (ret)
		return ret;
	pci_set_master(ctrl->pdev);
	knvme_queue_reset(q);
	write_admin_queue(ctrl);
	cc = NVME_CC_CSS_NVM | (KNVME_PAGE_SHIFT - 12) << NVME_CC_MPS_SHIFT | NVME_CC_AMS_RR |
	     NVME_CC_SHN_NONE | NVME_CC_IOSQES | NVME_CC_IOCQES;
	writel(cc | NVME_CC_ENABLE, ctrl->bar + NVME_REG_CC);
	ret = wait_ready(ctrl, true);
	if (ret)
		return ret;
	knvme_queue_set_live(q, true);
	return knvme_identify_ctrl(ctrl);
}

int knvme_create_io_queues(struct knvme_ctrl *ctrl)
{
	unsigned int i, count = ctrl->nr_io;
	int ret;

	ret = knvme_set_queue_count(ctrl, &count);
	if (ret)
		return ret;
	if (count < ctrl->nr_io) {
		dev_err(ctrl->dev, "only %u of %u queues are left\n", count, ctrl->nr_io);
		return -EIO;
	}
	for (i = 1; i <= ctrl->nr_io; i++) {
		ret = knvme_create_queue(&ctrl->queues[i]);
		if (ret)
			return ret;
	}
	return knvme_enable_events(ctrl);
}

/* What the specification wants before power may go. */
static int shut_down(struct knvme_ctrl *ctrl)
{
	unsigned int i;
	u32 cc;

	for (i = 1; i <= ctrl->nr_io; i++)
		knvme_delete_queue(&ctrl->queues[i]);
	cc = readl(ctrl->bar + NVME_REG_CC) & ~NVME_CC_SHN_MASK;
	writel(cc | NVME_CC_SHN_NORMAL, ctrl->bar + NVME_REG_CC);
	return wait_status(ctrl, NVME_CSTS_SHST_MASK, NVME_CSTS_SHST_CMPLT, 5 * HZ);
}

bool knvme_is_ready(struct knvme_ctrl *ctrl)
{
	u32 csts = readl(ctrl->bar + NVME_REG_CSTS);

	return csts != U32_MAX && (csts & (NVME_CSTS_RDY | NVME_CSTS_CFS)) == NVME_CSTS_RDY;
}

static void stop_controller(struct knvme_ctrl *ctrl, bool orderly)
{
	if (orderly && knvme_is_ready(ctrl) && shut_down(ctrl))
		dev_warn(ctrl->dev, "did not shut down\n");
	knvme_queue_set_live(knvme_admin_queue(ctrl), false);
	/* One that does not listen shall not write to memory either. */
	if (disable(ctrl))
		pci_clear_master(ctrl->pdev);
}

void knvme_stop(struct knvme_ctrl *ctrl, bool orderly)
{
	unsigned int i;

	knvme_quiesce(ctrl);
	for (i = 1; i <= ctrl->nr_io; i++)
		knvme_queue_set_live(&ctrl->queues[i], false);
	stop_controller(ctrl, orderly);
	/* What was completed need not be done again. */
	for (i = 0; i <= ctrl->nr_io; i++)
		knvme_queue_poll(&ctrl->queues[i]);
	knvme_admin_cancel(ctrl);
	knvme_io_cancel_all(ctrl);
}

static void kill(struct knvme_ctrl *ctrl, int error)
{
	dev_err(ctrl->dev, "no recovery, error %d: the controller is dead\n", error);
	/* First, so that requests which are cancelled now are not tried again. */
	change_state(ctrl, KNVME_RESETTING, KNVME_DEAD);
	knvme_stop(ctrl, false);
	pci_clear_master(ctrl->pdev);
	knvme_unquiesce(ctrl);
	/* Whoever this waits for can only wait for requests that fail. */
	knvme_mark_dead(ctrl);
}

void knvme_reset_work(struct work_struct *work)
{
	struct knvme_ctrl *ctrl = container_of(work, struct knvme_ctrl, reset_work);
	int ret;

	knvme_stop(ctrl, false);
	ret = knvme_enable(ctrl);
	if (!ret)
		ret = knvme_create_io_queues(ctrl);
	if (ret) {
		kill(ctrl, ret);
		return;
	}
	change_state(ctrl, KNVME_RESETTING, KNVME_LIVE);
	knvme_unquiesce(ctrl);
	dev_info(ctrl->dev, "reset done\n");
	knvme_queue_scan(ctrl);
}

int knvme_schedule_reset(struct knvme_ctrl *ctrl)
{
	if (!change_state(ctrl, KNVME_LIVE, KNVME_RESETTING))
		return -EBUSY;
	queue_work(knvme_wq, &ctrl->reset_work);
	return 0;
}

/* Stop for a while, without power perhaps; requests wait. */
void knvme_suspend(struct knvme_ctrl *ctrl)
{
	knvme_stop_scanning(ctrl);
	flush_work(&ctrl->reset_work);
	/* To whoever finds a request late, this looks like a reset. */
	if (change_state(ctrl, KNVME_LIVE, KNVME_RESETTING))
		knvme_stop(ctrl, true);
}

void knvme_resume(struct knvme_ctrl *ctrl)
{
	knvme_allow_scanning(ctrl);
	if (knvme_get_state(ctrl) != KNVME_RESETTING)
		return;
	queue_work(knvme_wq, &ctrl->reset_work);
	flush_work(&ctrl->reset_work);
}
