/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSIMMDIO_H
#define KSIMMDIO_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dentry;
struct mii_bus;
struct net_device;
struct seq_file;

#define KSIM_NR_REGS	32
#define KSIM_NR_WRITES	32

struct ksim_write {
	u16 reg;
	u16 value;
};

/*
 * A simulated clause 22 PHY with the end of its cable.  A reset takes a while, by
 * a timer, and so does negotiation, by a work.
 */
struct ksim_phy {
	struct list_head node;		/* in ksim_bus.phys */
	int addr;
	unsigned int quirks;
	struct net_device *net;
	struct dentry *dir;

	struct mutex cable_lock;	/* one hand at the cable at a time */
	struct timer_list reset_timer;
	struct delayed_work aneg;
	struct completion settled;	/* the link is up */

	spinlock_t lock;		/* all below; taken by the timer, too */
	u32 id;
	u16 regs[KSIM_NR_REGS];
	u16 partner;			/* what the other end advertises */
	bool plugged;
	bool dropped;			/* since the status was read last */
	bool reset_bit;			/* as it was written last */
	u32 resets;
	u32 anegs;
	u32 nr_writes;
	struct ksim_write writes[KSIM_NR_WRITES];	/* a ring: the last nr_writes */
};

struct ksim_bus {
	struct mii_bus *mii;
	struct list_head phys;		/* does not change while mii is registered */
	struct dentry *dir;
};

/* What a PHY does otherwise than the standard says; goes by its id. */
#define KSIM_EDGE_RESET	BIT(0)		/* the reset bit must be written as 0 between */
#define KSIM_STALE_LPA	BIT(1)		/* nothing but a reset forgets the partner */

struct ksim_phy *ksim_phy_create(int addr, u32 id);
/* Nobody may call the functions below any more. */
void ksim_phy_destroy(struct ksim_phy *phy);
u16 ksim_phy_read(struct ksim_phy *phy, int reg);
void ksim_phy_write(struct ksim_phy *phy, int reg, u16 value);
/* Set a register as the hardware does, without what a write of the bus entails. */
void ksim_phy_poke(struct ksim_phy *phy, int reg, u16 value);
void ksim_phy_plug(struct ksim_phy *phy, bool plugged);
void ksim_phy_set_partner(struct ksim_phy *phy, u16 abilities);
/* Wait up to five seconds for the link; 0, -ETIMEDOUT or -ERESTARTSYS. */
int ksim_phy_wait(struct ksim_phy *phy);
void ksim_phy_show_regs(struct ksim_phy *phy, struct seq_file *s);
void ksim_phy_show_writes(struct ksim_phy *phy, struct seq_file *s);

int ksim_net_create(struct ksim_bus *bus, struct ksim_phy *phy);
void ksim_net_destroy(struct ksim_phy *phy);

void ksim_debugfs_create(struct ksim_bus *bus);
void ksim_debugfs_destroy(struct ksim_bus *bus);

#endif
