// SPDX-License-Identifier: GPL-2.0-only
/*
 * A delayed work is stopped before it is initialised again.
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
	cancel_delayed_work_sync(&b->fade);
	b->level = level;
	INIT_DELAYED_WORK(&b->fade, backlight_fade);
	schedule_delayed_work(&b->fade, HZ);
}

static void backlight_start(void)
{
	backlight = backlight_new();
	if (!backlight)
		return;
	backlight_set(backlight, 10);
	backlight_set(backlight, 20);
}

static void backlight_stop(void)
{
	if (!backlight)
		return;
	cancel_delayed_work_sync(&backlight->fade);
	kfree(backlight);
}
FIXTURE_STOP(backlight_start, backlight_stop);
