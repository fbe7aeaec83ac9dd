// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of before-lock-bad.c.
 */
#include <linux/errno.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(id_lock);
static int last_id;

static noinline int id_reserve(int count)
{
	int ret = -EINVAL;

	if (count < 1)
		goto out;
	spin_lock(&id_lock);
	ret = last_id;
	last_id += count;
	spin_unlock(&id_lock);
out:
	return ret;
}

static void id_run(void)
{
	id_reserve(0);
}
FIXTURE(id_run);
