// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock that is held is that of another object than the callee asserts.
 * Confirmed by PROVE_LOCKING (the WARN of lockdep_assert_held()).
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct folder {
	struct mutex lock;
	int files;
};

static struct folder inbox = { .lock = __MUTEX_INITIALIZER(inbox.lock) };
static struct folder trash = { .lock = __MUTEX_INITIALIZER(trash.lock) };

static noinline void folder_add(struct folder *f, int n)
{
	lockdep_assert_held(&f->lock);
	f->files += n;
}

static void folder_discard(void)
{
	mutex_lock(&inbox.lock);
	folder_add(&inbox, -1);
	folder_add(&trash, 1); /* EXPECT-MISS: lock-contract */
	mutex_unlock(&inbox.lock);
}
FIXTURE(folder_discard);
