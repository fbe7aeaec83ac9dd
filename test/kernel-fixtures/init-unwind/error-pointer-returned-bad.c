// SPDX-License-Identifier: GPL-2.0-only
/*
 * As goto-skips-bad.c, in a function that returns a pointer or an error.
 * Confirmed by KASAN (the next registration walks the list of devices).
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/slab.h>
#include "../fixture.h"

struct ledger {
	struct miscdevice misc;
	void *pages;
};

static const struct file_operations ledger_fops = {
	.owner = THIS_MODULE,
};

static noinline struct ledger *ledger_new(const char *name, size_t size)
{
	struct ledger *l = kzalloc(sizeof(*l), GFP_KERNEL);
	int err = -ENOMEM;

	if (!l)
		return ERR_PTR(-ENOMEM);
	l->misc.minor = MISC_DYNAMIC_MINOR;
	l->misc.name = name;
	l->misc.fops = &ledger_fops;
	err = misc_register(&l->misc); /* EXPECT-MISS: init-unwind */
	if (err)
		goto free;
	err = -ENOMEM;
	l->pages = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!l->pages)
		goto deregister;
	err = -EINVAL;
	if (!size)
		goto free;
	return l;

deregister:
	misc_deregister(&l->misc);
free:
	kfree(l->pages);
	kfree(l);
	return ERR_PTR(err);
}

static void ledger_start(void)
{
	struct ledger *l = ledger_new("klint_ledger", 0);

	if (IS_ERR(l))
		l = ledger_new("klint_ledger2", 0);
}
FIXTURE(ledger_start);
