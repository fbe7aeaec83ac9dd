// SPDX-License-Identifier: GPL-2.0-only
/*
 * A loop locks and unlocks in each turn, and is left in the middle of one.
 * Confirmed by PROVE_LOCKING ("lock held when returning to user space").
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
			break;
		}
		mutex_unlock(&slots[i].lock);
	}
	if (found)
		found->id = 0;
	return NULL; /* EXPECT: lock-imbalance */
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
