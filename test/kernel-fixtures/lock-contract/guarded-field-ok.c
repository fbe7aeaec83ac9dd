// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of guarded-field-bad.c: with the lock, before anybody else knows the
 * object, by a marked read, and the address alone.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/slab.h>
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

static noinline void tally_clear(struct tally *t)
{
	t->votes = 0;
}

static noinline bool tally_is_tied(struct tally *t)
{
	guard(spinlock)(&t->lock);
	return t->votes == 2;
}

static void tally_add(struct tally *t, struct list_head *paper)
{
	spin_lock(&t->lock);
	t->votes++;
	list_add(paper, &t->papers);
	spin_unlock(&t->lock);
	if (READ_ONCE(t->votes) > 2)
		pr_info("%p\n", &t->papers);
}

static void tally_count(struct work_struct *work)
{
	struct tally *t = container_of(work, struct tally, count);
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	tally_clear(t);
	spin_unlock_irqrestore(&t->lock, flags);
}

static void tally_init(struct tally *t)
{
	t->votes = 0;
	INIT_LIST_HEAD(&t->papers);
}

static void tally_run(void)
{
	struct tally *t = kzalloc(sizeof(*t), GFP_KERNEL);
	LIST_HEAD(paper);

	if (!t)
		return;
	spin_lock_init(&t->lock);
	tally_init(t);
	t->votes = 1;
	INIT_WORK(&t->count, tally_count);
	schedule_work(&t->count);
	tally_add(t, &paper);
	tally_is_tied(t);
	flush_work(&t->count);
	kfree(t);
}
FIXTURE(tally_run);
