// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object is assigned to a new one, whose timer is then set up anew.
 */
#include <linux/slab.h>
#include <linux/timer.h>
#include "../fixture.h"

struct session {
	struct timer_list idle;
	int number;
};

static void session_idle(struct timer_list *t)
{
	struct session *s = from_timer(s, t, idle);

	s->number = -1;
}

static noinline struct session *session_new(int number)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	timer_setup(&s->idle, session_idle, 0);
	s->number = number;
	return s;
}

static noinline struct session *session_copy(const struct session *from)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	*s = *from;
	timer_setup(&s->idle, session_idle, 0);
	s->number++;
	return s;
}

static noinline void session_free(struct session *s)
{
	if (s)
		timer_shutdown_sync(&s->idle);
	kfree(s);
}

static void session_run(void)
{
	struct session *s = session_new(1), *copy = NULL;

	if (s)
		copy = session_copy(s);
	if (copy)
		mod_timer(&copy->idle, jiffies + HZ);
	session_free(copy);
	session_free(s);
}
FIXTURE(session_run);
