// SPDX-License-Identifier: GPL-2.0-only
/*
 * One return stays in the read section.
 * Confirmed by PROVE_RCU ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include "../fixture.h"

static int __rcu *limit;

static noinline int limit_check(int value)
{
	int *p;
	int ret;

	rcu_read_lock();
	p = rcu_dereference(limit);
	if (!p)
		return -ENOENT; /* EXPECT: context-imbalance */
	ret = value > *p ? -ERANGE : 0;
	rcu_read_unlock();
	return ret;
}

static void limit_run(void)
{
	limit_check(1);
}
FIXTURE(limit_run);
