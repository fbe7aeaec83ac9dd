// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of break-with-lock-bad.c: the turn that breaks unlocks too.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include "../fixture.h"

struct slot {
	struct mutex lock;
	int id;
};

static struct slot slots[4];

static noinline struct slot *slot_find(int id)
{
	struct slot *found = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		mutex_lock(&slots[i].lock);
		if (slots[i].id == id) {
			found = &slots[i];
			mutex_unlock(&slots[i].lock);
			break;
		}
		mutex_unlock(&slots[i].lock);
	}
	return found;
}

static void slot_run(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		mutex_init(&slots[i].lock);
		slots[i].id = i;
	}
	slot_find(2);
}
FIXTURE(slot_run);
