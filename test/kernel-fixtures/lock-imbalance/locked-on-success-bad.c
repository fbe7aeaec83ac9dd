// SPDX-License-Identifier: GPL-2.0-only
/*
 * Success returns with the lock, errors without it: one of the errors keeps it.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct session {
	struct mutex lock;
	bool open;
	int users;
};

static struct session session0 = {
	.lock = __MUTEX_INITIALIZER(session0.lock),
};

static noinline int session_enter(struct session *s, int users)
{
	mutex_lock(&s->lock);
	if (!s->open) {
		mutex_unlock(&s->lock);
		return -ENOTCONN;
	}
	if (users < 1)
		return -EINVAL; /* EXPECT: lock-imbalance */
	s->users += users;
	return 0;
}

static noinline void session_leave(struct session *s)
{
	s->users--;
	mutex_unlock(&s->lock);
}

static void session_run(void)
{
	session0.open = true;
	if (!session_enter(&session0, 0))
		session_leave(&session0);
}
FIXTURE(session_run);
