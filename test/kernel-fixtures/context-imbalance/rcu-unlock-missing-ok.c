// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of rcu-unlock-missing-bad.c.
 */
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include "../fixture.h"

static int __rcu *limit;

static noinline int limit_check(int value)
{
	int *p;
	int ret = -ENOENT;

	rcu_read_lock();
	p = rcu_dereference(limit);
	if (p)
		ret = value > *p ? -ERANGE : 0;
	rcu_read_unlock();
	return ret;
}

static void limit_run(void)
{
	limit_check(1);
}
FIXTURE(limit_run);
