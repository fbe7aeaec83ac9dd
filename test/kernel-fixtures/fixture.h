/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes a fixture a module.  FIXTURE(start) calls start() once when the
 * module is loaded, so that a kernel with the checker that the fixture's head
 * names can confirm it; FIXTURE_STOP(start, stop) also calls stop() when it is
 * unloaded.  Nothing here takes a lock or sleeps.
 */
#ifndef KLINT_FIXTURE_H
#define KLINT_FIXTURE_H

#include <linux/init.h>
#include <linux/module.h>

#define FIXTURE_STOP(start_, stop_)		\
static int __init fixture_init(void)		\
{						\
	start_();				\
	return 0;				\
}						\
module_init(fixture_init);			\
						\
static void __exit fixture_exit(void)		\
{						\
	stop_();				\
}						\
module_exit(fixture_exit);			\
						\
MODULE_DESCRIPTION("klint fixture");		\
MODULE_LICENSE("GPL")

static inline void fixture_nothing(void)
{
}

#define FIXTURE(start_) FIXTURE_STOP(start_, fixture_nothing)

#endif
