// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of synchronize-in-reader-bad.c: the updater is no reader.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "../fixture.h"

struct setting {
	int value;
};

static struct setting __rcu *setting;
static DEFINE_MUTEX(setting_lock);

static void setting_clear(void)
{
	struct setting *old;

	mutex_lock(&setting_lock);
	old = rcu_replace_pointer(setting, NULL, lockdep_is_held(&setting_lock));
	mutex_unlock(&setting_lock);
	synchronize_rcu();
	kfree(old);
}
FIXTURE(setting_clear);
