// SPDX-License-Identifier: GPL-2.0-only
/*
 * A node that is in one list is added to another one.
 * Confirmed by DEBUG_LIST when the first list is walked and emptied (list_del corruption).
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct job {
	struct list_head node;
	int number;
};

static LIST_HEAD(waiting);
static LIST_HEAD(urgent);

static noinline void job_submit(struct job *j, bool hurry)
{
	list_add_tail(&j->node, &waiting);
	j->number++;
	if (hurry)
		list_add_tail(&j->node, &urgent); /* EXPECT: list-exclusive */
}

static void job_run(void)
{
	struct job *first = kzalloc(sizeof(*first), GFP_KERNEL);
	struct job *last = kzalloc(sizeof(*last), GFP_KERNEL);

	if (first && last) {
		job_submit(first, true);
		job_submit(last, false);
		list_del(&first->node);
		list_del(&last->node);
	}
	kfree(last);
	kfree(first);
}
FIXTURE(job_run);
