// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for an event with preemption disabled.
 * Confirmed by DEBUG_ATOMIC_SLEEP (the might_sleep() of wait_event()).
 */
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/wait.h>
#include "../fixture.h"

static DECLARE_WAIT_QUEUE_HEAD(done_wait);
static bool done;

static void wait_done(void)
{
	preempt_disable();
	wait_event_timeout(done_wait, READ_ONCE(done), HZ / 10); /* EXPECT: atomic-sleep */
	preempt_enable();
}
FIXTURE(wait_done);
