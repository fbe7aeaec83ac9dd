// SPDX-License-Identifier: GPL-2.0-only
/*
 * A local_lock, which is a sleeping lock on PREEMPT_RT, under a raw spinlock
 * that a guard holds.
 * Confirmed by PROVE_RAW_LOCK_NESTING ("Invalid wait context").
 */
#include <linux/cleanup.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/local_lock.h> /* on PREEMPT_RT it needs what is above */
#include "../fixture.h"

struct batch {
	local_lock_t lock;
	int pending;
};

static DEFINE_RAW_SPINLOCK(flush_lock);
static DEFINE_PER_CPU(struct batch, batches) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

static void batch_flush(void)
{
	guard(raw_spinlock)(&flush_lock);

	local_lock(&batches.lock); /* EXPECT: rt-wait-context */
	this_cpu_ptr(&batches)->pending = 0;
	local_unlock(&batches.lock);
}
FIXTURE(batch_flush);
