// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of bh-disabled-bad.c: the allocation precedes the section.
 */
#include <linux/bottom_half.h>
#include <linux/slab.h>
#include "../fixture.h"

static void *queue;

static void queue_refill(void)
{
	void *fresh = kmalloc(256, GFP_KERNEL);

	local_bh_disable();
	swap(queue, fresh);
	local_bh_enable();
	kfree(fresh);
}

static void queue_free(void)
{
	kfree(queue);
}
FIXTURE_STOP(queue_refill, queue_free);
