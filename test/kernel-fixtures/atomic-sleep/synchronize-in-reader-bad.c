// SPDX-License-Identifier: GPL-2.0-only
/*
 * A grace period is waited for inside a reader: it never ends.
 * Confirmed by PROVE_LOCKING ("Illegal synchronize_rcu() in RCU read-side
 * critical section").
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "../fixture.h"

struct setting {
	int value;
};

static struct setting __rcu *setting;

static void setting_clear(void)
{
	struct setting *old;

	rcu_read_lock();
	old = rcu_dereference(setting);
	RCU_INIT_POINTER(setting, NULL);
	synchronize_rcu(); /* EXPECT: atomic-sleep */
	rcu_read_unlock();
	kfree(old);
}
FIXTURE(setting_clear);
