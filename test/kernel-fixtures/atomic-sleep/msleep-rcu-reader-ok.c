// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of msleep-rcu-reader-bad.c: the value is copied out of the read
 * section and waited for outside it.
 */
#include <linux/delay.h>
#include <linux/rcupdate.h>
#include "../fixture.h"

struct config {
	unsigned int delay_ms;
};

static struct config initial = { .delay_ms = 2 };
static struct config __rcu *active = (struct config __rcu *)&initial;

static void settle(void)
{
	unsigned int ms;

	rcu_read_lock();
	ms = rcu_dereference(active)->delay_ms;
	rcu_read_unlock();
	msleep(ms);
}
FIXTURE(settle);
