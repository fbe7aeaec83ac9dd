// SPDX-License-Identifier: GPL-2.0-only
/*
 * References are counted right after the allocation, and an error path drops one.
 */
#include <linux/kref.h>
#include <linux/slab.h>
#include "../fixture.h"

struct album {
	struct kref refs;
	void *pages;
};

static void album_release(struct kref *kref)
{
	struct album *a = container_of(kref, struct album, refs);

	kfree(a->pages);
	kfree(a);
}

static noinline struct album *album_new(size_t size)
{
	struct album *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return NULL;
	kref_init(&a->refs);
	a->pages = size ? kzalloc(size, GFP_KERNEL) : NULL;
	if (!a->pages)
		goto failed;
	return a;

failed:
	kref_put(&a->refs, album_release);
	return NULL;
}

static void album_run(void)
{
	struct album *a = album_new(0);

	if (a)
		kref_put(&a->refs, album_release);
}
FIXTURE(album_run);
