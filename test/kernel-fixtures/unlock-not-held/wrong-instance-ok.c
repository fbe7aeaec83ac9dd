// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of wrong-instance-bad.c; it releases in the order of acquisition,
 * which is unusual but right.
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
	mutex_lock_nested(&right.lock, SINGLE_DEPTH_NESTING);
	left.cars--;
	mutex_unlock(&left.lock);
	right.cars++;
	mutex_unlock(&right.lock);
}
FIXTURE(lane_change);
