// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sleep is behind an operation of a table that the same file fills.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct phy;

struct phy_ops {
	void (*reset)(struct phy *phy);
	void (*mark)(struct phy *phy);
};

struct phy {
	const struct phy_ops *ops;
	spinlock_t lock;
	unsigned int resets;
};

static void slow_reset(struct phy *phy)
{
	phy->resets++;
	msleep(2);
}

static void slow_mark(struct phy *phy)
{
	phy->resets = 0;
}

static const struct phy_ops slow_ops = {
	.reset = slow_reset,
	.mark = slow_mark,
};

static struct phy phy0 = {
	.ops = &slow_ops,
	.lock = __SPIN_LOCK_UNLOCKED(phy0.lock),
};

static void phy_restart(void)
{
	struct phy *phy = &phy0;

	spin_lock(&phy->lock);
	phy->ops->mark(phy);
	phy->ops->reset(phy); /* EXPECT: atomic-sleep */
	spin_unlock(&phy->lock);
}
FIXTURE(phy_restart);
