// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of context-test-bad.c: the test covers what its callers may hold,
 * interrupts in one of them and a timer's softirq in the other.
 */
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/timer.h>
#include "../fixture.h"

static DEFINE_MUTEX(report_lock);
static struct timer_list report_timer;
static int reports;

static noinline void report(void)
{
	if (in_interrupt() || irqs_disabled())
		return;
	mutex_lock(&report_lock);
	reports++;
	mutex_unlock(&report_lock);
}

static void report_later(struct timer_list *t)
{
	report();
}

static void report_start(void)
{
	unsigned long flags;

	report();
	local_irq_save(flags);
	report();
	local_irq_restore(flags);
	timer_setup(&report_timer, report_later, 0);
	mod_timer(&report_timer, jiffies + HZ / 10);
}

static void report_stop(void)
{
	del_timer_sync(&report_timer);
}
FIXTURE_STOP(report_start, report_stop);
