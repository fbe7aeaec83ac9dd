// SPDX-License-Identifier: GPL-2.0-only
/*
 * A continue skips the unlock, so that the loop's next turn locks again.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(stat_lock);
static int stats[4];

static noinline int stat_sum(void)
{
	int i, sum = 0;

	for (i = 0; i < 4; i++) {
		spin_lock(&stat_lock); /* EXPECT: double-lock */
		if (!stats[i])
			continue;
		sum += stats[i];
		spin_unlock(&stat_lock);
	}
	return sum; /* EXPECT: lock-imbalance */
}

static void stat_run(void)
{
	stat_sum();
}
FIXTURE(stat_run);
