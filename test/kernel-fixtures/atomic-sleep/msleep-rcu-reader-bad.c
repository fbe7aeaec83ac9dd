// SPDX-License-Identifier: GPL-2.0-only
/*
 * A delay that schedules inside an RCU read section.
 * Confirmed by PROVE_RCU ("Illegal context switch in RCU read-side critical
 * section") and, with PREEMPT_RCU off, "scheduling while atomic".
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
	struct config *c;

	rcu_read_lock();
	c = rcu_dereference(active);
	msleep(c->delay_ms); /* EXPECT: atomic-sleep */
	rcu_read_unlock();
}
FIXTURE(settle);
