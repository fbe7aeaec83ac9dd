// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object enters the index first, and who finds it there looks at a flag that is set
 * when all of it is initialised.  The code is right: what the flag means is nowhere said.
 */
#include <linux/idr.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct volume {
	struct mutex lock;
	bool visible;
	int id;
	int users;
};

static DEFINE_IDR(volumes);
static DEFINE_MUTEX(volumes_lock);
static struct volume *volume;

static noinline void volume_open(int id)
{
	struct volume *v;

	mutex_lock(&volumes_lock);
	v = idr_find(&volumes, id);
	if (v && !v->visible)
		v = NULL;
	mutex_unlock(&volumes_lock);
	if (!v)
		return;
	mutex_lock(&v->lock);
	v->users++;
	mutex_unlock(&v->lock);
}

static noinline struct volume *volume_add(void)
{
	struct volume *v = kzalloc(sizeof(*v), GFP_KERNEL);

	if (!v)
		return NULL;
	mutex_lock(&volumes_lock);
	v->id = idr_alloc(&volumes, v, 0, 0, GFP_KERNEL);
	mutex_unlock(&volumes_lock);
	if (v->id < 0) {
		kfree(v);
		return NULL;
	}
	mutex_init(&v->lock); /* EXPECT-FALSE: pin-publish-before-init */
	mutex_lock(&volumes_lock);
	v->visible = true;
	mutex_unlock(&volumes_lock);
	return v;
}

static void volume_start(void)
{
	volume = volume_add();
	if (volume)
		volume_open(volume->id);
}

static void volume_stop(void)
{
	idr_destroy(&volumes);
	kfree(volume);
}
FIXTURE_STOP(volume_start, volume_stop);
