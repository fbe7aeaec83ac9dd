// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of kmalloc-under-raw-bad.c: allocated before the raw lock, freed
 * after it; and under a spinlock, which is fine.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RAW_SPINLOCK(desc_lock);
static DEFINE_SPINLOCK(spare_lock);
static void *desc, *spare;

static void desc_grow(void)
{
	void *fresh = kmalloc(32, GFP_KERNEL);

	raw_spin_lock(&desc_lock);
	swap(desc, fresh);
	raw_spin_unlock(&desc_lock);
	kfree(fresh);

	spin_lock(&spare_lock);
	if (!spare)
		spare = kmalloc(32, GFP_ATOMIC);
	spin_unlock(&spare_lock);
}

static void desc_free(void)
{
	kfree(desc);
	kfree(spare);
}
FIXTURE_STOP(desc_grow, desc_free);
