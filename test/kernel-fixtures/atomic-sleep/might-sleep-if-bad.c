// SPDX-License-Identifier: GPL-2.0-only
/*
 * might_sleep_if() with the condition that the caller's argument makes true,
 * in a helper that does nothing else that sleeps.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(id_lock);
static int next_id;

static noinline int new_id(gfp_t gfp)
{
	might_sleep_if(gfpflags_allow_blocking(gfp));
	return next_id++;
}

static void assign_id(void)
{
	spin_lock(&id_lock);
	new_id(GFP_NOIO); /* EXPECT: atomic-sleep */
	spin_unlock(&id_lock);
}
FIXTURE(assign_id);
