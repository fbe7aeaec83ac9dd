// SPDX-License-Identifier: GPL-2.0-only
/*
 * A settings object is duplicated with the work item in one of its records.
 * Confirmed by DEBUG_OBJECTS_WORK (assert_init), or by the list in the item, which still points
 * to the old one (DEBUG_LIST).
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct refresher {
	struct work_struct work;
	int rounds;
};

struct settings {
	struct refresher refresher;
	int level;
};

static void settings_refresh(struct work_struct *work)
{
	container_of(work, struct refresher, work)->rounds++;
}

static noinline struct settings *settings_new(void)
{
	struct settings *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		INIT_WORK(&s->refresher.work, settings_refresh);
	return s;
}

static noinline struct settings *settings_dup(const struct settings *old)
{
	return kmemdup(old, sizeof(*old), GFP_KERNEL); /* EXPECT: pin-moved */
}

static void settings_run(void)
{
	struct settings *s = settings_new(), *copy = NULL;

	if (s)
		copy = settings_dup(s);
	if (copy) {
		schedule_work(&copy->refresher.work);
		flush_work(&copy->refresher.work);
	}
	kfree(copy);
	kfree(s);
}
FIXTURE(settings_run);
