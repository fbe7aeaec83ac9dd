// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mutex is taken inside scoped_guard(rcu).
 * Confirmed by PROVE_RCU and, with PREEMPT_RCU off, DEBUG_ATOMIC_SLEEP.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include "../fixture.h"

static int first = 1;
static int __rcu *current_value = (int __rcu *)&first;
static DEFINE_MUTEX(sum_lock);
static int sum;

static void add_value(void)
{
	scoped_guard(rcu) {
		int *value = rcu_dereference(current_value);

		mutex_lock(&sum_lock); /* EXPECT: atomic-sleep */
		sum += *value;
		mutex_unlock(&sum_lock);
	}
}
FIXTURE(add_value);
