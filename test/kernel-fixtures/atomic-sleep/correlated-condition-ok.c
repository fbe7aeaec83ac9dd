// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of correlated-condition-bad.c: it sleeps only where the same
 * condition kept the lock from being taken.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(shared_lock);
static DEFINE_MUTEX(private_lock);
static int value;

static noinline void update(bool shared)
{
	if (shared)
		spin_lock(&shared_lock);
	value++;
	if (!shared) {
		mutex_lock(&private_lock);
		value++;
		mutex_unlock(&private_lock);
	}
	if (shared)
		spin_unlock(&shared_lock);
}

static void update_both(void)
{
	update(false);
	update(true);
}
FIXTURE(update_both);
