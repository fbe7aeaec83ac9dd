// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin_trylock() holds the lock only when it returns true; there the sleep is
 * wrong.
 * Confirmed by DEBUG_ATOMIC_SLEEP ("scheduling while atomic").
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(bus_lock);
static int transfers;

static void bus_transfer(void)
{
	if (!spin_trylock(&bus_lock))
		return;
	transfers++;
	msleep(1); /* EXPECT: atomic-sleep */
	spin_unlock(&bus_lock);
}
FIXTURE(bus_transfer);
