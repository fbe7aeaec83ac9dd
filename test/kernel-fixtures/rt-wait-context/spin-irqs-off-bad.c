// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin_lock() after local_irq_disable() is not spin_lock_irq(): on PREEMPT_RT
 * the first really disables interrupts and the second may sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP on PREEMPT_RT.
 */
#include <linux/irqflags.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(event_lock);
static int events;

static void event_count(void)
{
	local_irq_disable();
	spin_lock(&event_lock); /* EXPECT: rt-wait-context */
	events++;
	spin_unlock(&event_lock);
	local_irq_enable();
}
FIXTURE(event_count);
