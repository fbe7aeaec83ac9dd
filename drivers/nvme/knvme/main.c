// SPDX-License-Identifier: GPL-2.0-only
/*
 * knvme: a driver for NVM Express controllers on PCI Express, written from the
 * specification.  This file holds what belongs to the module and not to one
 * controller.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "knvme.h"

unsigned int knvme_io_timeout = 30;
module_param_named(io_timeout, knvme_io_timeout, uint, 0444);
MODULE_PARM_DESC(io_timeout, "Seconds until a request is aborted, and then the controller reset (30)");

unsigned int knvme_admin_timeout = 60;
module_param_named(admin_timeout, knvme_admin_timeout, uint, 0444);
MODULE_PARM_DESC(admin_timeout, "Seconds that an admin command may take (60)");

unsigned int knvme_queue_depth = 256;
module_param_named(queue_depth, knvme_queue_depth, uint, 0444);
MODULE_PARM_DESC(queue_depth, "Entries of an I/O queue, 2 to 1024 (256)");

unsigned int knvme_max_io_queues;
module_param_named(io_queues, knvme_max_io_queues, uint, 0444);
MODULE_PARM_DESC(io_queues, "At most this many I/O queues, 0: one for each CPU (0)");

/*
 * Resets run here and not on a system workqueue, for memory may be written back
 * to the very disk that needs one.
 */
struct workqueue_struct *knvme_wq;

static int knvme_check_params(void)
{
	if (knvme_queue_depth < 2 || knvme_queue_depth > KNVME_MAX_DEPTH) {
		pr_err("queue_depth=%u is not from 2 to %lu\n", knvme_queue_depth,
		       KNVME_MAX_DEPTH);
		return -EINVAL;
	}
	if (!knvme_io_timeout || !knvme_admin_timeout) {
		pr_err("io_timeout and admin_timeout must not be 0\n");
		return -EINVAL;
	}
	return 0;
}

static int __init knvme_init(void)
{
	int ret;

	ret = knvme_check_params();
	if (ret)
		return ret;
	knvme_wq = alloc_workqueue("knvme", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!knvme_wq)
		return -ENOMEM;
	knvme_fault_module_init();
	ret = pci_register_driver(&knvme_pci_driver);
	if (ret) {
		knvme_fault_module_exit();
		destroy_workqueue(knvme_wq);
	}
	return ret;
}
module_init(knvme_init);

static void __exit knvme_exit(void)
{
	pci_unregister_driver(&knvme_pci_driver);
	knvme_fault_module_exit();
	destroy_workqueue(knvme_wq);
}
module_exit(knvme_exit);

MODULE_DESCRIPTION("NVM Express over PCI, klint's reference driver for PCI and blk-mq");
MODULE_LICENSE("GPL");
