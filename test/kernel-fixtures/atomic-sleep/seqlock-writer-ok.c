// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of seqlock-writer-bad.c: the mutex is the outer lock, and a reader's
 * retry loop is no context.
 */
#include <linux/mutex.h>
#include <linux/seqlock.h>
#include "../fixture.h"

static DEFINE_SEQLOCK(clock_seq);
static DEFINE_MUTEX(clock_source);
static u64 clock_base, clock_seen;

static void clock_set(void)
{
	unsigned int seq;

	mutex_lock(&clock_source);
	write_seqlock(&clock_seq);
	clock_base++;
	write_sequnlock(&clock_seq);
	mutex_unlock(&clock_source);

	do {
		seq = read_seqbegin(&clock_seq);
		clock_seen = clock_base;
	} while (read_seqretry(&clock_seq, seq));
	mutex_lock(&clock_source);
	clock_seen++;
	mutex_unlock(&clock_source);
}
FIXTURE(clock_set);
