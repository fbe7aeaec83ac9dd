// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock is taken under a condition and the sleep happens under the same one.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(shared_lock);
static DEFINE_MUTEX(private_lock);
static int value;

static noinline void update(bool shared)
{
	if (shared)
		spin_lock(&shared_lock);
	value++;
	if (shared) {
		mutex_lock(&private_lock); /* EXPECT: atomic-sleep */
		value++;
		mutex_unlock(&private_lock);
	}
	if (shared)
		spin_unlock(&shared_lock);
}

static void update_both(void)
{
	update(false);
	update(true);
}
FIXTURE(update_both);
