// SPDX-License-Identifier: GPL-2.0-only
/*
 * A blocking allocation in the rest of the scope of guard(spinlock).
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(cache_lock);
static void *cache;

static void cache_fill(void)
{
	guard(spinlock)(&cache_lock);

	if (cache)
		return;
	cache = kzalloc(128, GFP_KERNEL); /* EXPECT: atomic-sleep */
}

static void cache_drop(void)
{
	kfree(cache);
}
FIXTURE_STOP(cache_fill, cache_drop);
