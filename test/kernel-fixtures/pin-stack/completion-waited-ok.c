// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work item on the stack is not flushed: a completion tells that its function has done
 * with the object.
 */
#include <linux/completion.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct request {
	struct work_struct work;
	struct completion *done;
};

static void request_work(struct work_struct *work)
{
	struct request *r = container_of(work, struct request, work);

	complete(r->done);
}

static noinline void request_sync(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct request r = { .done = &done };

	INIT_WORK_ONSTACK(&r.work, request_work);
	schedule_work(&r.work);
	wait_for_completion(&done);
	destroy_work_on_stack(&r.work);
}

static void request_run(void)
{
	request_sync();
}
FIXTURE(request_run);
