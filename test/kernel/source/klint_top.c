// SPDX-License-Identifier: MIT
#include <linux/spinlock.h>
#include "klint_pair.h"

static DEFINE_SPINLOCK(klint_lock);

int klint_top(void);
int klint_top(void)
{
	int n;

#ifdef KLINT_NO_LOCK
	return klint_deep();
#endif
	spin_lock(&klint_lock);
	n = klint_deep();
	spin_unlock(&klint_lock);
	return n;
}
