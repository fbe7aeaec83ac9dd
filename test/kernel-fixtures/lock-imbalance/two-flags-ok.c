// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of two-flags-bad.c: what a flag has locked the same flag unlocks.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include "../fixture.h"

#define LOCK_TX 1
#define LOCK_RX 2

static DEFINE_MUTEX(tx_lock);
static DEFINE_MUTEX(rx_lock);
static int frames;

static noinline int reset_rings(unsigned int what, int count)
{
	int ret = 0;

	if (what & LOCK_TX)
		mutex_lock(&tx_lock);
	if (what & LOCK_RX)
		mutex_lock(&rx_lock);
	if (count < 0)
		ret = -EINVAL;
	else
		frames = count;
	if (what & LOCK_RX)
		mutex_unlock(&rx_lock);
	if (what & LOCK_TX)
		mutex_unlock(&tx_lock);
	return ret;
}

static void reset_run(void)
{
	reset_rings(LOCK_TX, 1);
	reset_rings(LOCK_TX | LOCK_RX, -1);
}
FIXTURE(reset_run);
