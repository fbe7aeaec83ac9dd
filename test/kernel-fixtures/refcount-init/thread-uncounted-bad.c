// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread is started that takes references, and only then they are counted.
 * Confirmed by refcount_t (addition on 0; use-after-free).
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include "../fixture.h"

struct poller {
	refcount_t users;
	struct task_struct *thread;
};

static struct poller *poller;

static int poller_thread(void *data)
{
	struct poller *p = data;

	refcount_inc(&p->users);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static noinline struct poller *poller_new(void)
{
	struct poller *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->thread = kthread_run(poller_thread, p, "poller");
	if (IS_ERR(p->thread)) {
		kfree(p);
		return NULL;
	}
	msleep(50);
	refcount_set(&p->users, 1); /* EXPECT: refcount-init */
	return p;
}

static void poller_start(void)
{
	poller = poller_new();
}

static void poller_stop(void)
{
	if (!poller)
		return;
	kthread_stop(poller->thread);
	kfree(poller);
}
FIXTURE_STOP(poller_start, poller_stop);
