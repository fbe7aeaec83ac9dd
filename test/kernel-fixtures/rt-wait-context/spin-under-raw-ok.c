// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of spin-under-raw-bad.c: the raw lock is the inner one.
 */
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RAW_SPINLOCK(hw_lock);
static DEFINE_SPINLOCK(stats_lock);
static int stats;

static void hw_access(void)
{
	unsigned long flags;

	spin_lock_irqsave(&stats_lock, flags);
	raw_spin_lock(&hw_lock);
	stats++;
	raw_spin_unlock(&hw_lock);
	spin_unlock_irqrestore(&stats_lock, flags);
}
FIXTURE(hw_access);
