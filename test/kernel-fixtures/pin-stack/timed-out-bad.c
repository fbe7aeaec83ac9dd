// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function waits some time for the work item on its stack, and returns when that has passed,
 * with the item still running. Confirmed by DEBUG_SPINLOCK (bad magic, in complete()), since
 * the stack has another user by then.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct request {
	struct work_struct work;
	struct completion done;
};

static void request_work(struct work_struct *work)
{
	struct request *r = container_of(work, struct request, work);

	msleep(50);
	complete(&r->done);
}

static noinline int request_sync(void)
{
	struct request r;
	unsigned long left;

	init_completion(&r.done);
	INIT_WORK_ONSTACK(&r.work, request_work);
	schedule_work(&r.work); /* EXPECT-MISS: pin-stack */
	left = wait_for_completion_timeout(&r.done, 1);
	destroy_work_on_stack(&r.work);
	return left ? 0 : -ETIMEDOUT;
}

static noinline void spoil_stack(void)
{
	char room[512];

	memset(room, 0x5a, sizeof(room));
	OPTIMIZER_HIDE_VAR(room[0]);
	msleep(100);
	barrier_data(room);
}

static void request_run(void)
{
	request_sync();
	spoil_stack();
}
FIXTURE(request_run);
