// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer starts the buffer again by a function that allocates it when there is none
 * yet.  The code is right: there is one since the module was loaded, before the timer
 * was armed, and nobody takes it away before the timer is gone.
 */
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture.h"

static struct meter {
	struct timer_list timer;
	int *buffer;
	bool ready;
} meter;

static noinline int meter_start(struct meter *m)
{
	if (!m->ready) {
		m->buffer = kmalloc(64, GFP_KERNEL);
		if (!m->buffer)
			return -ENOMEM;
		m->ready = true;
	}
	m->buffer[0] = 0;
	return 0;
}

static void meter_tick(struct timer_list *t)
{
	meter_start(&meter); /* EXPECT-FALSE: atomic-sleep */
}

static void meter_run(void)
{
	if (meter_start(&meter))
		return;
	timer_setup(&meter.timer, meter_tick, 0);
	mod_timer(&meter.timer, jiffies + 1);
}

static void meter_stop(void)
{
	if (meter.timer.function)
		del_timer_sync(&meter.timer);
	kfree(meter.buffer);
}
FIXTURE_STOP(meter_run, meter_stop);
