// SPDX-License-Identifier: GPL-2.0-only
/*
 * The allocator takes sleeping locks on PREEMPT_RT, GFP_ATOMIC or not.
 * Confirmed by DEBUG_ATOMIC_SLEEP on PREEMPT_RT.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RAW_SPINLOCK(desc_lock);
static void *desc;

static void desc_grow(void)
{
	raw_spin_lock(&desc_lock);
	if (!desc)
		desc = kmalloc(32, GFP_ATOMIC); /* EXPECT: rt-wait-context */
	raw_spin_unlock(&desc_lock);
}

static void desc_free(void)
{
	kfree(desc);
}
FIXTURE_STOP(desc_grow, desc_free);
