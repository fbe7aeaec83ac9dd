/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupt line without hardware, so that handlers registered with
 * request_irq() really run: fixture_irq_raise() delivers it from the hard
 * interrupt context of an irq_work.
 */
#ifndef KLINT_FIXTURE_IRQ_H
#define KLINT_FIXTURE_IRQ_H

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdesc.h>

static int fixture_irq;

static inline void fixture_irq_deliver(struct irq_work *work)
{
	generic_handle_irq(fixture_irq);
}

static struct irq_work fixture_irq_line = IRQ_WORK_INIT_HARD(fixture_irq_deliver);

static inline int fixture_irq_create(void)
{
	/* Owned by nobody: an owner cannot be unloaded while it has a handler. */
	fixture_irq = __irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE, NULL, NULL);
	if (fixture_irq < 0)
		return fixture_irq;
	irq_set_chip_and_handler(fixture_irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(fixture_irq, IRQ_NOREQUEST, 0);
	return 0;
}

static inline void fixture_irq_raise(void)
{
	irq_work_queue(&fixture_irq_line);
}

static inline void fixture_irq_destroy(void)
{
	irq_work_sync(&fixture_irq_line);
	if (fixture_irq > 0)
		irq_free_desc(fixture_irq);
}

#endif
