// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fields that klint.h says are guarded are read and written without their lock: after
 * it was given back, and by work that nobody holds it for.
 * Confirmed by KCSAN: the work and the vote run on two CPUs.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "../fixture.h"
#include "../../../include/klint.h"

struct tally {
	spinlock_t lock;
	int votes KLINT_GUARDED_BY(&lock);
	struct list_head papers KLINT_GUARDED_BY(&lock);
	struct work_struct count;
};

static struct tally tally0 = {
	.lock = __SPIN_LOCK_UNLOCKED(tally0.lock),
	.papers = LIST_HEAD_INIT(tally0.papers),
};

static noinline void tally_clear(struct tally *t)
{
	t->votes = 0;
}

static noinline bool tally_is_tied(struct tally *t)
{
	bool tied;

	spin_lock(&t->lock);
	tied = t->votes == 2;
	spin_unlock(&t->lock);
	if (t->votes > 2) /* EXPECT: lock-contract */
		return false;
	return tied;
}

static void tally_add(struct tally *t, struct list_head *paper)
{
	spin_lock(&t->lock);
	t->votes++;
	spin_unlock(&t->lock);
	list_add(paper, &t->papers); /* EXPECT: lock-contract */
}

static void tally_count(struct work_struct *work)
{
	tally_clear(container_of(work, struct tally, count)); /* EXPECT: lock-contract */
}

static void tally_run(void)
{
	static LIST_HEAD(paper);

	INIT_WORK(&tally0.count, tally_count);
	schedule_work(&tally0.count);
	tally_add(&tally0, &paper);
	tally_is_tied(&tally0);
	flush_work(&tally0.count);
}
FIXTURE(tally_run);
