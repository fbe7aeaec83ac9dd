// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of next-turn-bad.c.
 */
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(stat_lock);
static int stats[4];

static noinline int stat_sum(void)
{
	int i, sum = 0;

	for (i = 0; i < 4; i++) {
		spin_lock(&stat_lock);
		if (!stats[i]) {
			spin_unlock(&stat_lock);
			continue;
		}
		sum += stats[i];
		spin_unlock(&stat_lock);
	}
	return sum;
}

static void stat_run(void)
{
	stat_sum();
}
FIXTURE(stat_run);
