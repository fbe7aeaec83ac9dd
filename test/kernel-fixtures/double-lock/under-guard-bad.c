// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lock that the function's guard holds is taken by hand.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(mode_lock);
static int mode;

static void mode_next(void)
{
	guard(mutex)(&mode_lock);

	if (mode > 3) {
		mutex_lock(&mode_lock); /* EXPECT: double-lock */
		mode = 0;
		mutex_unlock(&mode_lock);
		return;
	}
	mode++;
}

static void mode_run(void)
{
	mode = 4;
	mode_next();
}
FIXTURE(mode_run);
