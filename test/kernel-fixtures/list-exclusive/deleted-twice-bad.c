// SPDX-License-Identifier: GPL-2.0-only
/*
 * A node is deleted when its object times out, and once more before the object is freed.
 * Confirmed by DEBUG_LIST (list_del corruption: the node is poisoned).
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct request {
	struct list_head node;
	bool late;
};

static LIST_HEAD(requests);

static noinline void request_free(struct request *r)
{
	if (r->late)
		list_del(&r->node);
	r->late = false;
	list_del(&r->node); /* EXPECT: list-exclusive */
	kfree(r);
}

static void request_run(void)
{
	struct request *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return;
	r->late = true;
	list_add(&r->node, &requests);
	request_free(r);
}
FIXTURE(request_run);
