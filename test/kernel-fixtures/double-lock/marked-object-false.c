// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_fill() takes the table's lock for maps that may be shared.  map_protect() holds
 * that lock and fills a map only when the caller asks for markers, which are asked for
 * of maps alone that are marked, and marked maps are never shared: the code is right.
 */
#include <linux/mutex.h>
#include "../fixture.h"

struct map {
	struct mutex lock;
	bool marked;
	int filled;
};

static struct map map0 = { .lock = __MUTEX_INITIALIZER(map0.lock), .marked = true };

static noinline void map_fill(struct map *m)
{
	if (!m->marked) {
		mutex_lock(&m->lock);
		m->filled++;
		mutex_unlock(&m->lock);
	}
}

/* @markers: only of a marked map. */
static noinline void map_protect(struct map *m, int markers)
{
	mutex_lock(&m->lock);
	if (markers)
		map_fill(m); /* EXPECT-FALSE: double-lock */
	mutex_unlock(&m->lock);
}

static void map_run(void)
{
	map_protect(&map0, 1);
}
FIXTURE(map_run);
