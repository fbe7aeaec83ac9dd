// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries are spliced away in each round of a loop by the form that leaves the head empty.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct entry {
	struct list_head node;
};

static LIST_HEAD(cache);

static noinline int cache_fill(int rounds)
{
	LIST_HEAD(fresh);

	while (rounds-- > 0) {
		struct entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

		if (!e)
			return -ENOMEM;
		list_add(&e->node, &fresh);
		list_splice_init(&fresh, &cache);
	}
	return 0;
}

static void cache_start(void)
{
	cache_fill(3);
}

static void cache_stop(void)
{
	struct entry *e, *next;

	list_for_each_entry_safe(e, next, &cache, node) {
		list_del(&e->node);
		kfree(e);
	}
}
FIXTURE_STOP(cache_start, cache_stop);
