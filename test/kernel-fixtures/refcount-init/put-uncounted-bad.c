// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error path drops a reference that nobody has counted yet.
 * Confirmed by refcount_t (underflow; use-after-free).
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
	a->pages = size ? kzalloc(size, GFP_KERNEL) : NULL;
	if (!a->pages)
		goto failed;
	kref_init(&a->refs);
	return a;

failed:
	kref_put(&a->refs, album_release); /* EXPECT: refcount-init */
	return NULL;
}

static void album_run(void)
{
	struct album *a = album_new(0);

	if (a)
		kref_put(&a->refs, album_release);
}
FIXTURE(album_run);
