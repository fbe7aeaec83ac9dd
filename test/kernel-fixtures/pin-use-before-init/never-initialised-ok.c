// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of never-initialised-bad.c: the mutex is initialised right behind the allocation.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct ledger {
	struct mutex lock;
	int balance;
};

static noinline struct ledger *ledger_new(void)
{
	struct ledger *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	mutex_init(&l->lock);
	l->balance = 1;
	return l;
}

static noinline void ledger_book(struct ledger *l, int amount)
{
	mutex_lock(&l->lock);
	l->balance += amount;
	mutex_unlock(&l->lock);
}

static void ledger_run(void)
{
	struct ledger *l = ledger_new();

	if (!l)
		return;
	ledger_book(l, 2);
	kfree(l);
}
FIXTURE(ledger_run);
