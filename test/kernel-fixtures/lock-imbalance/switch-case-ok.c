// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of switch-case-bad.c; two cases unlock for themselves.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

enum power { POWER_OFF, POWER_ON, POWER_SUSPEND };

static DEFINE_MUTEX(power_lock);
static enum power power;

static noinline int power_set(enum power to)
{
	mutex_lock(&power_lock);
	switch (to) {
	case POWER_OFF:
	case POWER_ON:
		power = to;
		break;
	case POWER_SUSPEND:
		if (power == POWER_OFF) {
			mutex_unlock(&power_lock);
			return -EPERM;
		}
		power = to;
		break;
	default:
		mutex_unlock(&power_lock);
		return -EINVAL;
	}
	mutex_unlock(&power_lock);
	return 0;
}

static void power_run(void)
{
	power_set(POWER_SUSPEND);
}
FIXTURE(power_run);
