// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of irqs-off-bad.c: a busy wait where interrupts are off.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include "../fixture.h"

static void settle(void)
{
	unsigned long flags;

	local_irq_save(flags);
	udelay(50);
	local_irq_restore(flags);
	usleep_range(50, 100);
}
FIXTURE(settle);
