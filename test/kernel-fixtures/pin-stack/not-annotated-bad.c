// SPDX-License-Identifier: GPL-2.0-only
/*
 * A work item of an object on the stack is set up as if it were in other memory.
 * Confirmed by DEBUG_OBJECTS_WORK (object is on stack, but NOT annotated).
 */
#include <linux/workqueue.h>
#include "../fixture.h"

struct probe_call {
	struct work_struct work;
	int result;
};

static void probe_work(struct work_struct *work)
{
	container_of(work, struct probe_call, work)->result = 1;
}

static noinline int probe_sync(void)
{
	struct probe_call call = { .result = 0 };

	INIT_WORK(&call.work, probe_work); /* EXPECT: pin-stack */
	schedule_work(&call.work);
	flush_work(&call.work);
	return call.result;
}

static void probe_run(void)
{
	probe_sync();
}
FIXTURE(probe_run);
