// SPDX-License-Identifier: GPL-2.0-only
/*
 * A notifier is registered first; it reaches the object by a list, which the object enters
 * when its mutex is initialised.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include "../fixture.h"

struct screen {
	struct notifier_block nb;
	struct list_head node;
	struct mutex lock;
	int changes;
};

static BLOCKING_NOTIFIER_HEAD(modes);
static LIST_HEAD(screens);
static struct screen *screen;

static int screen_mode(struct notifier_block *nb, unsigned long mode, void *data)
{
	struct screen *s;

	list_for_each_entry(s, &screens, node) {
		mutex_lock(&s->lock);
		s->changes++;
		mutex_unlock(&s->lock);
	}
	return NOTIFY_OK;
}

static noinline struct screen *screen_new(void)
{
	struct screen *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->nb.notifier_call = screen_mode;
	if (blocking_notifier_chain_register(&modes, &s->nb)) {
		kfree(s);
		return NULL;
	}
	blocking_notifier_call_chain(&modes, 0, NULL);
	mutex_init(&s->lock);
	list_add(&s->node, &screens);
	return s;
}

static void screen_start(void)
{
	screen = screen_new();
}

static void screen_stop(void)
{
	if (!screen)
		return;
	blocking_notifier_chain_unregister(&modes, &screen->nb);
	list_del(&screen->node);
	kfree(screen);
}
FIXTURE_STOP(screen_start, screen_stop);
