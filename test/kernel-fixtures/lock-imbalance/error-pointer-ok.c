// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of error-pointer-bad.c.
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
	int ret = 0;

	if (IS_ERR(v))
		return PTR_ERR(v);
	if (v->readonly)
		ret = -EROFS;
	else
		v->writes++;
	mutex_unlock(&v->lock);
	return ret;
}

static void volume_run(void)
{
	volume_write(0);
}
FIXTURE(volume_run);
