// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of hrtimer-bad.c: a spinlock that is taken with interrupts off
 * wherever the timer cannot be running.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct pulse {
	struct hrtimer timer;
	raw_spinlock_t lock;
	unsigned int edges;
};

static struct pulse pulse;

static enum hrtimer_restart pulse_edge(struct hrtimer *timer)
{
	struct pulse *p = container_of(timer, struct pulse, timer);

	raw_spin_lock(&p->lock);
	p->edges++;
	raw_spin_unlock(&p->lock);
	return HRTIMER_NORESTART;
}

static void pulse_start(void)
{
	raw_spin_lock_init(&pulse.lock);
	hrtimer_init(&pulse.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	pulse.timer.function = pulse_edge;
	hrtimer_start(&pulse.timer, ms_to_ktime(10), HRTIMER_MODE_REL);
}

static void pulse_stop(void)
{
	hrtimer_cancel(&pulse.timer);
}
FIXTURE_STOP(pulse_start, pulse_stop);
