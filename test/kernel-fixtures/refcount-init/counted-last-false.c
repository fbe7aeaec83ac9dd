// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object is in the index from the start, and found by nobody before it is counted: who
 * looks takes no reference to an object that has none, and the count is set last.
 */
#include <linux/idr.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include "../fixture.h"

struct tunnel {
	refcount_t refs;
	int id;
};

static DEFINE_IDR(tunnels);
static DEFINE_MUTEX(tunnels_lock);

/* A listener who is told of the tunnel. */
static noinline unsigned int tunnel_tell(int id)
{
	struct tunnel *t;
	unsigned int count = 0;

	mutex_lock(&tunnels_lock);
	t = idr_find(&tunnels, id);
	if (t && refcount_inc_not_zero(&t->refs))
		count = refcount_read(&t->refs);
	mutex_unlock(&tunnels_lock);
	return count;
}

static noinline int tunnel_add(struct tunnel *t)
{
	mutex_lock(&tunnels_lock);
	t->id = idr_alloc(&tunnels, t, 0, 0, GFP_KERNEL);
	mutex_unlock(&tunnels_lock);
	if (t->id < 0)
		return t->id;
	tunnel_tell(t->id);
	smp_wmb();	/* the rest of it first, for refcount_inc_not_zero() */
	refcount_set(&t->refs, 1); /* EXPECT-FALSE: refcount-init */
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
