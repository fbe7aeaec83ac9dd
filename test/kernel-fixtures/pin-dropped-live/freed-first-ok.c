// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of freed-first-bad.c: it is stopped first.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture.h"

struct lamp {
	struct timer_list off;
	int lit;
};

static struct lamp *lamp;

static void lamp_off(struct timer_list *t)
{
	struct lamp *l = from_timer(l, t, off);

	l->lit = 0;
}

static void lamp_start(void)
{
	lamp = kzalloc(sizeof(*lamp), GFP_KERNEL);
	if (!lamp)
		return;
	timer_setup(&lamp->off, lamp_off, 0);
	lamp->lit = 1;
	mod_timer(&lamp->off, jiffies + 10 * HZ);
}

static noinline void lamp_free(struct lamp *l)
{
	timer_delete_sync(&l->off);
	kfree(l);
}

static void lamp_stop(void)
{
	if (lamp)
		lamp_free(lamp);
}
FIXTURE_STOP(lamp_start, lamp_stop);
