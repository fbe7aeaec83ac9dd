// SPDX-License-Identifier: GPL-2.0-only
/*
 * One unwinding for all error paths asks what it has to undo.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/slab.h>
#include "../fixture.h"

struct ledger {
	struct miscdevice misc;
	void *pages;
	bool registered;
};

static const struct file_operations ledger_fops = {
	.owner = THIS_MODULE,
};

static noinline int ledger_setup(struct ledger *l, const char *name, size_t size)
{
	int err;

	l->misc.minor = MISC_DYNAMIC_MINOR;
	l->misc.name = name;
	l->misc.fops = &ledger_fops;
	err = misc_register(&l->misc);
	if (err)
		goto failed;
	l->registered = true;
	err = -ENOMEM;
	l->pages = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!l->pages)
		goto failed;
	err = -EINVAL;
	if (!size)
		goto failed;
	return 0;

failed:
	if (l->registered)
		misc_deregister(&l->misc);
	kfree(l->pages);
	return err;
}

static noinline void ledger_add(const char *name)
{
	struct ledger *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (l && ledger_setup(l, name, 0))
		kfree(l);
}

static void ledger_start(void)
{
	ledger_add("klint_ledger");
	ledger_add("klint_ledger2");
}
FIXTURE(ledger_start);
