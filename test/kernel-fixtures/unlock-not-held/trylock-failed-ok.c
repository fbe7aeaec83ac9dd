// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of trylock-failed-bad.c.
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(poll_lock);
static int polls;

static noinline void poll_once(void)
{
	bool got = mutex_trylock(&poll_lock);

	if (got)
		polls++;
	if (!got)
		return;
	mutex_unlock(&poll_lock);
}
FIXTURE(poll_once);
