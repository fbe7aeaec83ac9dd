// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of no-thread-handler-bad.c: PREEMPT_RT forces this handler into a
 * thread, where its spinlock may sleep.
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

	spin_lock(&c->lock);
	c->ticks++;
	spin_unlock(&c->lock);
	return IRQ_HANDLED;
}

static void chip_start(void)
{
	if (fixture_irq_create())
		return;
	chip.requested = !request_irq(fixture_irq, chip_tick, 0, "fixture", &chip);
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
