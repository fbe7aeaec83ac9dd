/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KNVME_H
#define KNVME_H

#include <linux/atomic.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/nvme.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dentry;
struct dma_pool;
struct pci_dev;

/* What CC.MPS is set to, whatever the kernel's pages are. */
#define KNVME_PAGE_SHIFT	12
#define KNVME_PAGE_SIZE		((u32)BIT(KNVME_PAGE_SHIFT))

/* A whole page of PRP entries, and so the largest request. */
#define KNVME_LIST_ENTRIES	(KNVME_PAGE_SIZE / sizeof(__le64))
#define KNVME_MAX_BYTES		(KNVME_LIST_ENTRIES * KNVME_PAGE_SIZE)
/* For most requests a short list will do; it also holds the ranges of a discard. */
#define KNVME_SHORT_ENTRIES	32
#define KNVME_SHORT_BYTES	(KNVME_SHORT_ENTRIES * sizeof(__le64))
#define KNVME_MAX_RANGES	(KNVME_SHORT_BYTES / sizeof(struct nvme_dsm_range))

/* A command's id is the tag of its request, and above it a generation. */
#define KNVME_TAG_BITS		10
#define KNVME_MAX_DEPTH		BIT(KNVME_TAG_BITS)

#define KNVME_ADMIN_DEPTH	32

enum knvme_state {
	KNVME_NEW,		/* being probed */
	KNVME_LIVE,
	KNVME_RESETTING,	/* the reset work is queued or running */
	KNVME_DEAD,		/* could not be recovered: all I/O fails */
	KNVME_DELETING,		/* nobody uses it any more */
};

struct knvme_ctrl;

/*
 * A submission queue and its completion queue, with the memory of both.  The
 * memory stays from knvme_queue_alloc() to knvme_queue_free(), over all resets;
 * @live says whether the controller knows of it.
 */
struct knvme_queue {
	struct knvme_ctrl *ctrl;
	u16 qid;		/* 0: admin; also the MSI-X vector */
	u16 depth;

	spinlock_t sq_lock;	/* the submission side */
	struct nvme_command *sqes;
	dma_addr_t sq_dma;
	void __iomem *sq_db;
	u16 sq_tail;
	u16 sq_rung;		/* the tail that the controller has been told of */
	bool live;		/* written under sq_lock */

	spinlock_t cq_lock;	/* the completion side */
	struct nvme_completion *cqes;
	dma_addr_t cq_dma;
	void __iomem *cq_db;
	u16 cq_head;
	u8 cq_phase;
};

/* What the controller said about itself; written under admin_lock. */
struct knvme_ident {
	char model[41];
	char serial[21];
	char firmware[9];
	u32 max_bytes;
	u16 oncs;
	u8 vwc;
	u8 abort_limit;
	bool ns_events;		/* tells when namespaces have changed */
};

struct knvme_faults {
	struct dentry *dir;
	atomic_t drop_doorbell;		/* of I/O queues: this many, from now on */
	atomic_t drop_admin_doorbell;
	atomic_t drop_irq;		/* of I/O queues */
};

struct knvme_ctrl {
	struct pci_dev *pdev;
	struct device *dev;
	void __iomem *bar;
	resource_size_t bar_len;
	int instance;
	u64 cap;

	spinlock_t state_lock;		/* state and no_scan */
	enum knvme_state state;
	bool no_scan;
	struct work_struct reset_work;
	struct work_struct scan_work;

	/*
	 * One synchronous admin command at a time.  Its data is in admin_buf, which
	 * lives as long as the controller may write to it: a command that timed out
	 * has no buffer of its caller's.
	 */
	struct mutex admin_lock;
	void *admin_buf;
	dma_addr_t admin_dma;
	struct completion admin_done;
	bool admin_pending;		/* this and the next two: under cq_lock of queue 0 */
	int admin_status;
	u32 admin_result;
	unsigned long abort_slots;	/* bit set: that abort is under way */

	struct knvme_ident ident;

	struct knvme_queue *queues;	/* [0] is the admin queue */
	unsigned int max_io;		/* I/O queues that there is room for */
	unsigned int nr_io;		/* I/O queues, all of them allocated */
	unsigned int io_depth;

	struct blk_mq_tag_set tag_set;
	struct dma_pool *short_pool;
	struct dma_pool *list_pool;

	struct mutex ns_lock;		/* the list, and ->quiesced; never held over I/O */
	struct list_head namespaces;

	struct knvme_faults faults;
};

struct knvme_ns {
	struct list_head node;
	struct knvme_ctrl *ctrl;
	struct gendisk *disk;
	u32 nsid;
	u8 lba_shift;
	u8 eui64[8];
	u8 nguid[16];
	bool quiesced;			/* under ns_lock */
};

/* Bits of knvme_cmd.flags. */
enum {
	/*
	 * On the ring.  Whoever clears it ends the request: the interrupt handler,
	 * the timeout handler that looked by itself, or a reset.
	 */
	KNVME_CMD_INFLIGHT,
	KNVME_CMD_ABORTING,
};

/* Lies behind each request. */
struct knvme_cmd {
	struct list_head node;		/* between the ring and its completion */
	struct knvme_queue *queue;
	unsigned long flags;
	u16 cid;
	u16 status;
	u8 generation;
	u8 retries;

	/* The PRPs are also the record of what has been mapped. */
	u16 nr_prps;
	u16 nr_runs;
	bool list_is_short;
	__le64 *list;
	dma_addr_t list_dma;
	u64 prp1;
	u64 prp2;
};

static inline struct knvme_queue *knvme_admin_queue(struct knvme_ctrl *ctrl)
{
	return &ctrl->queues[0];
}

/* A read of a device that is gone returns all ones. */
static inline bool knvme_gone(struct knvme_ctrl *ctrl)
{
	return readl(ctrl->bar + NVME_REG_CSTS) == U32_MAX;
}

static inline enum knvme_state knvme_get_state(struct knvme_ctrl *ctrl)
{
	return READ_ONCE(ctrl->state);
}

/* main.c: parameters, and what all controllers share */
extern unsigned int knvme_io_timeout;
extern unsigned int knvme_admin_timeout;
extern unsigned int knvme_queue_depth;
extern unsigned int knvme_max_io_queues;
extern struct workqueue_struct *knvme_wq;

/* pci.c */
extern struct pci_driver knvme_pci_driver;

/* queue.c */
int knvme_queue_alloc(struct knvme_ctrl *ctrl, unsigned int qid, unsigned int depth);
void knvme_queue_free(struct knvme_queue *q);
/* Empty the queue, which the controller does not know; it is not live yet. */
void knvme_queue_reset(struct knvme_queue *q);
void knvme_queue_set_live(struct knvme_queue *q, bool live);
/* Write the doorbell if the controller has not been told of all entries. */
void knvme_queue_ring(struct knvme_queue *q);
void knvme_queue_push(struct knvme_queue *q, const struct nvme_command *c);
/* Handle what the controller has completed; returns how much. */
unsigned int knvme_queue_poll(struct knvme_queue *q);
int knvme_queue_request_irq(struct knvme_queue *q);
void knvme_queue_free_irq(struct knvme_queue *q);

/* admin.c */
int knvme_admin_init(struct knvme_ctrl *ctrl);
void knvme_admin_exit(struct knvme_ctrl *ctrl);
void knvme_admin_complete(struct knvme_ctrl *ctrl, const struct nvme_completion *cqe);
/* The controller has been disabled: nothing that was under way will complete. */
void knvme_admin_cancel(struct knvme_ctrl *ctrl);
/* With admin_lock held, the data is then in admin_buf. */
int knvme_identify(struct knvme_ctrl *ctrl, u32 nsid, u8 cns);
int knvme_identify_ctrl(struct knvme_ctrl *ctrl);
int knvme_set_queue_count(struct knvme_ctrl *ctrl, unsigned int *count);
int knvme_create_queue(struct knvme_queue *q);
void knvme_delete_queue(struct knvme_queue *q);
int knvme_enable_events(struct knvme_ctrl *ctrl);
/* Read the list of namespaces that have changed, or no further event will come. */
void knvme_clear_ns_event(struct knvme_ctrl *ctrl);
bool knvme_send_abort(struct knvme_queue *q, u16 cid);

/* prp.c */
int knvme_prp_create_pools(struct knvme_ctrl *ctrl);
void knvme_prp_destroy_pools(struct knvme_ctrl *ctrl);
blk_status_t knvme_map(struct knvme_ctrl *ctrl, struct request *rq, struct nvme_command *c);
blk_status_t knvme_map_ranges(struct knvme_ns *ns, struct request *rq, struct nvme_command *c);
void knvme_unmap(struct knvme_ctrl *ctrl, struct request *rq);

/* io.c */
int knvme_io_init(struct knvme_ctrl *ctrl);
void knvme_io_exit(struct knvme_ctrl *ctrl);
/* Claims the request of @cqe, or returns NULL. */
struct knvme_cmd *knvme_io_claim(struct knvme_queue *q, const struct nvme_completion *cqe);
void knvme_io_cancel_all(struct knvme_ctrl *ctrl);

/* ns.c */
void knvme_scan_work(struct work_struct *work);
void knvme_queue_scan(struct knvme_ctrl *ctrl);
void knvme_stop_scanning(struct knvme_ctrl *ctrl);
void knvme_allow_scanning(struct knvme_ctrl *ctrl);
void knvme_quiesce(struct knvme_ctrl *ctrl);
void knvme_unquiesce(struct knvme_ctrl *ctrl);
void knvme_mark_dead(struct knvme_ctrl *ctrl);
void knvme_remove_namespaces(struct knvme_ctrl *ctrl);

/* sysfs.c */
extern const struct attribute_group *knvme_ctrl_groups[];
extern const struct attribute_group *knvme_ns_groups[];

/* reset.c */
/* Registers and admin queue only; interrupts are not needed. */
int knvme_enable(struct knvme_ctrl *ctrl);
int knvme_create_io_queues(struct knvme_ctrl *ctrl);
/* Nothing is completed or written to memory any more when this returns. */
void knvme_stop(struct knvme_ctrl *ctrl, bool orderly);
void knvme_reset_work(struct work_struct *work);
int knvme_schedule_reset(struct knvme_ctrl *ctrl);
void knvme_suspend(struct knvme_ctrl *ctrl);
void knvme_resume(struct knvme_ctrl *ctrl);
/* Enabled, and says that it is well. */
bool knvme_is_ready(struct knvme_ctrl *ctrl);
void knvme_set_state(struct knvme_ctrl *ctrl, enum knvme_state state);

/* fault.c */
void knvme_fault_init(struct knvme_ctrl *ctrl, const char *name);
void knvme_fault_exit(struct knvme_ctrl *ctrl);
void knvme_fault_module_init(void);
void knvme_fault_module_exit(void);

/* True once for each time that was asked for. */
static inline bool knvme_fault(atomic_t *count)
{
	return unlikely(atomic_read(count)) && atomic_dec_if_positive(count) >= 0;
}

#endif
