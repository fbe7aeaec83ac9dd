// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of scoped-guard-rcu-bad.c: the mutex is taken after the scope.
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
	int value = 0;

	scoped_guard(rcu)
		value = *rcu_dereference(current_value);

	mutex_lock(&sum_lock);
	sum += value;
	mutex_unlock(&sum_lock);
}
FIXTURE(add_value);
