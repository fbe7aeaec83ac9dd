// SPDX-License-Identifier: GPL-2.0-only
/*
 * job_end() waits for the job unless it is told to be quick, and then completes the
 * job itself before it looks whether there is anything to wait for.  The caller with
 * preemption off asks for the quick way: the completion is done, and nobody waits.
 */
#include <linux/completion.h>
#include <linux/preempt.h>
#include "../fixture.h"

static DECLARE_COMPLETION(job_done);
static int quick_jobs;

static noinline void job_end(struct completion *done, int *quick)
{
	if (*quick)
		complete_all(done);
	if (!completion_done(done))
		wait_for_completion(done);
}

static void job_run(void)
{
	quick_jobs = 1;
	preempt_disable();
	job_end(&job_done, &quick_jobs); /* EXPECT-FALSE: atomic-sleep */
	preempt_enable();
}
FIXTURE(job_run);
