// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of set-up-and-grown-bad.c: what points to itself is initialised again.
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
	memcpy(grown, b, sizeof(*b));
	INIT_WORK(&grown->work, batch_work);
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
