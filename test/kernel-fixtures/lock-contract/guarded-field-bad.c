// SPDX-License-Identifier: GPL-2.0-only
/*
 * A field that klint.h says is guarded is written without its lock; the finding
 * stands at the access.
 * Confirmed by KCSAN, given a second CPU that does the same.
 */
#include <linux/spinlock.h>
#include "../fixture.h"
#include "../../../include/klint.h"

struct tally {
	spinlock_t lock;
	int votes KLINT_GUARDED_BY(&lock);
};

static struct tally tally0 = { .lock = __SPIN_LOCK_UNLOCKED(tally0.lock) };

static noinline void tally_vote(struct tally *t, bool fast)
{
	if (fast) {
		t->votes++; /* EXPECT-MISS: lock-contract */
		return;
	}
	spin_lock(&t->lock);
	t->votes++;
	spin_unlock(&t->lock);
}

static void tally_run(void)
{
	tally_vote(&tally0, true);
}
FIXTURE(tally_run);
