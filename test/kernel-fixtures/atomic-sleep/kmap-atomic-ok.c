// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of kmap-atomic-bad.c: kmap_local_page() allows its user to sleep.
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
	mapped = kmap_local_page(page);
	mapped[0] = 0;
	msleep(1);
	mapped[1] = 0;
	kunmap_local(mapped);
	__free_page(page);
}
FIXTURE(clear_slowly);
