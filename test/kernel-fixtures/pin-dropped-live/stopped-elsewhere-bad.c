// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer is stopped when the device pauses, and not when its object is freed.
 * Confirmed by DEBUG_OBJECTS_TIMERS (an active timer is freed).
 */
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture.h"

struct metronome {
	struct timer_list timer;
	int beats;
};

static void metronome_beat(struct timer_list *t)
{
	struct metronome *m = from_timer(m, t, timer);

	m->beats++;
	mod_timer(&m->timer, jiffies + HZ);
}

static noinline struct metronome *metronome_new(void)
{
	struct metronome *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (m)
		timer_setup(&m->timer, metronome_beat, 0);
	return m;
}

static noinline void metronome_pause(struct metronome *m, bool pause)
{
	if (pause)
		del_timer_sync(&m->timer);
	else
		mod_timer(&m->timer, jiffies + HZ);
}

static noinline void metronome_free(struct metronome *m)
{
	kfree(m); /* EXPECT-MISS: pin-dropped-live */
}

static void metronome_run(void)
{
	struct metronome *m = metronome_new();

	if (!m)
		return;
	metronome_pause(m, true);
	metronome_pause(m, false);
	metronome_free(m);
}
FIXTURE(metronome_run);
