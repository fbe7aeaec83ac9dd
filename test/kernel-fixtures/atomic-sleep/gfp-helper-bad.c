// SPDX-License-Identifier: GPL-2.0-only
/*
 * A helper allocates with its caller's flags; the caller that holds a lock
 * passes flags that may block.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(slot_lock);
static void *slot;

static noinline void *new_buffer(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

static void fill_slot(void)
{
	spin_lock(&slot_lock);
	if (!slot)
		slot = new_buffer(64, GFP_KERNEL); /* EXPECT: atomic-sleep */
	spin_unlock(&slot_lock);
}

static void empty_slot(void)
{
	kfree(slot);
}
FIXTURE_STOP(fill_slot, empty_slot);
