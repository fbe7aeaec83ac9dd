// SPDX-License-Identifier: GPL-2.0-only
/*
 * A blocking allocation with bottom halves disabled.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/bottom_half.h>
#include <linux/slab.h>
#include "../fixture.h"

static void *queue;

static void queue_refill(void)
{
	local_bh_disable();
	if (!queue)
		queue = kmalloc(256, GFP_KERNEL); /* EXPECT: atomic-sleep */
	local_bh_enable();
}

static void queue_free(void)
{
	kfree(queue);
}
FIXTURE_STOP(queue_refill, queue_free);
