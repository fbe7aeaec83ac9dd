// SPDX-License-Identifier: GPL-2.0-only
/*
 * The references of an object are counted before it enters the index.
 */
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct tunnel {
	struct kref refs;
	int id;
};

static DEFINE_IDR(tunnels);
static DEFINE_MUTEX(tunnels_lock);

/* A listener who is told of the tunnel. */
static noinline void tunnel_tell(int id)
{
	struct tunnel *t;

	mutex_lock(&tunnels_lock);
	t = idr_find(&tunnels, id);
	if (t)
		kref_get(&t->refs);
	mutex_unlock(&tunnels_lock);
}

static noinline int tunnel_add(struct tunnel *t)
{
	kref_init(&t->refs);
	mutex_lock(&tunnels_lock);
	t->id = idr_alloc(&tunnels, t, 0, 0, GFP_KERNEL);
	mutex_unlock(&tunnels_lock);
	if (t->id < 0)
		return t->id;
	tunnel_tell(t->id);
	return 0;
}

static void tunnel_run(void)
{
	struct tunnel *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return;
	tunnel_add(t);
	idr_destroy(&tunnels);
	kfree(t);
}
FIXTURE(tunnel_run);
