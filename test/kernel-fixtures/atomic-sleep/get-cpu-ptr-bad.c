// SPDX-License-Identifier: GPL-2.0-only
/*
 * get_cpu_ptr() disables preemption until put_cpu_ptr().
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/percpu.h>
#include "../fixture.h"

static DEFINE_PER_CPU(unsigned long, hits);
static DEFINE_MUTEX(total_lock);
static unsigned long total;

static void count_hit(void)
{
	unsigned long *mine = get_cpu_ptr(&hits);

	mutex_lock(&total_lock); /* EXPECT: atomic-sleep */
	total += ++*mine;
	mutex_unlock(&total_lock);
	put_cpu_ptr(&hits);
}
FIXTURE(count_hit);
