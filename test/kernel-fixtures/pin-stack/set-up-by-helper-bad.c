// SPDX-License-Identifier: GPL-2.0-only
/*
 * A helper that is also called for objects elsewhere sets up one on the stack.
 * Confirmed by DEBUG_OBJECTS_WORK (object is on stack, but NOT annotated).
 */
#include <linux/workqueue.h>
#include "../fixture.h"

struct task_call {
	struct work_struct work;
	int result;
};

static void task_work_fn(struct work_struct *work)
{
	container_of(work, struct task_call, work)->result = 1;
}

static noinline void task_call_init(struct task_call *t)
{
	t->result = 0;
	INIT_WORK(&t->work, task_work_fn);
}

static noinline int task_sync(void)
{
	struct task_call t;

	task_call_init(&t); /* EXPECT-MISS: pin-stack */
	schedule_work(&t.work);
	flush_work(&t.work);
	return t.result;
}

static void task_run(void)
{
	task_sync();
}
FIXTURE(task_run);
