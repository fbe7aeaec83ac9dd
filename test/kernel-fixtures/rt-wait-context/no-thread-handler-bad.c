// SPDX-License-Identifier: GPL-2.0-only
/*
 * IRQF_NO_THREAD keeps the handler in hard interrupt context on PREEMPT_RT too,
 * where its spinlock may sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP on PREEMPT_RT, and by PROVE_RAW_LOCK_NESTING.
 */
#include <linux/spinlock.h>
#include "../fixture.h"
#include "../fixture_irq.h"

struct clock_chip {
	spinlock_t lock;
	int ticks, requested;
};

static struct clock_chip chip = { .lock = __SPIN_LOCK_UNLOCKED(chip.lock) };

static irqreturn_t chip_tick(int irq, void *data)
{
	struct clock_chip *c = data;

	spin_lock(&c->lock); /* EXPECT: rt-wait-context */
	c->ticks++;
	spin_unlock(&c->lock);
	return IRQ_HANDLED;
}

static void chip_start(void)
{
	if (fixture_irq_create())
		return;
	chip.requested = !request_irq(fixture_irq, chip_tick, IRQF_NO_THREAD, "fixture", &chip);
	if (chip.requested)
		fixture_irq_raise();
}

static void chip_stop(void)
{
	if (chip.requested)
		free_irq(fixture_irq, &chip);
	fixture_irq_destroy();
}
FIXTURE_STOP(chip_start, chip_stop);
