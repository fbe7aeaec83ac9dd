// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of goto-retry-bad.c: a loop, and the buffer is a __free() variable
 * that is declared before the guard, for kfree() needs no lock.
 */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../fixture.h"

static DEFINE_MUTEX(blob_lock);
static void *blob;
static size_t blob_size = 64;

static noinline int blob_make(void)
{
	size_t size = 32;

	for (;;) {
		void *fresh __free(kfree) = kmalloc(size, GFP_KERNEL);

		if (!fresh)
			return -ENOMEM;
		guard(mutex)(&blob_lock);
		if (blob_size <= size) {
			swap(blob, fresh);
			return 0;
		}
		size = blob_size;
	}
}

static void blob_run(void)
{
	blob_make();
}

static void blob_free(void)
{
	kfree(blob);
}
FIXTURE_STOP(blob_run, blob_free);
