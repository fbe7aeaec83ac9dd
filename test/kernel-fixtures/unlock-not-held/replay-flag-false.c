// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request runs without the lock when it can, and is replayed with it when that
 * turns out not to do.  `held` says whether this turn has the lock.  The code is
 * right: it is set for the next turn after this one's lock was released, and a name
 * that was checked in the first turn passes the check in the second, so that the
 * jump over the lock is never taken with `held` set.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include "../fixture.h"

static DEFINE_MUTEX(world_lock);
static int rules;
static bool flushing = true;

static bool rule_name_bad(const char *name)
{
	return !name || strlen(name) > 15;
}

static noinline int rule_insert(bool held)
{
	if (READ_ONCE(flushing) && !held)
		return -EAGAIN;
	WRITE_ONCE(flushing, false);
	return 0;
}

static noinline int rule_add(const char *name)
{
	bool held = false;
	int ret;

replay:
	if (rule_name_bad(name)) {
		ret = -EINVAL;
		goto out;
	}
	if (held || name[0] == '_') {
		held = true;
		mutex_lock(&world_lock);
	}
	ret = rule_insert(held);
out:
	if (held)
		mutex_unlock(&world_lock); /* EXPECT-FALSE: unlock-not-held */
	if (ret == -EAGAIN) {
		held = true;
		goto replay;
	}
	return ret;
}

static void rule_run(void)
{
	rules += !rule_add("first");
}
FIXTURE(rule_run);
