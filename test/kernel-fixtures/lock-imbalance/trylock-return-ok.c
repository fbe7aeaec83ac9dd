// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of trylock-return-bad.c; the result is kept in a variable and tested
 * again at the end.
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(scan_lock);
static int scans;

static noinline int scan_once(bool idle)
{
	int locked = mutex_trylock(&scan_lock);

	if (locked && !idle)
		scans++;
	if (locked)
		mutex_unlock(&scan_lock);
	return locked;
}

static void scan_run(void)
{
	scan_once(true);
}
FIXTURE(scan_run);
