// SPDX-License-Identifier: GPL-2.0-only
/*
 * An array of objects grows, and with each of them the wait queue moves whose list begins
 * and ends with itself. Confirmed by KASAN (wake_up() follows the list into the old array).
 */
#include <linux/slab.h>
#include <linux/wait.h>
#include "../fixture.h"

struct port {
	wait_queue_head_t readers;
	int number;
};

struct hub {
	struct port *ports;
	int nports;
};

static struct hub hub;

static noinline int ports_grow(struct hub *h)
{
	size_t size = (h->nports + 1) * 1024 * sizeof(struct port);
	struct port *p = krealloc(h->ports, size, GFP_KERNEL); /* EXPECT: pin-moved */

	if (!p)
		return -ENOMEM;
	h->ports = p;
	p[h->nports].number = h->nports;
	return h->nports++;
}

static noinline void ports_add(struct hub *h)
{
	int n = ports_grow(h);

	if (n >= 0)
		init_waitqueue_head(&h->ports[n].readers);
}

static void ports_start(void)
{
	ports_add(&hub);
	ports_add(&hub);
	if (hub.nports)
		wake_up(&hub.ports[0].readers);
}

static void ports_stop(void)
{
	kfree(hub.ports);
}
FIXTURE_STOP(ports_start, ports_stop);
