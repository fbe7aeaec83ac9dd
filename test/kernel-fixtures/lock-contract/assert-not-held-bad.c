// SPDX-License-Identifier: GPL-2.0-only
/*
 * lockdep_assert_not_held() in a callee whose caller holds the lock.
 * Confirmed by PROVE_LOCKING (the WARN of lockdep_assert_not_held()).
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
	host_wait(); /* EXPECT: lock-contract */
	mutex_unlock(&host_lock);
}
FIXTURE(host_remove);
