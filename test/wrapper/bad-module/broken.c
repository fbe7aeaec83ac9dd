// SPDX-License-Identifier: GPL-2.0-only
/* A file that does not compile. */
#include <linux/module.h>

int broken(void)
{
	int unused;

	return undeclared + 1;
}
MODULE_LICENSE("GPL");
