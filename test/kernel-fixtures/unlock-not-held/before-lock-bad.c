// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error before the lock goes to the label that unlocks.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
#include <linux/errno.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(id_lock);
static int last_id;

static noinline int id_reserve(int count)
{
	int ret = -EINVAL;

	if (count < 1)
		goto unlock;
	spin_lock(&id_lock);
	ret = last_id;
	last_id += count;
unlock:
	spin_unlock(&id_lock); /* EXPECT: unlock-not-held */
	return ret;
}

static void id_run(void)
{
	id_reserve(0);
}
FIXTURE(id_run);
