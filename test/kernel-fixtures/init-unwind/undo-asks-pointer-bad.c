// SPDX-License-Identifier: GPL-2.0-only
/*
 * As irq-kept-bad.c; the path that releases the interrupt is that of an allocation which
 * has failed, and so a condition on a pointer. Confirmed by KASAN (the handler is
 * called for an object that is freed).
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include "../fixture.h"
#include "../fixture_irq.h"

struct sensor {
	void *buffer;
	int events;
};

static irqreturn_t sensor_isr(int irq, void *data)
{
	struct sensor *s = data;

	s->events++;
	return IRQ_HANDLED;
}

static noinline int sensor_setup(struct sensor *s, size_t size)
{
	int err = request_irq(fixture_irq, sensor_isr, 0, "sensor", s); /* EXPECT: init-unwind */

	if (err)
		return err;
	if (size > PAGE_SIZE)
		return -EINVAL;
	s->buffer = kzalloc(size, GFP_KERNEL);
	if (!s->buffer) {
		free_irq(fixture_irq, s);
		return -ENOMEM;
	}
	return 0;
}

static void sensor_start(void)
{
	struct sensor *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s || fixture_irq_create())
		return;
	if (sensor_setup(s, 2 * PAGE_SIZE))
		kfree(s);
	fixture_irq_raise();
	msleep(20);
}
FIXTURE_STOP(sensor_start, fixture_irq_destroy);
