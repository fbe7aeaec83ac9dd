// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of a list are freed on a walk that has read the next one before, and one
 * entry by a walk that ends with it.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct record {
	struct list_head node;
	int number;
};

static LIST_HEAD(records);

static noinline void record_free(int number)
{
	struct record *r;

	list_for_each_entry(r, &records, node) {
		if (r->number == number) {
			list_del(&r->node);
			kfree(r);
			break;
		}
	}
}

static noinline void records_free(void)
{
	struct record *r, *next;

	list_for_each_entry_safe(r, next, &records, node)
		kfree(r);
	INIT_LIST_HEAD(&records);
}

static void records_run(void)
{
	struct record *r;
	int n;

	for (n = 0; n < 3; n++) {
		r = kzalloc(sizeof(*r), GFP_KERNEL);
		if (!r)
			break;
		r->number = n;
		list_add(&r->node, &records);
	}
	record_free(1);
	records_free();
}
FIXTURE(records_run);
