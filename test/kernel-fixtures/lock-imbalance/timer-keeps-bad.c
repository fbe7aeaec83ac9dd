// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a reset, told by a timer, forgets to unlock.
 * Confirmed by the timer core ("timer: … preempt leak") and PROVE_LOCKING.
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "../fixture.h"

static struct port {
	spinlock_t lock;
	struct timer_list reset;
	int resets;
} port;

static void port_reset_done(struct timer_list *t)
{
	struct port *p = from_timer(p, t, reset);

	spin_lock(&p->lock);
	p->resets++;
} /* EXPECT: lock-imbalance */

static void port_start(void)
{
	spin_lock_init(&port.lock);
	timer_setup(&port.reset, port_reset_done, 0);
	mod_timer(&port.reset, jiffies + 1);
	msleep(50);
}

static void port_stop(void)
{
	timer_delete_sync(&port.reset);
}
FIXTURE_STOP(port_start, port_stop);
