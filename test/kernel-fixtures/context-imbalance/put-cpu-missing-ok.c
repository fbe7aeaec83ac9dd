// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of put-cpu-missing-bad.c.
 */
#include <linux/smp.h>
#include "../fixture.h"

static int ticks;

static noinline void tick_on(int wanted)
{
	if (get_cpu() == wanted)
		ticks++;
	put_cpu();
}

static void tick_run(void)
{
	tick_on(-1);
}
FIXTURE(tick_run);
