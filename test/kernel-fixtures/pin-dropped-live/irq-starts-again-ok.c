// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt is released first, and then the timer is stopped that its handler starts.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture.h"
#include "../fixture_irq.h"

struct button {
	struct timer_list debounce;
	int presses;
};

static void button_settled(struct timer_list *t)
{
	struct button *b = from_timer(b, t, debounce);

	b->presses++;
}

static irqreturn_t button_isr(int irq, void *data)
{
	struct button *b = data;

	mod_timer(&b->debounce, jiffies + HZ);
	return IRQ_HANDLED;
}

static noinline struct button *button_new(void)
{
	struct button *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	timer_setup(&b->debounce, button_settled, 0);
	if (request_irq(fixture_irq, button_isr, 0, "button", b)) {
		kfree(b);
		return NULL;
	}
	return b;
}

static noinline void button_free(struct button *b)
{
	fixture_irq_raise();
	msleep(20);
	free_irq(fixture_irq, b);
	del_timer_sync(&b->debounce);
	kfree(b);
}

static void button_run(void)
{
	struct button *b;

	if (fixture_irq_create())
		return;
	b = button_new();
	if (b)
		button_free(b);
}
FIXTURE_STOP(button_run, fixture_irq_destroy);
