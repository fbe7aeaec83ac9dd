// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flags are chosen by a condition, the wrong way round.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(urb_lock);
static void *urb;

static noinline void *urb_alloc(bool atomic)
{
	gfp_t gfp = atomic ? GFP_KERNEL : GFP_ATOMIC;

	return kzalloc(96, gfp);
}

static void urb_submit(void)
{
	spin_lock(&urb_lock);
	if (!urb)
		urb = urb_alloc(true); /* EXPECT: atomic-sleep */
	spin_unlock(&urb_lock);
}

static void urb_free(void)
{
	kfree(urb);
}
FIXTURE_STOP(urb_submit, urb_free);
