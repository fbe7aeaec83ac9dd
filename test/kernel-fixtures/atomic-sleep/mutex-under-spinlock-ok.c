// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of mutex-under-spinlock-bad.c: the mutex is the outer lock.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(table_lock);
static DEFINE_MUTEX(config_mutex);
static unsigned int entries;

static void grow_table(void)
{
	mutex_lock(&config_mutex);
	spin_lock(&table_lock);
	entries++;
	spin_unlock(&table_lock);
	mutex_unlock(&config_mutex);
}
FIXTURE(grow_table);
