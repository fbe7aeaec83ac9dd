// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ww_mutex that is locked without a context is an ordinary mutex: ww_mutex_lock() does
 * not fail.  The code is right to not ask for the result.
 * (intel_frontbuffer_flush_work(), by i915_gem_object_lock(obj, NULL).)
 */
#include <linux/lockdep.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>
#include "../fixture.h"

static DEFINE_WW_CLASS(buffer_class);

static struct buffer {
	struct ww_mutex lock;
	struct work_struct flush;
	int dirty;
} buffer;

static noinline void buffer_flush(struct buffer *b)
{
	lockdep_assert_held(&b->lock.base);
	b->dirty = 0;
}

static void buffer_work(struct work_struct *work)
{
	struct buffer *b = container_of(work, struct buffer, flush);

	ww_mutex_lock(&b->lock, NULL);
	buffer_flush(b); /* EXPECT-FALSE: lock-contract */
	ww_mutex_unlock(&b->lock);
}

static void buffer_start(void)
{
	ww_mutex_init(&buffer.lock, &buffer_class);
	INIT_WORK(&buffer.flush, buffer_work);
	schedule_work(&buffer.flush);
}

static void buffer_stop(void)
{
	cancel_work_sync(&buffer.flush);
}
FIXTURE_STOP(buffer_start, buffer_stop);
