// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of unlock-in-loop-bad.c: each turn breathes, and holds the lock again
 * when it ends.
 */
#include <linux/sched.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(cell_lock);
static int cells[4];

static void cells_clear(void)
{
	int i;

	spin_lock(&cell_lock);
	for (i = 0; i < 4; i++) {
		cells[i] = 0;
		spin_unlock(&cell_lock);
		cond_resched();
		spin_lock(&cell_lock);
	}
	spin_unlock(&cell_lock);
}
FIXTURE(cells_clear);
