// SPDX-License-Identifier: GPL-2.0-only
/*
 * One case of a switch returns with the lock.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

enum power { POWER_OFF, POWER_ON, POWER_SUSPEND };

static DEFINE_MUTEX(power_lock);
static enum power power;

static noinline int power_set(enum power to)
{
	int ret = 0;

	mutex_lock(&power_lock);
	switch (to) {
	case POWER_OFF:
	case POWER_ON:
		power = to;
		break;
	case POWER_SUSPEND:
		if (power == POWER_OFF)
			return -EPERM; /* EXPECT: lock-imbalance */
		power = to;
		break;
	default:
		ret = -EINVAL;
		break;
	}
	mutex_unlock(&power_lock);
	return ret;
}

static void power_run(void)
{
	power_set(POWER_SUSPEND);
}
FIXTURE(power_run);
