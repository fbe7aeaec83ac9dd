// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that asserts its caller's lock is called after the unlock.
 * Confirmed by PROVE_LOCKING (the WARN of lockdep_assert_held()).
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct fan {
	struct mutex lock;
	int speed, changes;
};

static struct fan fan0 = { .lock = __MUTEX_INITIALIZER(fan0.lock) };

static noinline void fan_changed(struct fan *f)
{
	lockdep_assert_held(&f->lock);
	f->changes++;
}

static noinline void fan_set(struct fan *f, int speed)
{
	mutex_lock(&f->lock);
	f->speed = speed;
	mutex_unlock(&f->lock);
	fan_changed(f); /* EXPECT: lock-contract */
}

static void fan_run(void)
{
	fan_set(&fan0, 3);
}
FIXTURE(fan_run);
