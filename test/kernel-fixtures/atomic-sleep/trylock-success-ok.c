// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of trylock-success-bad.c: it sleeps only where the lock was not got.
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(bus_lock);
static int transfers;

static void bus_transfer(void)
{
	int tries = 3;

	while (!spin_trylock(&bus_lock)) {
		if (!--tries)
			return;
		msleep(1);
	}
	transfers++;
	spin_unlock(&bus_lock);
}
FIXTURE(bus_transfer);
