// SPDX-License-Identifier: GPL-2.0-only
/*
 * An atomic_t counts what is under way; at zero somebody is woken, and nothing is freed.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/slab.h>
#include "../fixture.h"

struct batch {
	atomic_t pending;
	struct completion done;
};

static noinline void batch_end(struct batch *b)
{
	if (atomic_dec_and_test(&b->pending))
		complete(&b->done);
}

static noinline void batch_do(struct batch *b)
{
	init_completion(&b->done);
	atomic_set(&b->pending, 2);
	batch_end(b);
	batch_end(b);
	wait_for_completion(&b->done);
}

static void batch_run(void)
{
	struct batch *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return;
	batch_do(b);
	kfree(b);
}
FIXTURE(batch_run);
