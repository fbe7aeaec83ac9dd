/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PAIR_H
#define PAIR_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

struct pair {
	spinlock_t lock;
	struct mutex slow;
	struct timer_list timer;
	int left, right;
};

void pair_swap(struct pair *p);
void pair_sum_slowly(struct pair *p, int *sum);
void pair_tick(struct timer_list *t);

#endif
