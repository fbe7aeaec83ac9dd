// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of spin-irqs-off-bad.c: spin_lock_irq() leaves interrupts on where
 * the lock sleeps, and a raw lock may be taken with interrupts off.
 */
#include <linux/irqflags.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(event_lock);
static DEFINE_SPINLOCK(log_lock);
static DEFINE_RAW_SPINLOCK(time_lock);
static int events, logs, times;

static void event_count(void)
{
	spin_lock_irq(&event_lock);
	events++;
	spin_lock(&log_lock);
	logs++;
	spin_unlock(&log_lock);
	spin_unlock_irq(&event_lock);

	local_irq_disable();
	raw_spin_lock(&time_lock);
	times++;
	raw_spin_unlock(&time_lock);
	local_irq_enable();
}
FIXTURE(event_count);
