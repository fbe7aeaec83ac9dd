// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two objects of one type, each with its lock; the order is by address.
 */
#include <linux/minmax.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct account {
	struct mutex lock;
	int sum;
};

static struct account accounts[2];

static noinline void lock_both(struct account *a, struct account *b)
{
	if (a > b)
		swap(a, b);
	mutex_lock(&a->lock);
	mutex_lock_nested(&b->lock, SINGLE_DEPTH_NESTING);
}

static noinline void transfer(struct account *from, struct account *to, int sum)
{
	lock_both(from, to);
	from->sum -= sum;
	to->sum += sum;
	mutex_unlock(&from->lock);
	mutex_unlock(&to->lock);
}

static void transfer_run(void)
{
	mutex_init(&accounts[0].lock);
	mutex_init(&accounts[1].lock);
	transfer(&accounts[1], &accounts[0], 5);
}
FIXTURE(transfer_run);
