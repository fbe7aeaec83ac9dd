// SPDX-License-Identifier: GPL-2.0-only
/*
 * A completion is initialised again for each command, while somebody may wait for it.
 * Confirmed by DEBUG_LIST (list_del corruption, when the wait ends).
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include "../fixture.h"

struct mailbox {
	struct completion answered;
	int commands;
};

static struct mailbox *mailbox;

static int mailbox_waiter(void *data)
{
	struct mailbox *m = data;

	wait_for_completion_timeout(&m->answered, HZ / 4);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static noinline struct mailbox *mailbox_new(void)
{
	struct mailbox *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (m)
		init_completion(&m->answered);
	return m;
}

static noinline void mailbox_send(struct mailbox *m)
{
	init_completion(&m->answered); /* EXPECT: pin-double-init */
	m->commands++;
}

static void mailbox_start(void)
{
	struct task_struct *waiter;

	mailbox = mailbox_new();
	if (!mailbox)
		return;
	waiter = kthread_run(mailbox_waiter, mailbox, "mailbox");
	msleep(50);
	mailbox_send(mailbox);
	msleep(400);
	if (!IS_ERR(waiter))
		kthread_stop(waiter);
}

static void mailbox_stop(void)
{
	kfree(mailbox);
}
FIXTURE_STOP(mailbox_start, mailbox_stop);
