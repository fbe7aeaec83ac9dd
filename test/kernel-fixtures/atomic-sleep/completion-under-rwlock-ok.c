// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of completion-under-rwlock-bad.c: to complete never sleeps, and to
 * wait comes after the unlock.
 */
#include <linux/completion.h>
#include <linux/rwlock.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RWLOCK(table_lock);
static DECLARE_COMPLETION(table_ready);

static void wait_table(void)
{
	read_lock(&table_lock);
	complete(&table_ready);
	read_unlock(&table_lock);
	wait_for_completion(&table_ready);
}
FIXTURE(wait_table);
