// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way out of a function stops the timer on its stack and ends it.
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
	int err = 0;

	timer_setup_on_stack(&w.timer, watchdog_bark, 0);
	mod_timer(&w.timer, jiffies + 1);
	if (steps < 0) {
		err = -EINVAL;
		goto out;
	}
	while (steps-- > 0)
		udelay(10);
out:
	del_timer_sync(&w.timer);
	destroy_timer_on_stack(&w.timer);
	return err;
}

static void watched_run(void)
{
	watched(-1);
}
FIXTURE(watched_run);
