// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of wait-event-preempt-off-bad.c: only the test is made with
 * preemption disabled.
 */
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/wait.h>
#include "../fixture.h"

static DECLARE_WAIT_QUEUE_HEAD(done_wait);
static bool done;

static void wait_done(void)
{
	bool was_done;

	preempt_disable();
	was_done = READ_ONCE(done);
	preempt_enable();
	if (!was_done)
		wait_event_timeout(done_wait, READ_ONCE(done), HZ / 10);
}
FIXTURE(wait_done);
