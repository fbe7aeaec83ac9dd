// SPDX-License-Identifier: GPL-2.0-only
#include "pair.h"

static void note(struct pair *p, int sum)
{
	if (sum < 0)
		p->left = 0;
}

void pair_swap(struct pair *p)
{
	int sum;

	pair_sum_slowly(p, &sum);
	note(p, sum);
}

/* Registered by top.c: a timer. */
void pair_tick(struct timer_list *t)
{
	struct pair *p = container_of(t, struct pair, timer);

	pair_swap(p);
}
