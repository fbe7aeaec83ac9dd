// SPDX-License-Identifier: GPL-2.0-only
/*
 * A node is deleted by the function that is called to stop its object, and again by the
 * caller. Confirmed by DEBUG_LIST (list_del corruption: the node is poisoned).
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "../fixture.h"

struct stream {
	struct list_head node;
	bool running;
};

static LIST_HEAD(streams);

static noinline void stream_stop(struct stream *s)
{
	s->running = false;
	list_del(&s->node);
}

static noinline void stream_free(struct stream *s)
{
	stream_stop(s);
	list_del(&s->node); /* EXPECT-MISS: list-exclusive */
	kfree(s);
}

static void stream_run(void)
{
	struct stream *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return;
	s->running = true;
	list_add(&s->node, &streams);
	stream_free(s);
}
FIXTURE(stream_run);
