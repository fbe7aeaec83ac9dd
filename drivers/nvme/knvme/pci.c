// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coming and going of a controller.  Each step has a counterpart that undoes it;
 * they are called in the opposite order, by ->remove and where ->probe fails.
 */
#include <linux/cpumask.h>
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "knvme.h"

static DEFINE_IDA(knvme_instances);

static struct knvme_ctrl *alloc_ctrl(struct pci_dev *pdev)
{
	struct knvme_ctrl *ctrl = kzalloc(sizeof(*ctrl), GFP_KERNEL);

	if (!ctrl)
		return ERR_PTR(-ENOMEM);
	ctrl->pdev = pdev;
	ctrl->dev = &pdev->dev;
	ctrl->state = KNVME_NEW;
	spin_lock_init(&ctrl->state_lock);
	mutex_init(&ctrl->ns_lock);
	INIT_LIST_HEAD(&ctrl->namespaces);
	INIT_WORK(&ctrl->reset_work, knvme_reset_work);
	INIT_WORK(&ctrl->scan_work, knvme_scan_work);
	ctrl->instance = ida_alloc(&knvme_instances, GFP_KERNEL);
	if (ctrl->instance < 0) {
		int ret = ctrl->instance;

		kfree(ctrl);
		return ERR_PTR(ret);
	}
	return ctrl;
}

static void free_ctrl(struct knvme_ctrl *ctrl)
{
	ida_free(&knvme_instances, ctrl->instance);
	mutex_destroy(&ctrl->ns_lock);
	kfree(ctrl);
}

static int read_cap(struct knvme_ctrl *ctrl)
{
	ctrl->cap = lo_hi_readq(ctrl->bar + NVME_REG_CAP);
	if (ctrl->cap == U64_MAX)
		return -ENODEV;
	if (!(NVME_CAP_CSS(ctrl->cap) & NVME_CAP_CSS_NVM) || NVME_CAP_MPSMIN(ctrl->cap)) {
		dev_err(ctrl->dev, "no NVM command set, or no pages of %u bytes\n",
			KNVME_PAGE_SIZE);
		return -EOPNOTSUPP;
	}
	/* Before, there was no list of namespaces. */
	if (readl(ctrl->bar + NVME_REG_VS) < NVME_VS(1, 1, 0)) {
		dev_err(ctrl->dev, "older than version 1.1\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int set_dma_limits(struct knvme_ctrl *ctrl)
{
	int ret = dma_set_mask_and_coherent(ctrl->dev, DMA_BIT_MASK(64));

	if (ret)
		ret = dma_set_mask_and_coherent(ctrl->dev, DMA_BIT_MASK(32));
	/* A bounce buffer begins where in a page the data does: PRPs rely on it. */
	if (!ret)
		dma_set_min_align_mask(ctrl->dev, KNVME_PAGE_SIZE - 1);
	return ret;
}

static int enable_pci(struct knvme_ctrl *ctrl)
{
	struct pci_dev *pdev = ctrl->pdev;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	ret = pci_request_mem_regions(pdev, "knvme");
	if (ret)
		goto disable;
	ret = -ENODEV;
	ctrl->bar_len = pci_resource_len(pdev, 0);
	if (ctrl->bar_len < NVME_REG_DBS + SZ_4K)
		goto release;
	ret = -ENOMEM;
	ctrl->bar = ioremap(pci_resource_start(pdev, 0), ctrl->bar_len);
	if (!ctrl->bar)
		goto release;
	ret = set_dma_limits(ctrl);
	if (!ret)
		ret = read_cap(ctrl);
	if (!ret)
		return 0;
	iounmap(ctrl->bar);
release:
	pci_release_mem_regions(pdev);
disable:
	pci_disable_device(pdev);
	return ret;
}

static void disable_pci(struct knvme_ctrl *ctrl)
{
	iounmap(ctrl->bar);
	pci_release_mem_regions(ctrl->pdev);
	pci_disable_device(ctrl->pdev);
}

/* More than these would find no doorbell, interrupt or user. */
static unsigned int count_queues(struct knvme_ctrl *ctrl)
{
	u32 pair = 8 << NVME_CAP_STRIDE(ctrl->cap);
	int vectors = pci_msix_vec_count(ctrl->pdev);
	unsigned int n;

	if (vectors < 2)
		return 0;
	n = min_t(u64, num_possible_cpus(), (ctrl->bar_len - NVME_REG_DBS) / pair - 1);
	n = min(n, (unsigned int)vectors - 1);
	return knvme_max_io_queues ? min(n, knvme_max_io_queues) : n;
}

/* Everything that admin commands need, without interrupts. */
static int start_admin(struct knvme_ctrl *ctrl)
{
	int ret;

	ctrl->max_io = count_queues(ctrl);
	if (!ctrl->max_io) {
		dev_err(ctrl->dev, "needs MSI-X with two vectors at least\n");
		return -EOPNOTSUPP;
	}
	ctrl->queues = kcalloc(ctrl->max_io + 1, sizeof(*ctrl->queues), GFP_KERNEL);
	if (!ctrl->queues)
		return -ENOMEM;
	ret = knvme_queue_alloc(ctrl, 0, KNVME_ADMIN_DEPTH);
	if (ret)
		goto free_queues;
	ret = knvme_admin_init(ctrl);
	if (ret)
		goto free_queue;
	ret = knvme_enable(ctrl);
	if (!ret)
		return 0;
	knvme_stop(ctrl, false);
	knvme_admin_exit(ctrl);
free_queue:
	knvme_queue_free(knvme_admin_queue(ctrl));
free_queues:
	kfree(ctrl->queues);
	return ret;
}

/* The controller has been stopped. */
static void free_admin(struct knvme_ctrl *ctrl)
{
	knvme_admin_exit(ctrl);
	knvme_queue_free(knvme_admin_queue(ctrl));
	kfree(ctrl->queues);
}

static int alloc_vectors(struct knvme_ctrl *ctrl)
{
	/* The admin queue's vector is not bound to a CPU's fate. */
	struct irq_affinity affinity = { .pre_vectors = 1 };
	unsigned int n = ctrl->max_io;
	int ret;

	ret = knvme_set_queue_count(ctrl, &n);
	if (ret)
		return ret;
	return pci_alloc_irq_vectors_affinity(ctrl->pdev, 2, n + 1,
					      PCI_IRQ_MSIX | PCI_IRQ_AFFINITY, &affinity);
}

static void free_io_queues(struct knvme_ctrl *ctrl, unsigned int n)
{
	for (; n; n--)
		knvme_queue_free(&ctrl->queues[n]);
}

static int alloc_io_queues(struct knvme_ctrl *ctrl, unsigned int n)
{
	unsigned int i;
	int ret;

	ctrl->io_depth = min_t(u32, knvme_queue_depth, NVME_CAP_MQES(ctrl->cap) + 1);
	for (i = 1; i <= n; i++) {
		ret = knvme_queue_alloc(ctrl, i, ctrl->io_depth);
		if (ret) {
			free_io_queues(ctrl, i - 1);
			return ret;
		}
	}
	ctrl->nr_io = n;
	return 0;
}

/* The admin queue has one too. */
static void free_irqs(struct knvme_ctrl *ctrl, unsigned int n)
{
	while (n--)
		knvme_queue_free_irq(&ctrl->queues[n]);
}

static int request_irqs(struct knvme_ctrl *ctrl)
{
	unsigned int i;
	int ret;

	for (i = 0; i <= ctrl->nr_io; i++) {
		ret = knvme_queue_request_irq(&ctrl->queues[i]);
		if (ret) {
			free_irqs(ctrl, i);
			return ret;
		}
	}
	return 0;
}

/* All that handlers use is there before the first is requested. */
static int setup_io(struct knvme_ctrl *ctrl)
{
	int ret, vectors;

	vectors = alloc_vectors(ctrl);
	if (vectors < 0)
		return vectors;
	ret = alloc_io_queues(ctrl, vectors - 1);
	if (ret)
		goto free_vectors;
	ret = knvme_prp_create_pools(ctrl);
	if (ret)
		goto free_queues;
	ret = knvme_io_init(ctrl);
	if (ret)
		goto destroy_pools;
	ret = request_irqs(ctrl);
	if (!ret)
		return 0;
	knvme_io_exit(ctrl);
destroy_pools:
	knvme_prp_destroy_pools(ctrl);
free_queues:
	free_io_queues(ctrl, ctrl->nr_io);
	ctrl->nr_io = 0;
free_vectors:
	pci_free_irq_vectors(ctrl->pdev);
	return ret;
}

/* The controller has been stopped. */
static void teardown_io(struct knvme_ctrl *ctrl)
{
	free_irqs(ctrl, ctrl->nr_io + 1);
	knvme_io_exit(ctrl);
	knvme_prp_destroy_pools(ctrl);
	free_io_queues(ctrl, ctrl->nr_io);
	pci_free_irq_vectors(ctrl->pdev);
}

static int start(struct knvme_ctrl *ctrl)
{
	int ret;

	ret = start_admin(ctrl);
	if (ret)
		return ret;
	ret = setup_io(ctrl);
	if (ret)
		goto stop_admin;
	ret = knvme_create_io_queues(ctrl);
	if (!ret)
		return 0;
	knvme_stop(ctrl, false);
	teardown_io(ctrl);
	free_admin(ctrl);
	return ret;

stop_admin:
	knvme_stop(ctrl, false);
	free_admin(ctrl);
	return ret;
}

static int knvme_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct knvme_ctrl *ctrl;
	int ret;

	ctrl = alloc_ctrl(pdev);
	if (IS_ERR(ctrl))
		return PTR_ERR(ctrl);
	ret = enable_pci(ctrl);
	if (ret)
		goto free_ctrl;
	ret = start(ctrl);
	if (ret)
		goto disable_pci;
	knvme_fault_init(ctrl, pci_name(pdev));
	pci_set_drvdata(pdev, ctrl);
	dev_info(ctrl->dev, "%s: %u I/O queues of %u\n", ctrl->ident.model, ctrl->nr_io,
		 ctrl->io_depth);
	knvme_set_state(ctrl, KNVME_LIVE);
	knvme_queue_scan(ctrl);
	return 0;

disable_pci:
	disable_pci(ctrl);
free_ctrl:
	free_ctrl(ctrl);
	return ret;
}

/*
 * While the disks go, dirty data is written and the reset work may be needed, be
 * it to find that the device has gone.  Behind them nobody can want a reset.
 */
static void knvme_remove(struct pci_dev *pdev)
{
	struct knvme_ctrl *ctrl = pci_get_drvdata(pdev);

	knvme_stop_scanning(ctrl);
	if (knvme_gone(ctrl)) {
		knvme_schedule_reset(ctrl);
		flush_work(&ctrl->reset_work);
	}
	knvme_remove_namespaces(ctrl);
	knvme_fault_exit(ctrl);
	knvme_set_state(ctrl, KNVME_DELETING);
	cancel_work_sync(&ctrl->reset_work);
	knvme_stop(ctrl, true);
	teardown_io(ctrl);
	free_admin(ctrl);
	disable_pci(ctrl);
	free_ctrl(ctrl);
}

static void knvme_shutdown(struct pci_dev *pdev)
{
	knvme_suspend(pci_get_drvdata(pdev));
}

static int knvme_pm_suspend(struct device *dev)
{
	knvme_suspend(dev_get_drvdata(dev));
	return 0;
}

static int knvme_pm_resume(struct device *dev)
{
	knvme_resume(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(knvme_pm_ops, knvme_pm_suspend, knvme_pm_resume);

/* Around a reset of the PCI function. */
static void knvme_reset_prepare(struct pci_dev *pdev)
{
	knvme_suspend(pci_get_drvdata(pdev));
}

static void knvme_reset_done(struct pci_dev *pdev)
{
	knvme_resume(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers knvme_err_handlers = {
	.reset_prepare	= knvme_reset_prepare,
	.reset_done	= knvme_reset_done,
};

static const struct pci_device_id knvme_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_STORAGE_EXPRESS, 0xffffff) },
	{ }
};
MODULE_DEVICE_TABLE(pci, knvme_ids);

struct pci_driver knvme_pci_driver = {
	.name		= "knvme",
	.id_table	= knvme_ids,
	.probe		= knvme_probe,
	.remove		= knvme_remove,
	.shutdown	= knvme_shutdown,
	.err_handler	= &knvme_err_handlers,
	.dev_groups	= knvme_ctrl_groups,
	.driver		= {
		.pm		= pm_sleep_ptr(&knvme_pm_ops),
		.probe_type	= PROBE_PREFER_ASYNCHRONOUS,
	},
};
