// SPDX-License-Identifier: GPL-2.0-only
/*
 * One function unwinds with goto and with guards: the jump leaves the guard's
 * scope, and the label behind it edits what the guard protected.
 * What cleanup.h asks of every function; here it is also a data race, which
 * KCSAN confirms.
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
		seats -= n;
		if (seats < 0)
			goto undo; /* EXPECT: guard-order */
	}
	return 0;

undo:
	seats += n;
	return -ENOSPC;
}

static void seat_run(void)
{
	seat_book(5);
}
FIXTURE(seat_run);
