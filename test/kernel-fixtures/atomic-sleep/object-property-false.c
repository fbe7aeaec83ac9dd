// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may sleep is done for a device that has a parent; the root, which is handled under
 * the lock, has none.  The code is right; that it is always the root that is passed is
 * known to nobody but its registration.  (hcd_bus_resume() and usb_set_device_state();
 * pcm->nonatomic is another such property.)
 */
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "../fixture.h"

struct port {
	struct port *parent;
	int state;
};

static struct hub {
	spinlock_t lock;
	struct port *root;
} hub;
static struct port root_port;

static noinline void port_set_state(struct port *n, int state)
{
	n->state = state;
	if (n->parent)
		msleep(10);
}

static noinline void hub_resume(struct hub *h)
{
	spin_lock(&h->lock);
	port_set_state(h->root, 1); /* EXPECT-FALSE: atomic-sleep */
	spin_unlock(&h->lock);
}

static void hub_run(void)
{
	spin_lock_init(&hub.lock);
	hub.root = &root_port;
	hub_resume(&hub);
}
FIXTURE(hub_run);
