// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of zero-members-bad.c: the members that the initialiser does not mention are
 * zero, so there is no table to be copied, and nothing is allocated under the lock.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct route_request {
	u8 source[16], destination[16];
	u32 flags, table, protocol, type;
	u32 source_length, destination_length, metric, expires;
	int ifindex, index, count, length;
	const u32 *metrics;
};

static DEFINE_SPINLOCK(routes_lock);
static u32 *metrics;

static noinline int route_create(const struct route_request *r)
{
	if (!r->metrics)
		return 0;
	metrics = kmemdup(r->metrics, 64, GFP_KERNEL);
	return metrics ? 0 : -ENOMEM;
}

static noinline int route_add(int ifindex)
{
	struct route_request r = { .flags = 1, .ifindex = ifindex };
	int ret;

	spin_lock(&routes_lock);
	ret = route_create(&r);
	spin_unlock(&routes_lock);
	return ret;
}

static void route_run(void)
{
	route_add(1);
}
FIXTURE(route_run);
