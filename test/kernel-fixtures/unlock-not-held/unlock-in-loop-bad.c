// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock is taken before the loop and released in each of its turns.
 * Confirmed by PROVE_LOCKING ("bad unlock balance detected").
 */
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
		spin_unlock(&cell_lock); /* EXPECT: unlock-not-held */
	}
}
FIXTURE(cells_clear);
