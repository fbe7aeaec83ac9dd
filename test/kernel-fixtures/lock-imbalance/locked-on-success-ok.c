// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of locked-on-success-bad.c: held if and only if it returns 0.
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
	int ret = -ENOTCONN;

	mutex_lock(&s->lock);
	if (!s->open)
		goto unlock;
	ret = -EINVAL;
	if (users < 1)
		goto unlock;
	s->users += users;
	return 0;

unlock:
	mutex_unlock(&s->lock);
	return ret;
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
