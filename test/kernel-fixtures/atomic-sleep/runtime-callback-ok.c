// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of runtime-callback-bad.c: the callback is read under the lock and
 * called after it.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct notifier {
	spinlock_t lock;
	void (*changed)(struct notifier *n);
	int seen;
};

static struct notifier notifier0 = {
	.lock = __SPIN_LOCK_UNLOCKED(notifier0.lock),
};
static DEFINE_MUTEX(seen_lock);

static void on_change(struct notifier *n)
{
	mutex_lock(&seen_lock);
	n->seen++;
	mutex_unlock(&seen_lock);
}

static noinline void notifier_register(struct notifier *n, void (*fn)(struct notifier *n))
{
	n->changed = fn;
}

static noinline void notifier_fire(struct notifier *n)
{
	void (*changed)(struct notifier *n);

	spin_lock(&n->lock);
	changed = n->changed;
	spin_unlock(&n->lock);
	if (changed)
		changed(n);
}

static void fire(void)
{
	notifier_register(&notifier0, on_change);
	notifier_fire(&notifier0);
}
FIXTURE(fire);
