// SPDX-License-Identifier: GPL-2.0-only
/*
 * A work item begins with one helper, which returns with the mutex, and ends with another.
 */
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "../fixture.h"

static DEFINE_MUTEX(log_lock);
static int written;

static noinline void log_open(void)
{
	mutex_lock(&log_lock);
}

static noinline void log_close(void)
{
	mutex_unlock(&log_lock);
}

static void log_write(struct work_struct *work)
{
	log_open();
	written++;
	log_close();
}
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
