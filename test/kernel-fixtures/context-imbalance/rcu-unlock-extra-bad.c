// SPDX-License-Identifier: GPL-2.0-only
/*
 * One path leaves the read section twice, at last before the return.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
#include <linux/rcupdate.h>
#include "../fixture.h"

static int __rcu *owner;

static noinline int owner_read(void)
{
	int *p, value = 0;

	rcu_read_lock();
	p = rcu_dereference(owner);
	if (!p) {
		rcu_read_unlock();
		goto out;
	}
	value = *p;
out:
	rcu_read_unlock();
	return value; /* EXPECT: context-imbalance */
}

static void owner_run(void)
{
	owner_read();
}
FIXTURE(owner_run);
