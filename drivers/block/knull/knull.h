/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KNULL_H
#define KNULL_H

#include <linux/xarray.h>

struct request;

/*
 * What was written to a device, by page.  A page, once there, stays until
 * knull_store_destroy(), so that whoever has looked it up may use it without a
 * lock; as on any disk, requests that overlap in time are the user's business.
 */
struct knull_store {
	struct xarray pages;	/* by position >> PAGE_SHIFT: address of a page */
};

void knull_store_init(struct knull_store *store);
/* Nobody may use the store any more. */
void knull_store_destroy(struct knull_store *store);

/*
 * Make the pages that @rq is going to write.  Never sleeps, because ->queue_rq
 * may not: fails with -ENOMEM when there is no memory at once, and may be tried
 * again, for the pages that it got are kept.
 */
int knull_store_prepare(struct knull_store *store, struct request *rq);
/* Move the data of @rq, a read or a write that has been prepared. */
void knull_store_transfer(struct knull_store *store, struct request *rq);

#endif
