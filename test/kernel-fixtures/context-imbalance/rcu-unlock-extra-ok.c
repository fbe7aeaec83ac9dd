// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of rcu-unlock-extra-bad.c; a nested section is balanced too.
 */
#include <linux/rcupdate.h>
#include "../fixture.h"

static int __rcu *owner;

static noinline int owner_read(void)
{
	int *p, value = 0;

	rcu_read_lock();
	p = rcu_dereference(owner);
	if (!p)
		goto out;
	rcu_read_lock();
	value = *p;
	rcu_read_unlock();
out:
	rcu_read_unlock();
	return value;
}

static void owner_run(void)
{
	owner_read();
}
FIXTURE(owner_run);
