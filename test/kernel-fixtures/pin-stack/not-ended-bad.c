// SPDX-License-Identifier: GPL-2.0-only
/*
 * One way out of a function leaves the timer on its stack pending, and known to the
 * debugging of objects. Confirmed by the next user of that stack: the timer's list and its
 * function are overwritten.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/timer.h>
#include "../fixture.h"

struct watchdog {
	struct timer_list timer;
	int barks;
};

static void watchdog_bark(struct timer_list *t)
{
	struct watchdog *w = from_timer(w, t, timer);

	w->barks++;
}

static noinline int watched(int steps)
{
	struct watchdog w = { .barks = 0 };

	timer_setup_on_stack(&w.timer, watchdog_bark, 0); /* EXPECT: pin-stack */
	mod_timer(&w.timer, jiffies + 1); /* EXPECT: pin-stack */
	if (steps < 0)
		return -EINVAL;
	while (steps-- > 0)
		udelay(10);
	del_timer_sync(&w.timer);
	destroy_timer_on_stack(&w.timer);
	return 0;
}

static noinline void spoil_stack(void)
{
	char room[512];

	memset(room, 0x5a, sizeof(room));
	OPTIMIZER_HIDE_VAR(room[0]);
	mdelay(50);
	barrier_data(room);
}

static void watched_run(void)
{
	watched(-1);
	spoil_stack();
}
FIXTURE(watched_run);
