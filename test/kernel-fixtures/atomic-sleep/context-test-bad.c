// SPDX-License-Identifier: GPL-2.0-only
/*
 * in_interrupt() says nothing of a spinlock that the task holds, so the test
 * does not keep the sleep away from it.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(state_lock);
static DEFINE_MUTEX(report_lock);
static int reports;

static noinline void report(void)
{
	if (in_interrupt())
		return;
	mutex_lock(&report_lock);
	reports++;
	mutex_unlock(&report_lock);
}

static void change_state(void)
{
	spin_lock(&state_lock);
	report(); /* EXPECT: atomic-sleep */
	spin_unlock(&state_lock);
}
FIXTURE(change_state);
