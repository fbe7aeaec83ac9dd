// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hard interrupt handler that takes a mutex, through a helper.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include "../fixture.h"
#include "../fixture_irq.h"

struct chip {
	struct mutex lock;
	unsigned int status;
	int requested;
};

static struct chip chip;

static noinline void read_status(struct chip *c)
{
	mutex_lock(&c->lock);
	c->status++;
	mutex_unlock(&c->lock);
}

static irqreturn_t chip_irq(int irq, void *data)
{
	struct chip *c = data;

	read_status(c); /* EXPECT: atomic-sleep */
	return IRQ_HANDLED;
}

static void chip_start(void)
{
	mutex_init(&chip.lock);
	if (fixture_irq_create())
		return;
	chip.requested = !request_irq(fixture_irq, chip_irq, 0, "fixture", &chip);
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
