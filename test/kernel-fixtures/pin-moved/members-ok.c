// SPDX-License-Identifier: GPL-2.0-only
/*
 * Of an object with a lock, what is copied is the record without it; and an object is filled
 * from a local one, before anybody knows it.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../fixture.h"

struct limits {
	int low, high;
};

struct regulator_state {
	struct mutex lock;
	struct limits limits;
};

static noinline struct regulator_state *state_new(void)
{
	struct regulator_state *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct regulator_state initial = { .limits = { 1, 9 } };

	if (!s)
		return NULL;
	*s = initial;
	mutex_init(&s->lock);
	return s;
}

static noinline void state_take(struct regulator_state *to, const struct regulator_state *from)
{
	mutex_lock(&to->lock);
	to->limits = from->limits;
	memcpy(&to->limits, &from->limits, sizeof(to->limits));
	mutex_unlock(&to->lock);
}

static void state_run(void)
{
	struct regulator_state *a = state_new(), *b = state_new();

	if (a && b)
		state_take(a, b);
	kfree(a);
	kfree(b);
}
FIXTURE(state_run);
