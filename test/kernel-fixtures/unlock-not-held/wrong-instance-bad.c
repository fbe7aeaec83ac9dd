// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock of one object is taken and that of another is released.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
#include <linux/mutex.h>
#include "../fixture.h"

struct lane {
	struct mutex lock;
	int cars;
};

static struct lane left = { .lock = __MUTEX_INITIALIZER(left.lock) };
static struct lane right = { .lock = __MUTEX_INITIALIZER(right.lock) };

static void lane_change(void)
{
	mutex_lock(&left.lock);
	left.cars--;
	mutex_unlock(&left.lock);

	mutex_lock(&right.lock);
	right.cars++;
	mutex_unlock(&left.lock); /* EXPECT-MISS: unlock-not-held */
}
FIXTURE(lane_change);
