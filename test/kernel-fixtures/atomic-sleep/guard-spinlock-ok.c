// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of guard-spinlock-bad.c: the guard's scope ends before the second
 * allocation, and the first one precedes it.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(cache_lock);
static void *cache, *spare;

static void cache_fill(void)
{
	void *fresh = kzalloc(128, GFP_KERNEL);

	{
		guard(spinlock)(&cache_lock);
		swap(cache, fresh);
	}
	kfree(fresh);
	spare = kzalloc(128, GFP_KERNEL);
}

static void cache_drop(void)
{
	kfree(cache);
	kfree(spare);
}
FIXTURE_STOP(cache_fill, cache_drop);
