// SPDX-License-Identifier: GPL-2.0-only
/*
 * wash_step() holds the lock while it moves a machine on, and wash_end() releases
 * it after the last state.  The code is right: the state is written only with the
 * lock held, and there are three.  What is not idle and not soaking is rinsing, so
 * no path goes past the last test with the lock.
 */
#include <linux/compiler.h>
#include <linux/mutex.h>
#include "../fixture.h"

enum wash { WASH_IDLE, WASH_SOAK, WASH_RINSE };

struct washer {
	struct mutex lock;
	enum wash state;
	int load, water;
};

static struct washer washer0 = {
	.lock = __MUTEX_INITIALIZER(washer0.lock),
};

static noinline void wash_end(struct washer *w)
	__releases(&w->lock)
{
	w->load = 0;
	WRITE_ONCE(w->state, WASH_IDLE);
	mutex_unlock(&w->lock);
}

static noinline void wash_step(struct washer *w)
{
	mutex_lock(&w->lock);
	if (READ_ONCE(w->state) == WASH_IDLE) {
		if (!w->load) {
			mutex_unlock(&w->lock);
			return;
		}
		WRITE_ONCE(w->state, WASH_SOAK);
	}
	if (READ_ONCE(w->state) == WASH_SOAK) {
		if (w->water < w->load) {
			mutex_unlock(&w->lock);
			return;
		}
		WRITE_ONCE(w->state, WASH_RINSE);
	}
	if (READ_ONCE(w->state) == WASH_RINSE) {
		w->water = 0;
		wash_end(w);
	}
} /* EXPECT-FALSE: lock-imbalance */

static void wash_run(void)
{
	washer0.load = 1;
	wash_step(&washer0);
	washer0.water = 1;
	wash_step(&washer0);
}
FIXTURE(wash_run);
