// SPDX-License-Identifier: GPL-2.0-only
/*
 * An atomic mapping disables preemption until it is undone, on machines
 * without high memory too.
 * Confirmed by DEBUG_ATOMIC_SLEEP ("scheduling while atomic").
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include "../fixture.h"

static void clear_slowly(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *mapped;

	if (!page)
		return;
	mapped = kmap_atomic(page);
	mapped[0] = 0;
	msleep(1); /* EXPECT: atomic-sleep */
	mapped[1] = 0;
	kunmap_atomic(mapped);
	__free_page(page);
}
FIXTURE(clear_slowly);
