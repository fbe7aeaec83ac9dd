// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of lock-helper-bad.c: helpers that only lock or only unlock are
 * balanced by their names' meaning, and their user is balanced too.
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
	int ret = 0;

	bank_lock(b);
	if (amount > b->balance)
		ret = -ENOSPC;
	else
		b->balance -= amount;
	bank_unlock(b);
	return ret;
}

static void bank_run(void)
{
	bank_withdraw(&bank0, 10);
}
FIXTURE(bank_run);
