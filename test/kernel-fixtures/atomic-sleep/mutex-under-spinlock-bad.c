// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mutex is taken while a spinlock is held.
 * Confirmed by DEBUG_ATOMIC_SLEEP: sleeping function called from invalid context.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(table_lock);
static DEFINE_MUTEX(config_mutex);
static unsigned int entries;

static void grow_table(void)
{
	spin_lock(&table_lock);
	mutex_lock(&config_mutex); /* EXPECT: atomic-sleep */
	entries++;
	mutex_unlock(&config_mutex);
	spin_unlock(&table_lock);
}
FIXTURE(grow_table);
