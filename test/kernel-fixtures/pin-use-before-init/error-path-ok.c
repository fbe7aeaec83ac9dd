// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work item is initialised before anything can fail.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct importer {
	struct work_struct work;
	void *buffer;
	size_t size;
};

static struct importer *importer;

static void importer_work(struct work_struct *work)
{
	struct importer *i = container_of(work, struct importer, work);

	memset(i->buffer, 0, i->size);
}

static void importer_free(struct importer *i)
{
	cancel_work_sync(&i->work);
	kfree(i->buffer);
	kfree(i);
}

static noinline struct importer *importer_new(size_t size)
{
	struct importer *i = kzalloc(sizeof(*i), GFP_KERNEL);

	if (!i)
		return NULL;
	INIT_WORK(&i->work, importer_work);
	i->size = size;
	i->buffer = size ? kzalloc(size, GFP_KERNEL) : NULL;
	if (!i->buffer)
		goto failed;

	schedule_work(&i->work);
	return i;

failed:
	importer_free(i);
	return NULL;
}

static void importer_start(void)
{
	importer = importer_new(0);
}

static void importer_stop(void)
{
	if (importer)
		importer_free(importer);
}
FIXTURE_STOP(importer_start, importer_stop);
