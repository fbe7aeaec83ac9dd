// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lookup returns its object locked, or an error pointer; its user returns
 * without unlocking when the object is of no use to it.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct volume {
	struct mutex lock;
	bool readonly;
	int writes;
};

static struct volume volume0 = {
	.lock = __MUTEX_INITIALIZER(volume0.lock),
	.readonly = true,
};

static noinline struct volume *volume_get_locked(int id)
{
	if (id != 0)
		return ERR_PTR(-ENODEV);
	mutex_lock(&volume0.lock);
	return &volume0;
}

static noinline int volume_write(int id)
{
	struct volume *v = volume_get_locked(id);

	if (IS_ERR(v))
		return PTR_ERR(v);
	if (v->readonly)
		return -EROFS; /* EXPECT: lock-imbalance */
	v->writes++;
	mutex_unlock(&v->lock);
	return 0;
}

static void volume_run(void)
{
	volume_write(0);
}
FIXTURE(volume_run);
