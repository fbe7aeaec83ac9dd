// SPDX-License-Identifier: GPL-2.0-only
/*
 * A delay that schedules with interrupts off.
 * Confirmed by DEBUG_ATOMIC_SLEEP ("scheduling while atomic") and by the
 * scheduler's own complaint about disabled interrupts.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include "../fixture.h"

static void settle(void)
{
	unsigned long flags;

	local_irq_save(flags);
	usleep_range(50, 100); /* EXPECT: atomic-sleep */
	local_irq_restore(flags);
}
FIXTURE(settle);
