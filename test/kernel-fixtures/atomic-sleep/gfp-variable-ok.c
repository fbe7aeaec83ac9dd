// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of gfp-variable-bad.c: the right way round.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(urb_lock);
static void *urb, *spare;

static noinline void *urb_alloc(bool atomic)
{
	gfp_t gfp = atomic ? GFP_ATOMIC : GFP_KERNEL;

	return kzalloc(96, gfp);
}

static void urb_submit(void)
{
	spin_lock(&urb_lock);
	if (!urb)
		urb = urb_alloc(true);
	spin_unlock(&urb_lock);
	spare = urb_alloc(false);
}

static void urb_free(void)
{
	kfree(urb);
	kfree(spare);
}
FIXTURE_STOP(urb_submit, urb_free);
