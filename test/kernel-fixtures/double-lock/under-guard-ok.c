// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of under-guard-bad.c: one guard's scope ends before the next one's
 * begins.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(mode_lock);
static int mode;

static void mode_next(void)
{
	scoped_guard(mutex, &mode_lock) {
		if (mode <= 3) {
			mode++;
			return;
		}
	}

	guard(mutex)(&mode_lock);
	mode = 0;
}

static void mode_run(void)
{
	mode = 4;
	mode_next();
}
FIXTURE(mode_run);
