// SPDX-License-Identifier: GPL-2.0-only
/*
 * get_cpu() without put_cpu() where the CPU is not the wanted one; a void
 * function.
 * Confirmed by the kernel itself ("initcall returned with preemption imbalance").
 */
#include <linux/smp.h>
#include "../fixture.h"

static int ticks;

static noinline void tick_on(int wanted)
{
	int cpu = get_cpu();

	if (cpu == wanted) {
		ticks++;
		put_cpu();
	}
} /* EXPECT: context-imbalance */

static void tick_run(void)
{
	tick_on(-1);
}
FIXTURE(tick_run);
