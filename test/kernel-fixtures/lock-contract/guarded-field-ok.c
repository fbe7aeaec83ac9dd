// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of guarded-field-bad.c.
 */
#include <linux/spinlock.h>
#include "../fixture.h"
#include "../../../include/klint.h"

struct tally {
	spinlock_t lock;
	int votes KLINT_GUARDED_BY(&lock);
};

static struct tally tally0 = { .lock = __SPIN_LOCK_UNLOCKED(tally0.lock) };

static noinline int tally_vote(struct tally *t)
{
	int votes;

	spin_lock(&t->lock);
	votes = ++t->votes;
	spin_unlock(&t->lock);
	return votes;
}

static void tally_run(void)
{
	tally_vote(&tally0);
}
FIXTURE(tally_run);
