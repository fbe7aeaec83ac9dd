// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each object has a workqueue, and destroying that waits for the work.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct tape {
	struct workqueue_struct *queue;
	struct work_struct rewind;
	int position;
};

static void tape_rewind(struct work_struct *work)
{
	container_of(work, struct tape, rewind)->position = 0;
}

static noinline struct tape *tape_new(void)
{
	struct tape *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->queue = alloc_workqueue("klint_tape", WQ_UNBOUND, 0);
	if (!t->queue) {
		kfree(t);
		return NULL;
	}
	INIT_WORK(&t->rewind, tape_rewind);
	queue_work(t->queue, &t->rewind);
	return t;
}

static noinline void tape_free(struct tape *t)
{
	destroy_workqueue(t->queue);
	kfree(t);
}

static void tape_run(void)
{
	struct tape *t = tape_new();

	if (t)
		tape_free(t);
}
FIXTURE(tape_run);
