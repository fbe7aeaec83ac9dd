// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of goto-mixed-bad.c: one function has only guards, the other only
 * gotos.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

static DEFINE_MUTEX(seat_lock);
static int seats = 4;

static noinline int seat_book(int n)
{
	scoped_guard(mutex, &seat_lock) {
		if (seats < n)
			return -ENOSPC;
		seats -= n;
	}
	return 0;
}

static noinline int seat_free(int n)
{
	int ret = -EINVAL;

	mutex_lock(&seat_lock);
	if (n < 1)
		goto unlock;
	seats += n;
	ret = 0;
unlock:
	mutex_unlock(&seat_lock);
	return ret;
}

static void seat_run(void)
{
	if (!seat_book(5))
		seat_free(5);
}
FIXTURE(seat_run);
