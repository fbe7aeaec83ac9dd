// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work of an object is queued on a workqueue of the module, which is flushed before the
 * object is freed.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture.h"

struct upload {
	struct work_struct work;
	int bytes;
};

static struct workqueue_struct *uploads;

static void upload_work(struct work_struct *work)
{
	struct upload *u = container_of(work, struct upload, work);

	msleep(50);
	u->bytes++;
}

static noinline struct upload *upload_new(void)
{
	struct upload *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	INIT_WORK(&u->work, upload_work);
	queue_work(uploads, &u->work);
	return u;
}

static noinline void upload_free(struct upload *u)
{
	flush_workqueue(uploads);
	kfree(u);
}

static int __init uploads_init(void)
{
	struct upload *u;

	uploads = alloc_ordered_workqueue("klint_uploads", 0);
	if (!uploads)
		return -ENOMEM;
	u = upload_new();
	if (u)
		upload_free(u);
	return 0;
}
module_init(uploads_init);

static void __exit uploads_exit(void)
{
	destroy_workqueue(uploads);
}
module_exit(uploads_exit);

MODULE_DESCRIPTION("klint fixture");
MODULE_LICENSE("GPL");
