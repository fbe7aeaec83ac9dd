// SPDX-License-Identifier: GPL-2.0-only
/*
 * The write side of a seqlock is a spinlock.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/mutex.h>
#include <linux/seqlock.h>
#include "../fixture.h"

static DEFINE_SEQLOCK(clock_seq);
static DEFINE_MUTEX(clock_source);
static u64 clock_base;

static void clock_set(void)
{
	write_seqlock(&clock_seq);
	mutex_lock(&clock_source); /* EXPECT: atomic-sleep */
	clock_base++;
	mutex_unlock(&clock_source);
	write_sequnlock(&clock_seq);
}
FIXTURE(clock_set);
