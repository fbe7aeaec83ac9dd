// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two locks are held and only one of them is dropped around the sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(pool_lock);
static DEFINE_SPINLOCK(page_lock);
static void *pool;

static void pool_grow(void)
{
	void *fresh;

	spin_lock(&pool_lock);
	spin_lock(&page_lock);
	if (!pool) {
		spin_unlock(&page_lock);
		fresh = kmalloc(64, GFP_KERNEL); /* EXPECT: atomic-sleep */
		spin_lock(&page_lock);
		pool = fresh;
	}
	spin_unlock(&page_lock);
	spin_unlock(&pool_lock);
}

static void pool_free(void)
{
	kfree(pool);
}
FIXTURE_STOP(pool_grow, pool_free);
