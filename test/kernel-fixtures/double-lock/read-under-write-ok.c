// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of read-under-write-bad.c: a downgraded lock is released before the
 * next reader, and RCU's readers may nest.
 */
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include "../fixture.h"

static DECLARE_RWSEM(map_sem);
static int zero;
static int __rcu *bias = (int __rcu *)&zero;
static int map[4], moves;

static noinline int map_get(int i)
{
	int value;

	down_read(&map_sem);
	value = map[i];
	up_read(&map_sem);
	return value;
}

static noinline int bias_get(void)
{
	int value;

	rcu_read_lock();
	value = *rcu_dereference(bias);
	rcu_read_unlock();
	return value;
}

static noinline void map_move(int from, int to)
{
	down_write(&map_sem);
	map[to] = map[from];
	downgrade_write(&map_sem);
	up_read(&map_sem);
	map_get(to);

	rcu_read_lock();
	moves += bias_get();
	rcu_read_unlock();
}

static void map_run(void)
{
	map_move(0, 1);
}
FIXTURE(map_run);
