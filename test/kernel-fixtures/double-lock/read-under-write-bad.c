// SPDX-License-Identifier: GPL-2.0-only
/*
 * The read side of a semaphore whose write side is held.
 * Confirmed by PROVE_LOCKING ("possible recursive locking detected").
 */
#include <linux/rwsem.h>
#include "../fixture.h"

static DECLARE_RWSEM(map_sem);
static int map[4];

static noinline int map_get(int i)
{
	int value;

	down_read(&map_sem);
	value = map[i];
	up_read(&map_sem);
	return value;
}

static noinline void map_move(int from, int to)
{
	down_write(&map_sem);
	map[to] = map_get(from); /* EXPECT: double-lock */
	map[from] = 0;
	up_write(&map_sem);
}

static void map_run(void)
{
	map_move(0, 1);
}
FIXTURE(map_run);
