// SPDX-License-Identifier: GPL-2.0-only
/*
 * A completion is waited for with the read side of a rwlock held.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/rwlock.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RWLOCK(table_lock);
static DECLARE_COMPLETION(table_ready);

static void wait_table(void)
{
	read_lock(&table_lock);
	wait_for_completion_timeout(&table_ready, HZ / 10); /* EXPECT: atomic-sleep */
	read_unlock(&table_lock);
}
FIXTURE(wait_table);
