// SPDX-License-Identifier: GPL-2.0-only
/*
 * A blocking allocation with a spinlock held and interrupts off.
 * Confirmed by DEBUG_ATOMIC_SLEEP and by PROVE_LOCKING (fs_reclaim).
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

static void add_entry(void)
{
	struct entry *e;
	unsigned long flags;

	spin_lock_irqsave(&entries_lock, flags);
	e = kzalloc(sizeof(*e), GFP_KERNEL); /* EXPECT: atomic-sleep */
	if (e)
		list_add(&e->node, &entries);
	spin_unlock_irqrestore(&entries_lock, flags);
}

static void drop_entries(void)
{
	struct entry *e, *next;

	list_for_each_entry_safe(e, next, &entries, node)
		kfree(e);
}
FIXTURE_STOP(add_entry, drop_entries);
