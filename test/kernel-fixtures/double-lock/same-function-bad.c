// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mutex is taken twice in one function.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(conf_lock);
static int conf;

static void conf_reload(void)
{
	mutex_lock(&conf_lock);
	conf++;
	mutex_lock(&conf_lock); /* EXPECT: double-lock */
	conf++;
	mutex_unlock(&conf_lock);
}
FIXTURE(conf_reload);
