// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread is started first, and takes the mutex only once a flag is set behind its
 * initialisation.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

struct counter {
	struct mutex lock;
	struct task_struct *thread;
	bool ready;
	int n;
};

static struct counter *counter;

static int counter_thread(void *data)
{
	struct counter *c = data;

	while (!kthread_should_stop()) {
		msleep(20);
		if (!c->ready)
			continue;
		mutex_lock(&c->lock);
		c->n++;
		mutex_unlock(&c->lock);
	}
	return 0;
}

static noinline struct counter *counter_new(void)
{
	struct counter *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	c->thread = kthread_run(counter_thread, c, "counter");
	if (IS_ERR(c->thread)) {
		kfree(c);
		return NULL;
	}
	mutex_init(&c->lock);
	c->ready = true;
	return c;
}

static void counter_start(void)
{
	counter = counter_new();
}

static void counter_stop(void)
{
	if (!counter)
		return;
	kthread_stop(counter->thread);
	kfree(counter);
}
FIXTURE_STOP(counter_start, counter_stop);
