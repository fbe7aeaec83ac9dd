// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of get-cpu-ptr-bad.c: put_cpu_ptr() comes first.
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
	unsigned long count = ++*mine;

	put_cpu_ptr(&hits);
	mutex_lock(&total_lock);
	total += count;
	mutex_unlock(&total_lock);
}
FIXTURE(count_hit);
