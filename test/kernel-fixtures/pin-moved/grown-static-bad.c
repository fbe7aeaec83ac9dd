// SPDX-License-Identifier: GPL-2.0-only
/*
 * As grown-bad.c, with an array that a static variable points to.
 * Confirmed by KASAN (wake_up() follows the list into the old array).
 */
#include <linux/slab.h>
#include <linux/wait.h>
#include "../fixture.h"

struct port {
	wait_queue_head_t readers;
	int number;
};

static struct port *ports;
static int nports;

static noinline int ports_grow(void)
{
	size_t size = (nports + 1) * 1024 * sizeof(struct port);
	struct port *p = krealloc(ports, size, GFP_KERNEL); /* EXPECT-MISS: pin-moved */

	if (!p)
		return -ENOMEM;
	ports = p;
	p[nports].number = nports;
	return nports++;
}

static noinline void ports_add(void)
{
	int n = ports_grow();

	if (n >= 0)
		init_waitqueue_head(&ports[n].readers);
}

static void ports_start(void)
{
	ports_add();
	ports_add();
	if (nports)
		wake_up(&ports[0].readers);
}

static void ports_stop(void)
{
	kfree(ports);
}
FIXTURE_STOP(ports_start, ports_stop);
