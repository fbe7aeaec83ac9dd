// SPDX-License-Identifier: GPL-2.0-only
/* A file of which the compiler warns. */
#include <linux/kernel.h>
#include "twofile.h"

int second(int x)
{
	int unused;

	return x;
}
