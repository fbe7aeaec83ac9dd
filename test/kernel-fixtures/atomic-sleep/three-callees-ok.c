// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of three-callees-bad.c: the chain of calls starts after the unlock.
 */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct port {
	spinlock_t lock;
	struct mutex io;
	int speed;
};

static struct port port0 = {
	.lock = __SPIN_LOCK_UNLOCKED(port0.lock),
	.io = __MUTEX_INITIALIZER(port0.io),
};

static noinline void write_register(struct port *p, int value)
{
	mutex_lock(&p->io);
	p->speed = value;
	mutex_unlock(&p->io);
}

static noinline void program_speed(struct port *p, int speed)
{
	if (speed != p->speed)
		write_register(p, speed);
}

static noinline void negotiate(struct port *p)
{
	program_speed(p, p->speed + 1000);
}

static void link_up(void)
{
	struct port *p = &port0;
	bool down;

	spin_lock(&p->lock);
	down = !p->speed;
	spin_unlock(&p->lock);
	if (down)
		negotiate(p);
}
FIXTURE(link_up);
