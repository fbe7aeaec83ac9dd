// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract is written with klint's own macros, on a function pointer's
 * target that asserts nothing itself.
 * No checker of the kernel knows of it; the counter loses increments.
 */
#include <linux/mutex.h>
#include "../fixture.h"
#include "../../../include/klint.h"

struct meter {
	struct mutex lock;
	int count;
};

static struct meter meter0 = { .lock = __MUTEX_INITIALIZER(meter0.lock) };

static void meter_add(struct meter *m, int n) KLINT_MUST_HOLD(&m->lock);
static void meter_sync(struct meter *m) KLINT_MUST_NOT_HOLD(&m->lock);

static noinline void meter_add(struct meter *m, int n)
{
	m->count += n;
}

static noinline void meter_sync(struct meter *m)
{
	mutex_lock(&m->lock);
	m->count = 0;
	mutex_unlock(&m->lock);
}

static noinline void meter_tick(struct meter *m)
{
	meter_add(m, 1); /* EXPECT-MISS: lock-contract */
	meter_sync(m);
}

static void meter_run(void)
{
	meter_tick(&meter0);
}
FIXTURE(meter_run);
