// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of might-sleep-if-bad.c: flags that make the condition false.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_SPINLOCK(id_lock);
static int next_id;

static noinline int new_id(gfp_t gfp)
{
	might_sleep_if(gfpflags_allow_blocking(gfp));
	return next_id++;
}

static void assign_id(void)
{
	spin_lock(&id_lock);
	new_id(GFP_NOWAIT);
	spin_unlock(&id_lock);
	new_id(GFP_NOIO);
}
FIXTURE(assign_id);
