// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two functions make objects of one kind, and each initialises what it has made.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct backlight {
	struct delayed_work fade;
	int level;
};

static struct backlight *backlight, *copy;

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

static noinline struct backlight *backlight_copy(const struct backlight *from)
{
	struct backlight *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	b->level = from->level;
	INIT_DELAYED_WORK(&b->fade, backlight_fade);
	schedule_delayed_work(&b->fade, HZ);
	return b;
}

static noinline void backlight_free(struct backlight *b)
{
	if (!b)
		return;
	cancel_delayed_work_sync(&b->fade);
	kfree(b);
}

static void backlight_start(void)
{
	backlight = backlight_new();
	if (!backlight)
		return;
	copy = backlight_copy(backlight);
}

static void backlight_stop(void)
{
	backlight_free(copy);
	backlight_free(backlight);
}
FIXTURE_STOP(backlight_start, backlight_stop);
