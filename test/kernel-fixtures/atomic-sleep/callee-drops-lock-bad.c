// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callee drops its caller's lock around the sleep, but not the interrupts
 * that the caller has disabled.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct log {
	spinlock_t lock;
	struct mutex file;
	int lines, written;
};

static struct log log0 = {
	.lock = __SPIN_LOCK_UNLOCKED(log0.lock),
	.file = __MUTEX_INITIALIZER(log0.file),
};

static noinline void log_flush(struct log *log)
	__releases(&log->lock)
	__acquires(&log->lock)
{
	int lines = log->lines;

	spin_unlock(&log->lock);
	mutex_lock(&log->file);
	log->written += lines;
	mutex_unlock(&log->file);
	spin_lock(&log->lock);
	log->lines -= lines;
}

static void log_line(void)
{
	unsigned long flags;

	local_irq_save(flags);
	spin_lock(&log0.lock);
	log0.lines++;
	log_flush(&log0); /* EXPECT: atomic-sleep */
	spin_unlock(&log0.lock);
	local_irq_restore(flags);
}
FIXTURE(log_line);
