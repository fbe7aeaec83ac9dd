// SPDX-License-Identifier: GPL-2.0-only
/*
 * As work-again-bad.c, with two functions that use the object.
 * Confirmed by DEBUG_OBJECTS_TIMERS (init active).
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct backlight {
	struct delayed_work fade;
	int level;
};

static struct backlight *backlight;

static void backlight_fade(struct work_struct *work)
{
	struct backlight *b = container_of(work, struct backlight, fade.work);

	b->level--;
}

static noinline struct backlight *backlight_new(void)
{
	struct backlight *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (b)
		INIT_DELAYED_WORK(&b->fade, backlight_fade);
	return b;
}

static noinline void backlight_set(struct backlight *b, int level)
{
	b->level = level;
	INIT_DELAYED_WORK(&b->fade, backlight_fade); /* EXPECT-MISS: pin-double-init */
	schedule_delayed_work(&b->fade, HZ);
}

static noinline void backlight_dim(struct backlight *b)
{
	INIT_DELAYED_WORK(&b->fade, backlight_fade); /* EXPECT-MISS: pin-double-init */
	schedule_delayed_work(&b->fade, 2 * HZ);
}

static void backlight_start(void)
{
	backlight = backlight_new();
	if (!backlight)
		return;
	backlight_set(backlight, 10);
	backlight_dim(backlight);
}

static void backlight_stop(void)
{
	if (!backlight)
		return;
	cancel_delayed_work_sync(&backlight->fade);
	kfree(backlight);
}
FIXTURE_STOP(backlight_start, backlight_stop);
