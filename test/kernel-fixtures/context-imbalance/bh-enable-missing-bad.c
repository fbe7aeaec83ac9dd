// SPDX-License-Identifier: GPL-2.0-only
/*
 * A goto skips the enabling of bottom halves.
 * Confirmed by the kernel itself ("initcall returned with preemption imbalance").
 */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include "../fixture.h"

static int backlog;

static noinline int backlog_add(int n)
{
	int ret = -ENOBUFS;

	local_bh_disable();
	if (backlog + n > 64)
		goto out;
	backlog += n;
	ret = 0;
	local_bh_enable();
out:
	return ret; /* EXPECT: context-imbalance */
}

static void backlog_run(void)
{
	backlog_add(65);
}
FIXTURE(backlog_run);
