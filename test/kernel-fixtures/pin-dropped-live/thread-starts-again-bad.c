// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work is cancelled before the thread is stopped that queues it.
 * Confirmed by DEBUG_OBJECTS_TIMERS (free active).
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct scanner {
	struct task_struct *thread;
	struct delayed_work report;
	int found;
};

static void scanner_report(struct work_struct *work)
{
	container_of(work, struct scanner, report.work)->found = 0;
}

static int scanner_thread(void *data)
{
	struct scanner *s = data;

	while (!kthread_should_stop()) {
		s->found++;
		schedule_delayed_work(&s->report, HZ);
		msleep(10);
	}
	return 0;
}

static noinline struct scanner *scanner_new(void)
{
	struct scanner *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	INIT_DELAYED_WORK(&s->report, scanner_report);
	s->thread = kthread_run(scanner_thread, s, "scanner");
	if (IS_ERR(s->thread)) {
		kfree(s);
		return NULL;
	}
	return s;
}

static noinline void scanner_free(struct scanner *s)
{
	cancel_delayed_work_sync(&s->report); /* EXPECT: pin-dropped-live */
	msleep(30);
	kthread_stop(s->thread);
	kfree(s);
}

static void scanner_run(void)
{
	struct scanner *s = scanner_new();

	if (s)
		scanner_free(s);
}
FIXTURE(scanner_run);
