// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of bh-enable-missing-bad.c: only what is entered conditionally is
 * left conditionally.
 */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include "../fixture.h"

static int backlog;

static noinline int backlog_add(int n, bool process)
{
	int ret = -ENOBUFS;

	if (process)
		local_bh_disable();
	if (backlog + n > 64)
		goto out;
	backlog += n;
	ret = 0;
out:
	if (process)
		local_bh_enable();
	return ret;
}

static void backlog_run(void)
{
	backlog_add(65, true);
}
FIXTURE(backlog_run);
