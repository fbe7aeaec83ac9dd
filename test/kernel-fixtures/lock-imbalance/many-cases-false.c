// SPDX-License-Identifier: GPL-2.0-only
/*
 * As flag-of-switch-ok.c, behind a switch over the same option that leaves out more
 * values than klint keeps of one number: that OPTION_FILTER was not among them, and
 * that the default case excludes it, is forgotten.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

enum option { OPTION_NAME, OPTION_SPEED, OPTION_FILTER, OPTION_SOURCES,
	      OPTION_TTL = 10, OPTION_TOS, OPTION_PRIORITY, OPTION_MARK, OPTION_BOUND };

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

	switch (option) {
	case OPTION_TTL:
	case OPTION_TOS:
	case OPTION_PRIORITY:
	case OPTION_MARK:
	case OPTION_BOUND:
		*value = 0;
		return 0;
	}
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
		return -ENOPROTOOPT; /* EXPECT-FALSE: lock-imbalance */
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
