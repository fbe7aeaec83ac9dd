// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of gfp-helper-bad.c: flags that may not block under the lock; the
 * same helper with flags that may, where no lock is held.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(slot_lock);
static void *slot, *spare;

static noinline void *new_buffer(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

static void fill_slots(void)
{
	spare = new_buffer(64, GFP_KERNEL);
	spin_lock(&slot_lock);
	if (!slot)
		slot = new_buffer(64, GFP_ATOMIC);
	spin_unlock(&slot_lock);
}

static void empty_slots(void)
{
	kfree(slot);
	kfree(spare);
}
FIXTURE_STOP(fill_slots, empty_slots);
