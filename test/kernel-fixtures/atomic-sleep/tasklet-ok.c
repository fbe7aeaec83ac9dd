// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of tasklet-bad.c: an allocation that may not block.
 */
#include <linux/interrupt.h>
#include <linux/slab.h>
#include "../fixture.h"

struct ring {
	struct tasklet_struct refill;
	void *buffer;
};

static struct ring ring;

static void ring_refill(struct tasklet_struct *t)
{
	struct ring *r = from_tasklet(r, t, refill);

	r->buffer = kmalloc(512, GFP_NOWAIT);
}

static void ring_start(void)
{
	tasklet_setup(&ring.refill, ring_refill);
	tasklet_schedule(&ring.refill);
}

static void ring_stop(void)
{
	tasklet_kill(&ring.refill);
	kfree(ring.buffer);
}
FIXTURE_STOP(ring_start, ring_stop);
