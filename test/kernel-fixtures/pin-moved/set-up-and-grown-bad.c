// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object is set up, and grows: its bytes go to a new place, with a work item that points to
 * its old one. Confirmed by DEBUG_OBJECTS_WORK or a fault once it is queued.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct batch {
	struct work_struct work;
	size_t n;
	int items[];
};

static void batch_work(struct work_struct *work)
{
	container_of(work, struct batch, work)->n = 0;
}

static noinline struct batch *batch_new(size_t n)
{
	struct batch *b = kzalloc(struct_size(b, items, n), GFP_KERNEL), *grown;

	if (!b)
		return NULL;
	INIT_WORK(&b->work, batch_work);
	b->n = n;
	grown = kzalloc(struct_size(grown, items, 2 * n), GFP_KERNEL);
	if (!grown)
		return b;
	memcpy(grown, b, sizeof(*b)); /* EXPECT: pin-moved */
	kfree(b);
	return grown;
}

static void batch_run(void)
{
	struct batch *b = batch_new(4);

	if (!b)
		return;
	schedule_work(&b->work);
	cancel_work_sync(&b->work);
	kfree(b);
}
FIXTURE(batch_run);
