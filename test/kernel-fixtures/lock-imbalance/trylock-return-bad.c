// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path on which the trylock succeeded returns early with the lock.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(scan_lock);
static int scans;

static noinline int scan_once(bool idle)
{
	if (!mutex_trylock(&scan_lock))
		return -EBUSY;
	if (idle)
		return 0; /* EXPECT-MISS: lock-imbalance */
	scans++;
	mutex_unlock(&scan_lock);
	return 0;
}

static void scan_run(void)
{
	scan_once(true);
}
FIXTURE(scan_run);
