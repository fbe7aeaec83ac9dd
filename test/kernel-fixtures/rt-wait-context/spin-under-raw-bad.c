// SPDX-License-Identifier: GPL-2.0-only
/*
 * A spinlock, which sleeps on PREEMPT_RT, under a raw spinlock, which does not.
 * Confirmed by PROVE_RAW_LOCK_NESTING ("Invalid wait context").
 */
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RAW_SPINLOCK(hw_lock);
static DEFINE_SPINLOCK(stats_lock);
static int stats;

static void hw_access(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw_lock, flags);
	spin_lock(&stats_lock); /* EXPECT: rt-wait-context */
	stats++;
	spin_unlock(&stats_lock);
	raw_spin_unlock_irqrestore(&hw_lock, flags);
}
FIXTURE(hw_access);
