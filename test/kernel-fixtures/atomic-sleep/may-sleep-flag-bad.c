// SPDX-License-Identifier: GPL-2.0-only
/*
 * A helper sleeps when its bool argument allows it; true is passed under a lock.
 * Confirmed by DEBUG_ATOMIC_SLEEP ("scheduling while atomic").
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(reg_lock);

static noinline void settle(bool may_sleep)
{
	if (may_sleep)
		usleep_range(100, 200);
	else
		udelay(100);
}

static void reset(void)
{
	spin_lock(&reg_lock);
	settle(true); /* EXPECT: atomic-sleep */
	spin_unlock(&reg_lock);
}
FIXTURE(reset);
