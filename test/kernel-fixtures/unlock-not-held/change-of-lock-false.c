// SPDX-License-Identifier: GPL-2.0-only
/*
 * desk_serve() is entered with the lock of one desk and leaves with it.  Between,
 * the lock of the desk that `held` points to is held, and the pointer moves from
 * desk to desk with it: by a trylock, or by letting go of the hall's lock, which
 * nests inside those of the desks.  The code is right: at every unlock `held` is
 * the desk that was locked last.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct desk {
	raw_spinlock_t lock;
	int served;
};

struct hall {
	raw_spinlock_t lock;
	struct list_head guests;
};

struct guest {
	struct list_head link;
	struct desk *desk;
	int wishes;
};

static noinline void desk_serve(struct hall *h, struct desk *mine)
{
	struct desk *held = mine;
	struct guest *g;

	raw_spin_lock(&h->lock);
again:
	g = list_first_entry_or_null(&h->guests, struct guest, link);
	if (!g)
		goto out;
	if (g->desk != held) {
		raw_spin_unlock(&held->lock);
		held = g->desk;
		if (!raw_spin_trylock(&held->lock)) {
			raw_spin_unlock(&h->lock); /* EXPECT-FALSE: unlock-not-held */
			raw_spin_lock(&held->lock);
			raw_spin_lock(&h->lock);
			goto again;
		}
	}
	if (!g->wishes) {
		list_del_init(&g->link);
		goto again;
	}
	g->wishes--;
	g->desk->served++;
out:
	raw_spin_unlock(&h->lock);
	if (held != mine) {
		raw_spin_unlock(&held->lock);
		raw_spin_lock(&mine->lock);
	}
}

static struct desk desks[2];
static struct hall hall0;
static struct guest guests[2];

static void desk_run(void)
{
	int i;

	raw_spin_lock_init(&hall0.lock);
	INIT_LIST_HEAD(&hall0.guests);
	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		raw_spin_lock_init(&desks[i].lock);
		guests[i].desk = &desks[i];
		guests[i].wishes = i;
		list_add_tail(&guests[i].link, &hall0.guests);
	}
	raw_spin_lock(&desks[0].lock);
	desk_serve(&hall0, &desks[0]);
	raw_spin_unlock(&desks[0].lock);
}
FIXTURE(desk_run);
