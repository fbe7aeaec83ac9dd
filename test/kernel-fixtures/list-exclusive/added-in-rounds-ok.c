// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each round of a loop adds the same member of another object, and two members of one
 * object are in two lists.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct page_info {
	struct list_head lru;
	struct list_head sibling;
};

static LIST_HEAD(all);
static LIST_HEAD(family);

static noinline int pages_fill(int n)
{
	struct page_info *a, *b;

	while (n-- > 0) {
		a = kzalloc(sizeof(*a), GFP_KERNEL);
		b = kzalloc(sizeof(*b), GFP_KERNEL);
		if (!a || !b) {
			kfree(a);
			kfree(b);
			return -ENOMEM;
		}
		list_add(&a->lru, &all);
		list_add(&b->lru, &all);
		list_add(&a->sibling, &family);
		list_add(&b->sibling, &family);
	}
	return 0;
}

static void pages_start(void)
{
	pages_fill(2);
}

static void pages_stop(void)
{
	struct page_info *p, *next;

	list_for_each_entry_safe(p, next, &all, lru) {
		list_del(&p->lru);
		list_del(&p->sibling);
		kfree(p);
	}
}
FIXTURE_STOP(pages_start, pages_stop);
