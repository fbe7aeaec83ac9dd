// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data of a request as the controller wants it: a list of addresses of its
 * pages.  No scatterlist is built.  The data of a request falls into runs, each
 * contiguous in memory; the queue's limits see to it that all runs but the first
 * begin, and all but the last end, at a boundary of the controller's pages.  So
 * from the list and the runs, which can be walked again, everything can be told
 * that is needed to unmap them.
 */
#include <linux/bio.h>
#include <linux/bvec.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/math.h>

#include "knvme.h"

struct knvme_walk {
	struct bio *bio;
	struct bvec_iter iter;
};

int knvme_prp_create_pools(struct knvme_ctrl *ctrl)
{
	ctrl->short_pool = dma_pool_create("knvme short lists", ctrl->dev, KNVME_SHORT_BYTES,
					   KNVME_SHORT_BYTES, 0);
	if (!ctrl->short_pool)
		return -ENOMEM;
	ctrl->list_pool = dma_pool_create("knvme lists", ctrl->dev, KNVME_PAGE_SIZE,
					  KNVME_PAGE_SIZE, 0);
	if (!ctrl->list_pool) {
		dma_pool_destroy(ctrl->short_pool);
		return -ENOMEM;
	}
	return 0;
}

void knvme_prp_destroy_pools(struct knvme_ctrl *ctrl)
{
	dma_pool_destroy(ctrl->list_pool);
	dma_pool_destroy(ctrl->short_pool);
}

static bool get_list(struct knvme_ctrl *ctrl, struct knvme_cmd *cmd, unsigned int entries)
{
	cmd->list_is_short = entries <= KNVME_SHORT_ENTRIES;
	cmd->list = dma_pool_alloc(cmd->list_is_short ? ctrl->short_pool : ctrl->list_pool,
				   GFP_ATOMIC, &cmd->list_dma);
	return cmd->list;
}

static void put_list(struct knvme_ctrl *ctrl, struct knvme_cmd *cmd)
{
	if (!cmd->list)
		return;
	dma_pool_free(cmd->list_is_short ? ctrl->short_pool : ctrl->list_pool,
		      cmd->list, cmd->list_dma);
	cmd->list = NULL;
}

static void walk_init(struct knvme_walk *walk, struct request *rq)
{
	walk->bio = rq->bio;
	if (walk->bio)
		walk->iter = walk->bio->bi_iter;
}

/*
 * The next run.  Neighbours are joined, for the block layer merges requests whose
 * memory touches in the middle of a page.
 */
static bool walk_next(struct knvme_walk *walk, struct bio_vec *run)
{
	struct bio_vec bv;
	bool any = false;

	while (walk->bio) {
		while (walk->iter.bi_size) {
			bv = mp_bvec_iter_bvec(walk->bio->bi_io_vec, walk->iter);
			if (!any)
				*run = bv;
			else if (bvec_phys(run) + run->bv_len == bvec_phys(&bv))
				run->bv_len += bv.bv_len;
			else
				return true;
			any = true;
			bio_advance_iter_single(walk->bio, &walk->iter, bv.bv_len);
		}
		walk->bio = walk->bio->bi_next;
		if (walk->bio)
			walk->iter = walk->bio->bi_iter;
	}
	return any;
}

static unsigned int pages_of(u64 addr, unsigned int len)
{
	return DIV_ROUND_UP((addr & (KNVME_PAGE_SIZE - 1)) + len, KNVME_PAGE_SIZE);
}

static u64 get_prp(const struct knvme_cmd *cmd, unsigned int i)
{
	if (!i)
		return cmd->prp1;
	return cmd->list ? le64_to_cpu(cmd->list[i - 1]) : cmd->prp2;
}

static void add_prp(struct knvme_cmd *cmd, u64 addr)
{
	unsigned int i = cmd->nr_prps++;

	if (!i)
		cmd->prp1 = addr;
	else if (cmd->list)
		cmd->list[i - 1] = cpu_to_le64(addr);
	else
		cmd->prp2 = addr;
}

static void add_run(struct knvme_cmd *cmd, u64 addr, unsigned int len)
{
	unsigned int pages = pages_of(addr, len);

	add_prp(cmd, addr);
	addr &= ~(u64)(KNVME_PAGE_SIZE - 1);
	while (--pages) {
		addr += KNVME_PAGE_SIZE;
		add_prp(cmd, addr);
	}
	cmd->nr_runs++;
}

void knvme_unmap(struct knvme_ctrl *ctrl, struct request *rq)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	unsigned int i, prp = 0;
	struct knvme_walk walk;
	struct bio_vec run;
	u64 addr;

	walk_init(&walk, rq);
	for (i = 0; i < cmd->nr_runs && walk_next(&walk, &run); i++) {
		addr = get_prp(cmd, prp);
		dma_unmap_page(ctrl->dev, addr, run.bv_len, rq_dma_dir(rq));
		prp += pages_of(addr, run.bv_len);
	}
	cmd->nr_runs = 0;
	cmd->nr_prps = 0;
	put_list(ctrl, cmd);
}

/* @room: how many PRPs the command has room for. */
static blk_status_t map_runs(struct knvme_ctrl *ctrl, struct request *rq, unsigned int room)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct knvme_walk walk;
	struct bio_vec run;
	dma_addr_t addr;

	walk_init(&walk, rq);
	while (walk_next(&walk, &run)) {
		if (WARN_ON_ONCE(cmd->nr_prps + pages_of(bvec_phys(&run), run.bv_len) > room))
			return BLK_STS_IOERR;
		addr = dma_map_page(ctrl->dev, run.bv_page, run.bv_offset, run.bv_len,
				    rq_dma_dir(rq));
		if (dma_mapping_error(ctrl->dev, addr))
			return BLK_STS_RESOURCE;
		add_run(cmd, addr, run.bv_len);
	}
	return BLK_STS_OK;
}

/* The two pointers of the command. */
static void set_dptr(const struct knvme_cmd *cmd, struct nvme_command *c)
{
	c->common.dptr.prp1 = cpu_to_le64(cmd->prp1);
	if (cmd->list)
		c->common.dptr.prp2 = cpu_to_le64(cmd->list_dma);
	else if (cmd->nr_prps == 2)
		c->common.dptr.prp2 = cpu_to_le64(cmd->prp2);
}

blk_status_t knvme_map(struct knvme_ctrl *ctrl, struct request *rq, struct nvme_command *c)
{
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct bio_vec first = req_bvec(rq);
	unsigned int pages = pages_of(first.bv_offset, blk_rq_bytes(rq));
	blk_status_t ret;

	if (pages > 2 && !get_list(ctrl, cmd, pages - 1))
		return BLK_STS_RESOURCE;
	ret = map_runs(ctrl, rq, pages);
	if (ret != BLK_STS_OK) {
		knvme_unmap(ctrl, rq);
		return ret;
	}
	set_dptr(cmd, c);
	return BLK_STS_OK;
}

/* The data of a discard is made here: its ranges. */
blk_status_t knvme_map_ranges(struct knvme_ns *ns, struct request *rq, struct nvme_command *c)
{
	unsigned int shift = ns->lba_shift - SECTOR_SHIFT;
	struct knvme_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct nvme_dsm_range *range;
	struct bio *bio;
	unsigned int n = 0;

	if (!get_list(ns->ctrl, cmd, KNVME_SHORT_ENTRIES))
		return BLK_STS_RESOURCE;
	range = (struct nvme_dsm_range *)cmd->list;
	__rq_for_each_bio(bio, rq) {
		if (WARN_ON_ONCE(n == KNVME_MAX_RANGES)) {
			put_list(ns->ctrl, cmd);
			return BLK_STS_IOERR;
		}
		range[n].cattr = 0;
		range[n].nlb = cpu_to_le32(bio->bi_iter.bi_size >> ns->lba_shift);
		range[n].slba = cpu_to_le64(bio->bi_iter.bi_sector >> shift);
		n++;
	}
	c->dsm.nr = cpu_to_le32(n - 1);
	c->dsm.dptr.prp1 = cpu_to_le64(cmd->list_dma);
	return BLK_STS_OK;
}
