// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread looks into an index from the start on, and the references of each object are
 * counted before it enters that.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct tunnel {
	struct kref refs;
	int id;
};

static DEFINE_IDR(tunnels);
static DEFINE_MUTEX(tunnels_lock);

static int tunnel_finder(void *data)
{
	struct tunnel *t;

	while (!kthread_should_stop()) {
		mutex_lock(&tunnels_lock);
		t = idr_find(&tunnels, 0);
		if (t)
			kref_get(&t->refs);
		mutex_unlock(&tunnels_lock);
		msleep(20);
	}
	return 0;
}

static noinline int tunnel_add(struct tunnel *t)
{
	kref_init(&t->refs);
	mutex_lock(&tunnels_lock);
	t->id = idr_alloc(&tunnels, t, 0, 0, GFP_KERNEL);
	mutex_unlock(&tunnels_lock);
	if (t->id < 0)
		return t->id;
	return 0;
}

static void tunnel_run(void)
{
	struct tunnel *t = kzalloc(sizeof(*t), GFP_KERNEL);
	struct task_struct *finder;

	if (!t)
		return;
	finder = kthread_run(tunnel_finder, NULL, "tunnel");
	tunnel_add(t); /* EXPECT-FALSE: refcount-init */
	if (!IS_ERR(finder))
		kthread_stop(finder);
	idr_destroy(&tunnels);
	kfree(t);
}
FIXTURE(tunnel_run);
