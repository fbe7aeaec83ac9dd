// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of local-lock-under-raw-bad.c: the local_lock is the outer one.
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
	local_lock(&batches.lock);
	scoped_guard(raw_spinlock, &flush_lock)
		this_cpu_ptr(&batches)->pending = 0;
	local_unlock(&batches.lock);
}
FIXTURE(batch_flush);
