// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cleanups run in the reverse order of the declarations: the guard that comes
 * second unlocks first, and the list is edited without its lock.
 * Confirmed by PROVE_LOCKING (the WARN of lockdep_assert_held()).
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct job {
	struct list_head node;
	int id;
};

static LIST_HEAD(jobs);
static DEFINE_MUTEX(jobs_lock);

static struct job *job_add(int id)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	lockdep_assert_held(&jobs_lock);
	if (job) {
		job->id = id;
		list_add(&job->node, &jobs);
	}
	return job;
}

static void job_remove(struct job *job)
{
	lockdep_assert_held(&jobs_lock);
	list_del(&job->node);
	kfree(job);
}

DEFINE_FREE(job_remove, struct job *, if (_T) job_remove(_T))

static noinline int job_submit(int id)
{
	struct job *job __free(job_remove) = NULL; /* EXPECT: guard-order */

	guard(mutex)(&jobs_lock);
	job = job_add(id);
	if (!job)
		return -ENOMEM;
	if (id < 0)
		return -EINVAL;
	retain_and_null_ptr(job);
	return 0;
}

static void job_run(void)
{
	job_submit(-1);
}
FIXTURE(job_run);
