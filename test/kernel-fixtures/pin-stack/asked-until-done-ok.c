// SPDX-License-Identifier: GPL-2.0-only
/*
 * A loop asks the object on the stack until the function of its timer has done with it.
 */
#include <linux/delay.h>
#include <linux/timer.h>
#include "../fixture.h"

struct ring {
	struct timer_list timer;
	bool rung;
};

static void ring_tick(struct timer_list *t)
{
	struct ring *a = from_timer(a, t, timer);

	WRITE_ONCE(a->rung, true);
}

static noinline void ring_wait(void)
{
	struct ring a = { .rung = false };

	timer_setup_on_stack(&a.timer, ring_tick, 0);
	mod_timer(&a.timer, jiffies + 2);
	while (!READ_ONCE(a.rung))
		msleep(1);
	destroy_timer_on_stack(&a.timer);
}

static void ring_run(void)
{
	ring_wait();
}
FIXTURE(ring_run);
