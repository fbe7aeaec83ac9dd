// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of spin-get-cpu-ptr-bad.c: any CPU's cache will do, for it has its
 * lock; and what is this CPU's alone is under a local_lock.
 */
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/local_lock.h> /* on PREEMPT_RT it needs what is above */
#include "../fixture.h"

struct cache {
	spinlock_t lock;
	int objects;
};

struct batch {
	local_lock_t lock;
	int pending;
};

static DEFINE_PER_CPU(struct cache, caches);
static DEFINE_PER_CPU(struct batch, batches) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

static void cache_add(void)
{
	struct cache *c;
	int cpu;

	for_each_possible_cpu(cpu)
		spin_lock_init(&per_cpu(caches, cpu).lock);

	c = raw_cpu_ptr(&caches);
	spin_lock(&c->lock);
	c->objects++;
	spin_unlock(&c->lock);

	local_lock(&batches.lock);
	this_cpu_ptr(&batches)->pending++;
	local_unlock(&batches.lock);
}
FIXTURE(cache_add);
