// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of a list are freed on a walk that reads the next one from them.
 * Confirmed by KASAN (use after free).
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct record {
	struct list_head node;
};

static LIST_HEAD(records);

static noinline void records_free(void)
{
	struct record *r;

	list_for_each_entry(r, &records, node)
		kfree(r); /* EXPECT: list-exclusive */
	INIT_LIST_HEAD(&records);
}

static void records_run(void)
{
	struct record *r;
	int n;

	for (n = 0; n < 3; n++) {
		r = kzalloc(sizeof(*r), GFP_KERNEL);
		if (r)
			list_add(&r->node, &records);
	}
	records_free();
}
FIXTURE(records_run);
