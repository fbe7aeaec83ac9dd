// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two early returns with the object's lock held: when a bit of its own says that it is busy, and
 * with a value that was read from it. Confirmed by PROVE_LOCKING (a task goes with a lock held).
 */
#include <linux/mutex.h>
#include "../fixture.h"

#define CHIP_BUSY	0x8000
#define WANT_LOCK	0x1

struct chip {
	struct mutex lock;
	unsigned int regs[4];
};

struct command {
	unsigned int flags;
};

static noinline void chip_write(struct chip *c, unsigned int reg, unsigned int value)
{
	mutex_lock(&c->lock);
	if (c->regs[0] & CHIP_BUSY)
		return; /* EXPECT: lock-imbalance */
	c->regs[reg] = value;
	mutex_unlock(&c->lock);
}

static noinline unsigned int chip_read(struct chip *c, unsigned int reg)
{
	unsigned int value;

	mutex_lock(&c->lock);
	value = c->regs[reg];
	if (reg == 2)
		return value; /* EXPECT: lock-imbalance */
	c->regs[reg] = 0;
	mutex_unlock(&c->lock);
	return value;
}

static noinline int chip_begin(struct chip *c, const struct command *cmd)
{
	mutex_lock(&c->lock);
	c->regs[1]++;
	if (cmd->flags & WANT_LOCK)
		return 0;
	mutex_unlock(&c->lock);
	return 0;
}

static noinline void chip_end(struct chip *c, const struct command *cmd)
{
	if (cmd->flags & WANT_LOCK)
		mutex_unlock(&c->lock);
}

static struct chip chip = { .lock = __MUTEX_INITIALIZER(chip.lock) };

static void chip_run(void)
{
	static const struct command command = { .flags = WANT_LOCK };

	chip_begin(&chip, &command);
	chip_end(&chip, &command);
	chip.regs[0] = CHIP_BUSY;
	chip_read(&chip, 3);
	chip_write(&chip, 1, 5);
}
FIXTURE(chip_run);
