// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock is taken and released by helpers of the driver; one return lacks
 * the second.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct bank {
	struct mutex lock;
	int balance;
};

static struct bank bank0 = {
	.lock = __MUTEX_INITIALIZER(bank0.lock),
};

static noinline void bank_lock(struct bank *b)
{
	mutex_lock(&b->lock);
}

static noinline void bank_unlock(struct bank *b)
{
	mutex_unlock(&b->lock);
}

static noinline int bank_withdraw(struct bank *b, int amount)
{
	bank_lock(b);
	if (amount > b->balance)
		return -ENOSPC; /* EXPECT: lock-imbalance */
	b->balance -= amount;
	bank_unlock(b);
	return 0;
}

static void bank_run(void)
{
	bank_withdraw(&bank0, 10);
}
FIXTURE(bank_run);
