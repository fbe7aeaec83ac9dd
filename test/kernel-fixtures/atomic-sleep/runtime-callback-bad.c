// SPDX-License-Identifier: GPL-2.0-only
/*
 * A callback that is stored at run time and called under a lock.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
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
	spin_lock(&n->lock);
	if (n->changed)
		n->changed(n); /* EXPECT-MISS: atomic-sleep */
	spin_unlock(&n->lock);
}

static void fire(void)
{
	notifier_register(&notifier0, on_change);
	notifier_fire(&notifier0);
}
FIXTURE(fire);
