// SPDX-License-Identifier: GPL-2.0-only
/*
 * A work item keeps the mutex on its only way out: nobody is there to give it back.
 * Confirmed by PROVE_LOCKING ("BUG: workqueue leaked atomic, lock or RCU").
 */
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "../fixture.h"

static DEFINE_MUTEX(log_lock);
static int written;

static void log_write(struct work_struct *work)
{
	mutex_lock(&log_lock);
	written++;
} /* EXPECT: lock-imbalance */
static DECLARE_WORK(log_work, log_write);

static void log_begin(void)
{
	schedule_work(&log_work);
	flush_work(&log_work);
}

static void log_end(void)
{
	flush_work(&log_work);
}
FIXTURE_STOP(log_begin, log_end);
