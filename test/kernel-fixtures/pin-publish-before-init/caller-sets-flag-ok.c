// SPDX-License-Identifier: GPL-2.0-only
/*
 * As flag-set-last-false.c, where the caller of who registers sets pointer and flag.
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
	bool ready;
};

static struct counter_regs hardware;
static struct counter_dev *counter_dev;

static irqreturn_t counter_isr(int irq, void *data)
{
	struct counter_dev *c = data;

	if (!READ_ONCE(c->ready))
		return IRQ_NONE;
	c->seen |= c->regs->status;
	return IRQ_HANDLED;
}

static noinline int counter_listen(struct counter_dev *c)
{
	return request_irq(fixture_irq, counter_isr, 0, "counter", c);
}

static noinline int counter_setup(struct counter_dev *c)
{
	int err = counter_listen(c);

	if (err)
		return err;
	fixture_irq_raise();
	msleep(20);
	c->regs = &hardware;
	WRITE_ONCE(c->ready, true);
	return 0;
}

static void counter_start(void)
{
	struct counter_dev *c;

	if (fixture_irq_create())
		return;
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return;
	if (counter_setup(c)) {
		kfree(c);
		return;
	}
	counter_dev = c;
}

static void counter_stop(void)
{
	if (counter_dev)
		free_irq(fixture_irq, counter_dev);
	fixture_irq_destroy();
	kfree(counter_dev);
}
FIXTURE_STOP(counter_start, counter_stop);
