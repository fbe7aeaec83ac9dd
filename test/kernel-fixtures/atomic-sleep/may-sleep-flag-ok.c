// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of may-sleep-flag-bad.c: false under the lock, true outside it.
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
	settle(false);
	spin_unlock(&reg_lock);
	settle(true);
}
FIXTURE(reset);
