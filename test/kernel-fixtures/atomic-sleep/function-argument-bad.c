// SPDX-License-Identifier: GPL-2.0-only
/*
 * An iterator calls, under its lock, the function that it is given; one caller
 * gives it a function that sleeps.  The finding stands at the call made under
 * the lock.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

#define NR_SLOTS 4

static DEFINE_SPINLOCK(slots_lock);
static DEFINE_MUTEX(log_lock);
static int slots[NR_SLOTS];
static int logged;

static noinline void for_each_slot(void (*fn)(int *slot))
{
	int i;

	spin_lock(&slots_lock);
	for (i = 0; i < NR_SLOTS; i++)
		fn(&slots[i]); /* EXPECT: atomic-sleep */
	spin_unlock(&slots_lock);
}

static void log_slot(int *slot)
{
	mutex_lock(&log_lock);
	logged += *slot;
	mutex_unlock(&log_lock);
}

static void log_slots(void)
{
	for_each_slot(log_slot);
}
FIXTURE(log_slots);
