// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of assert-not-held-bad.c.
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(host_lock);
static int hosts;

static noinline void host_wait(void)
{
	lockdep_assert_not_held(&host_lock);
	WRITE_ONCE(hosts, 0);
}

static void host_remove(void)
{
	mutex_lock(&host_lock);
	hosts--;
	mutex_unlock(&host_lock);
	host_wait();
}
FIXTURE(host_remove);
