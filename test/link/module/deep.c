// SPDX-License-Identifier: GPL-2.0-only
#include "pair.h"

static void note(struct pair *p, int sum)
{
	p->right = sum;
}

void pair_sum_slowly(struct pair *p, int *sum)
{
	mutex_lock(&p->slow);
	*sum = p->left + p->right;
	note(p, *sum);
	mutex_unlock(&p->slow);
}
