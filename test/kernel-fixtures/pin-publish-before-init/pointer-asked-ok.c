// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handler asks whether the pointer is there already that is set after its registration.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include "../fixture.h"
#include "../fixture_irq.h"

struct counter_regs {
	u32 status;
};

struct counter_dev {
	struct counter_regs *regs;
	u32 seen;
};

static struct counter_regs hardware;
static struct counter_dev *counter_dev;

static irqreturn_t counter_isr(int irq, void *data)
{
	struct counter_dev *c = data;

	if (!c->regs)
		return IRQ_NONE;
	c->seen |= c->regs->status;
	return IRQ_HANDLED;
}

static noinline struct counter_dev *counter_new(void)
{
	struct counter_dev *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	if (request_irq(fixture_irq, counter_isr, 0, "counter", c)) {
		kfree(c);
		return NULL;
	}
	fixture_irq_raise();
	msleep(20);
	c->regs = &hardware;
	return c;
}

static void counter_start(void)
{
	if (!fixture_irq_create())
		counter_dev = counter_new();
}

static void counter_stop(void)
{
	if (counter_dev)
		free_irq(fixture_irq, counter_dev);
	fixture_irq_destroy();
	kfree(counter_dev);
}
FIXTURE_STOP(counter_start, counter_stop);
