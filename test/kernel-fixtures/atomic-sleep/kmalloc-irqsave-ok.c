// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of kmalloc-irqsave-bad.c: one allocation before the lock, and one
 * under it that may not block.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct entry {
	struct list_head node;
	int id;
};

static LIST_HEAD(entries);
static DEFINE_SPINLOCK(entries_lock);

static void add_entries(void)
{
	struct entry *first = kzalloc(sizeof(*first), GFP_KERNEL);
	struct entry *second;
	unsigned long flags;

	if (!first)
		return;
	spin_lock_irqsave(&entries_lock, flags);
	list_add(&first->node, &entries);
	second = kzalloc(sizeof(*second), GFP_ATOMIC | __GFP_NOWARN);
	if (second)
		list_add(&second->node, &entries);
	spin_unlock_irqrestore(&entries_lock, flags);
}

static void drop_entries(void)
{
	struct entry *e, *next;

	list_for_each_entry_safe(e, next, &entries, node)
		kfree(e);
}
FIXTURE_STOP(add_entries, drop_entries);
