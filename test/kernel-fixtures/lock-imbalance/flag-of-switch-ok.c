// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the outer lock is needed depends on the option alone: a helper without
 * effects tells, its answer is kept, and the lock is taken when it is true.  The
 * code is right: only the options for which the lock was taken jump to the label
 * that releases it, and those that return before it never had it.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

enum option { OPTION_NAME, OPTION_SPEED, OPTION_FILTER, OPTION_SOURCES };

static DEFINE_MUTEX(net_lock);
static DEFINE_MUTEX(port_lock);
static int speed, filter, nr_sources;

static bool option_needs_net(int option)
{
	switch (option) {
	case OPTION_FILTER:
	case OPTION_SOURCES:
		return true;
	}
	return false;
}

static noinline int option_get(int option, int *value)
{
	bool needs_net = option_needs_net(option);

	if (needs_net)
		mutex_lock(&net_lock);
	mutex_lock(&port_lock);
	switch (option) {
	case OPTION_SPEED:
		*value = speed;
		break;
	case OPTION_FILTER:
		*value = filter;
		goto out;
	case OPTION_SOURCES:
		*value = nr_sources;
		goto out;
	default:
		mutex_unlock(&port_lock);
		return -ENOPROTOOPT;
	}
	mutex_unlock(&port_lock);
	return 0;
out:
	mutex_unlock(&port_lock);
	if (needs_net)
		mutex_unlock(&net_lock);
	return 0;
}

static void option_run(void)
{
	int value;

	option_get(OPTION_FILTER, &value);
	option_get(OPTION_NAME, &value);
}
FIXTURE(option_run);
