// SPDX-License-Identifier: GPL-2.0-only
/*
 * get_cpu_ptr() disables preemption, also on PREEMPT_RT, where the spinlock
 * may sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP on PREEMPT_RT.
 */
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct cache {
	spinlock_t lock;
	int objects;
};

static DEFINE_PER_CPU(struct cache, caches);

static void cache_add(void)
{
	struct cache *c;
	int cpu;

	for_each_possible_cpu(cpu)
		spin_lock_init(&per_cpu(caches, cpu).lock);

	c = get_cpu_ptr(&caches);
	spin_lock(&c->lock); /* EXPECT: rt-wait-context */
	c->objects++;
	spin_unlock(&c->lock);
	put_cpu_ptr(&caches);
}
FIXTURE(cache_add);
