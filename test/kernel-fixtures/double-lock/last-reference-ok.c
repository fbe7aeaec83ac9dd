// SPDX-License-Identifier: GPL-2.0-only
/*
 * team_put() takes the lock when the last reference goes.  team_join() calls it
 * with the lock held, and the code is right: it gives back a reference to the
 * home team, which keeps one of its own for as long as the module is loaded, so
 * that the one given back is never the last.
 */
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct team {
	refcount_t users;
	struct list_head link;
	int members;
};

static DEFINE_SPINLOCK(team_lock);
static LIST_HEAD(teams);
static struct team home = { .users = REFCOUNT_INIT(1) };

static noinline void team_put(struct team *t)
{
	unsigned long flags;

	if (refcount_dec_not_one(&t->users))
		return;
	spin_lock_irqsave(&team_lock, flags);
	if (refcount_dec_and_test(&t->users))
		list_del(&t->link);
	spin_unlock_irqrestore(&team_lock, flags);
}

/* Consumes a reference to the home team. */
static noinline void team_join(bool stays)
{
	spin_lock_irq(&team_lock);
	if (stays)
		home.members++;
	else
		team_put(&home);
	spin_unlock_irq(&team_lock);
}

static void team_run(void)
{
	list_add(&home.link, &teams);
	refcount_inc(&home.users);
	team_join(false);
}
FIXTURE(team_run);
