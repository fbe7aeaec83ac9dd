// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody ever initialises the mutex of a new object. Confirmed by DEBUG_MUTEXES (the magic of
 * the lock is not its address) when it is taken.
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
	struct ledger *l = kzalloc(sizeof(*l), GFP_KERNEL); /* EXPECT: pin-use-before-init */

	if (!l)
		return NULL;
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
