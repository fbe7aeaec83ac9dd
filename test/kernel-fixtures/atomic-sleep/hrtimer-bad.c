// SPDX-License-Identifier: GPL-2.0-only
/*
 * A high resolution timer's callback must not sleep.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct pulse {
	struct hrtimer timer;
	struct mutex lock;
	unsigned int edges;
};

static struct pulse pulse;

static enum hrtimer_restart pulse_edge(struct hrtimer *timer)
{
	struct pulse *p = container_of(timer, struct pulse, timer);

	mutex_lock(&p->lock); /* EXPECT: atomic-sleep */
	p->edges++;
	mutex_unlock(&p->lock);
	return HRTIMER_NORESTART;
}

static void pulse_start(void)
{
	mutex_init(&pulse.lock);
	hrtimer_init(&pulse.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	pulse.timer.function = pulse_edge;
	hrtimer_start(&pulse.timer, ms_to_ktime(10), HRTIMER_MODE_REL);
}

static void pulse_stop(void)
{
	hrtimer_cancel(&pulse.timer);
}
FIXTURE_STOP(pulse_start, pulse_stop);
