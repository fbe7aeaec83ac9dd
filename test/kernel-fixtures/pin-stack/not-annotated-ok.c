// SPDX-License-Identifier: GPL-2.0-only
/*
 * A work item on the stack is set up and ended by the forms for that, and is waited for.
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

	INIT_WORK_ONSTACK(&call.work, probe_work);
	schedule_work(&call.work);
	flush_work(&call.work);
	destroy_work_on_stack(&call.work);
	return call.result;
}

static void probe_run(void)
{
	probe_sync();
}
FIXTURE(probe_run);
