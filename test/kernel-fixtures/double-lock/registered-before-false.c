// SPDX-License-Identifier: GPL-2.0-only
/*
 * The default clock registers itself, under the mutex, when it is asked for the first
 * time; who asks with the mutex held is not the first.  The code is right; that the first
 * call is over is not known.  (clocksource_default_clock().)
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(clocks_lock);
static int nr_clocks, current_clock;
static bool registered;

static noinline int default_clock(void)
{
	if (!registered) {
		mutex_lock(&clocks_lock);
		nr_clocks++;
		mutex_unlock(&clocks_lock);
		registered = true;
	}
	return 1;
}

static noinline void clocks_done(void)
{
	mutex_lock(&clocks_lock);
	current_clock = default_clock(); /* EXPECT-FALSE: double-lock */
	mutex_unlock(&clocks_lock);
}

static void clocks_run(void)
{
	default_clock();
	clocks_done();
}
FIXTURE(clocks_run);
