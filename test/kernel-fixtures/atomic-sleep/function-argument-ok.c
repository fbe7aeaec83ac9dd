// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of function-argument-bad.c: the function that is passed to the
 * iterator does not sleep; the one that does is passed to another iterator,
 * which holds no lock.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

#define NR_SLOTS 4

static DEFINE_SPINLOCK(slots_lock);
static DEFINE_MUTEX(log_lock);
static int slots[NR_SLOTS];
static int logged;

static noinline void for_each_slot_locked(void (*fn)(int *slot))
{
	int i;

	spin_lock(&slots_lock);
	for (i = 0; i < NR_SLOTS; i++)
		fn(&slots[i]);
	spin_unlock(&slots_lock);
}

static noinline void for_each_slot(void (*fn)(int *slot))
{
	int i;

	for (i = 0; i < NR_SLOTS; i++)
		fn(&slots[i]);
}

static void set_slot(int *slot)
{
	*slot = 1;
}

static void log_slot(int *slot)
{
	mutex_lock(&log_lock);
	logged += *slot;
	mutex_unlock(&log_lock);
}

static void log_slots(void)
{
	for_each_slot_locked(set_slot);
	for_each_slot(log_slot);
}
FIXTURE(log_slots);
