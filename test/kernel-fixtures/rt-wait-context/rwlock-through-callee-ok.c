// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of rwlock-through-callee-bad.c: a trylock never waits.
 */
#include <linux/spinlock.h>
#include "../fixture.h"

static DEFINE_RAW_SPINLOCK(pin_lock);
static DEFINE_RWLOCK(name_lock);
static int names, pins;

static noinline int name_count(void)
{
	int n = 0;

	if (read_trylock(&name_lock)) {
		n = names;
		read_unlock(&name_lock);
	}
	return n;
}

static noinline bool pin_named(void)
{
	return name_count() > 0;
}

static void pin_set(void)
{
	raw_spin_lock(&pin_lock);
	if (pin_named())
		pins++;
	raw_spin_unlock(&pin_lock);
}
FIXTURE(pin_set);
