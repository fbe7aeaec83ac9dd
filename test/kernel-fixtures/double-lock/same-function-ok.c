// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of same-function-bad.c: it is released in between; the second one is
 * a trylock, which fails and does not wait when the lock is taken.
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(conf_lock);
static int conf;

static void conf_reload(void)
{
	mutex_lock(&conf_lock);
	conf++;
	mutex_unlock(&conf_lock);
	if (mutex_trylock(&conf_lock)) {
		conf++;
		mutex_unlock(&conf_lock);
	}
}
FIXTURE(conf_reload);
