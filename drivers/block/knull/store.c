// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory behind a device.  It is filled from ->queue_rq, that is, with
 * dispatch under rcu_read_lock(): all that may fail for want of memory is done
 * before the request is started, where the block layer takes "not now" for an
 * answer; the copying after it cannot fail.
 */
#include <linux/blk-mq.h>
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "knull.h"

void knull_store_init(struct knull_store *store)
{
	xa_init(&store->pages);
}

void knull_store_destroy(struct knull_store *store)
{
	unsigned long index;
	void *page;

	xa_for_each(&store->pages, index, page)
		free_page((unsigned long)page);
	xa_destroy(&store->pages);
}

static int add_page(struct knull_store *store, unsigned long index)
{
	const gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;
	void *page, *old;

	if (xa_load(&store->pages, index))
		return 0;
	page = (void *)get_zeroed_page(gfp);
	if (!page)
		return -ENOMEM;
	/* Another queue may have been faster: then its page is as good. */
	old = xa_cmpxchg(&store->pages, index, NULL, page, gfp);
	if (old)
		free_page((unsigned long)page);
	return xa_err(old);
}

int knull_store_prepare(struct knull_store *store, struct request *rq)
{
	loff_t pos = blk_rq_pos(rq) << SECTOR_SHIFT;
	unsigned long index = pos >> PAGE_SHIFT;
	unsigned long last = (pos + blk_rq_bytes(rq) - 1) >> PAGE_SHIFT;

	if (req_op(rq) != REQ_OP_WRITE)
		return 0;
	for (; index <= last; index++) {
		int ret = add_page(store, index);

		if (ret)
			return ret;
	}
	return 0;
}

/* @data and [@pos, @pos + @len) lie in one page of the store. */
static void copy_part(struct knull_store *store, loff_t pos, char *data, size_t len, bool write)
{
	char *page = xa_load(&store->pages, pos >> PAGE_SHIFT);

	if (write)
		memcpy(page + offset_in_page(pos), data, len);
	else if (page)
		memcpy(data, page + offset_in_page(pos), len);
	else
		memset(data, 0, len);
}

static void copy_segment(struct knull_store *store, loff_t pos, struct bio_vec *bv, bool write)
{
	char *data = bvec_kmap_local(bv);
	size_t done, part;

	for (done = 0; done < bv->bv_len; done += part) {
		part = min_t(size_t, bv->bv_len - done, PAGE_SIZE - offset_in_page(pos + done));
		copy_part(store, pos + done, data + done, part, write);
	}
	kunmap_local(data);
	if (!write)
		flush_dcache_page(bv->bv_page);
}

void knull_store_transfer(struct knull_store *store, struct request *rq)
{
	bool write = req_op(rq) == REQ_OP_WRITE;
	loff_t pos = blk_rq_pos(rq) << SECTOR_SHIFT;
	struct req_iterator iter;
	struct bio_vec bv;

	rq_for_each_segment(bv, rq, iter) {
		copy_segment(store, pos, &bv, write);
		pos += bv.bv_len;
	}
}
