// SPDX-License-Identifier: MIT
#include <linux/mutex.h>
#include "klint_pair.h"

static DEFINE_MUTEX(klint_mutex);
static int klint_count;

int klint_deep(void)
{
	mutex_lock(&klint_mutex);
	klint_count++;
	mutex_unlock(&klint_mutex);
	return klint_count;
}
