// SPDX-License-Identifier: GPL-2.0-only
/*
 * A debugfs file lists the tools of two racks, each under its own mutex.  The
 * cursor says which of them is held; start() walks from the beginning with the
 * function that next() uses.  The code is right: the walk locks the first rack only
 * from CURSOR_NONE, which it leaves then, and stop() unlocks the rack of the cursor.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include "../fixture_debugfs.h"
#include "../fixture.h"

struct rack {
	struct mutex lock;
	struct list_head tools;
};

struct cursor {
	enum { CURSOR_NONE, CURSOR_COMMON, CURSOR_OWN } at;
	struct list_head *head, *curr;
};

static struct rack racks[4];
static unsigned int own = 2;

static struct cursor *cursor_move(struct cursor *c)
{
	switch (c->at) {
	case CURSOR_NONE:
		mutex_lock(&racks[0].lock);
		c->at = CURSOR_COMMON;
		c->head = c->curr = &racks[0].tools;
		break;
	case CURSOR_COMMON:
		c->curr = c->curr->next;
		if (c->curr != c->head)
			break;
		mutex_unlock(&racks[0].lock);
		mutex_lock(&racks[own].lock);
		c->at = CURSOR_OWN;
		c->head = c->curr = &racks[own].tools;
		break;
	case CURSOR_OWN:
		c->curr = c->curr->next;
		if (c->curr != c->head)
			break;
		fallthrough;
	default:
		return NULL;
	}
	return c;
}

static void *tools_start(struct seq_file *m, loff_t *pos)
{
	struct cursor *c = m->private;
	loff_t n;

	c->at = CURSOR_NONE;
	for (n = 0; n < *pos; n++)
		if (!cursor_move(c)) /* EXPECT-FALSE: double-lock */
			return NULL;
	return c;
}

static void *tools_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return cursor_move(m->private);
}

static void tools_stop(struct seq_file *m, void *v)
{
	struct cursor *c = m->private;

	if (c->at == CURSOR_COMMON)
		mutex_unlock(&racks[0].lock);
	else if (c->at == CURSOR_OWN)
		mutex_unlock(&racks[own].lock);
}

static int tools_show(struct seq_file *m, void *v)
{
	seq_puts(m, "tool\n");
	return 0;
}

static const struct seq_operations tools_ops = {
	.start = tools_start,
	.next = tools_next,
	.stop = tools_stop,
	.show = tools_show,
};

static int tools_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &tools_ops, sizeof(struct cursor));
}

static const struct file_operations tools_fops = {
	.owner = THIS_MODULE,
	.open = tools_open,
	.read = seq_read,
	.release = seq_release_private,
};

static void tools_run(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racks); i++) {
		mutex_init(&racks[i].lock);
		INIT_LIST_HEAD(&racks[i].tools);
	}
	fixture_file_create(&tools_fops);
}
FIXTURE_STOP(tools_run, fixture_file_remove);
