// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer is deleted, but its function, which may be running, is not waited for.
 * Confirmed by KASAN, since the timer runs on another CPU (of two at least).
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include "../fixture.h"

struct blinker {
	struct timer_list timer;
	int on;
};

static void blinker_tick(struct timer_list *t)
{
	struct blinker *b = from_timer(b, t, timer);

	mdelay(50);
	b->on = !b->on;
	mod_timer(&b->timer, jiffies + 1);
}

static noinline struct blinker *blinker_new(void)
{
	struct blinker *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	timer_setup(&b->timer, blinker_tick, 0);
	b->timer.expires = jiffies + 1;
	add_timer_on(&b->timer, cpumask_any_but(cpu_online_mask, raw_smp_processor_id()));
	return b;
}

static noinline void blinker_free(struct blinker *b)
{
	del_timer(&b->timer); /* EXPECT: pin-dropped-live */
	kfree(b);
}

static void blinker_run(void)
{
	struct blinker *b = blinker_new();

	if (!b)
		return;
	msleep(30);
	blinker_free(b);
}
FIXTURE(blinker_run);
