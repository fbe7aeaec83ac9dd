// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of callee-drops-lock-bad.c: the callee drops all that its caller
 * holds and takes it again.
 */
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
	spin_lock(&log0.lock);
	log0.lines++;
	log_flush(&log0);
	spin_unlock(&log0.lock);
}
FIXTURE(log_line);
