// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of assert-after-unlock-bad.c: once under the lock, and once through
 * a function that asserts it in its turn.
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

static noinline void fan_set_locked(struct fan *f, int speed)
{
	f->speed = speed;
	fan_changed(f);
}

static noinline void fan_set(struct fan *f, int speed)
{
	mutex_lock(&f->lock);
	fan_set_locked(f, speed);
	fan_changed(f);
	mutex_unlock(&f->lock);
}

static void fan_run(void)
{
	fan_set(&fan0, 3);
}
FIXTURE(fan_run);
