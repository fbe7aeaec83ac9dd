// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object is freed while its delayed work is pending.
 * Confirmed by DEBUG_OBJECTS_TIMERS (an active timer is freed).
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct sampler {
	struct delayed_work poll;
	int value;
};

static void sampler_poll(struct work_struct *work)
{
	struct sampler *s = container_of(work, struct sampler, poll.work);

	s->value++;
	schedule_delayed_work(&s->poll, HZ);
}

static noinline struct sampler *sampler_new(void)
{
	struct sampler *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	INIT_DELAYED_WORK(&s->poll, sampler_poll);
	schedule_delayed_work(&s->poll, HZ);
	return s;
}

static noinline void sampler_free(struct sampler *s)
{
	kfree(s); /* EXPECT: pin-dropped-live */
}

static void sampler_run(void)
{
	struct sampler *s = sampler_new();

	if (s)
		sampler_free(s);
}
FIXTURE(sampler_run);
