// SPDX-License-Identifier: GPL-2.0-only
/*
 * A node is deleted twice, by the form that leaves it as if it had been initialised.
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
		list_del_init(&r->node);
	r->late = false;
	list_del_init(&r->node);
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
