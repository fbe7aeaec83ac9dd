// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guard class that only this driver has: its constructor takes a spinlock, so
 * its scope is atomic, although no rule names the class.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct engine {
	spinlock_t lock;
	struct mutex firmware;
	int users;
};

static struct engine engine0 = {
	.lock = __SPIN_LOCK_UNLOCKED(engine0.lock),
	.firmware = __MUTEX_INITIALIZER(engine0.firmware),
};

static void engine_enter(struct engine *e)
{
	spin_lock(&e->lock);
	e->users++;
}

static void engine_leave(struct engine *e)
{
	e->users--;
	spin_unlock(&e->lock);
}

DEFINE_GUARD(engine, struct engine *, engine_enter(_T), engine_leave(_T))

static void engine_load(void)
{
	struct engine *e = &engine0;

	guard(engine)(e);
	mutex_lock(&e->firmware); /* EXPECT: atomic-sleep */
	e->users++;
	mutex_unlock(&e->firmware);
	e->users--;
}
FIXTURE(engine_load);
