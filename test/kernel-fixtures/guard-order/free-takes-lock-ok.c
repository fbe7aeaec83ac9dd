// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cleanup that takes the guard's lock by itself must be declared before the
 * guard, so that it runs when the lock is free again; and a kfree() that needs
 * no lock may be.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct ticket {
	int number;
};

static DEFINE_MUTEX(counter_lock);
static int open_tickets;

static void ticket_close(struct ticket *t)
{
	mutex_lock(&counter_lock);
	open_tickets--;
	mutex_unlock(&counter_lock);
	kfree(t);
}

DEFINE_FREE(ticket_close, struct ticket *, if (_T) ticket_close(_T))

static noinline int ticket_open(int number)
{
	struct ticket *t __free(ticket_close) = kzalloc(sizeof(*t), GFP_KERNEL);
	char *note __free(kfree) = NULL;

	if (!t)
		return -ENOMEM;
	guard(mutex)(&counter_lock);
	open_tickets++;
	note = kzalloc(16, GFP_KERNEL);
	if (!note)
		return -ENOMEM;
	t->number = number;
	return 0;
}

static void ticket_run(void)
{
	ticket_open(7);
}
FIXTURE(ticket_run);
