// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of own-guard-class-bad.c: this class is around a mutex, so its
 * scope may sleep.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct engine {
	struct mutex lock;
	struct mutex firmware;
	int users;
};

static struct engine engine0 = {
	.lock = __MUTEX_INITIALIZER(engine0.lock),
	.firmware = __MUTEX_INITIALIZER(engine0.firmware),
};

static void engine_enter(struct engine *e)
{
	mutex_lock(&e->lock);
	e->users++;
}

static void engine_leave(struct engine *e)
{
	e->users--;
	mutex_unlock(&e->lock);
}

DEFINE_GUARD(engine, struct engine *, engine_enter(_T), engine_leave(_T))

static void engine_load(void)
{
	struct engine *e = &engine0;

	guard(engine)(e);
	mutex_lock(&e->firmware);
	msleep(1);
	mutex_unlock(&e->firmware);
}
FIXTURE(engine_load);
