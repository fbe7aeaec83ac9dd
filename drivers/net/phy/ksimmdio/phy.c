// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a simulated PHY.  The bus reads and writes them in process
 * context, the end of a reset comes from a timer, the end of negotiation from a
 * work: so phy->lock is taken with bottom halves off.
 */
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/mii.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ksimmdio.h"

static unsigned int reset_ms = 5;
module_param(reset_ms, uint, 0444);
MODULE_PARM_DESC(reset_ms, "Time that a reset takes, in ms (5)");

static unsigned int aneg_ms = 100;
module_param(aneg_ms, uint, 0444);
MODULE_PARM_DESC(aneg_ms, "Time that negotiation takes, in ms (100)");

#define KSIM_BMCR	(BMCR_ANENABLE | BMCR_SPEED100 | BMCR_FULLDPLX)
#define KSIM_BMSR	(BMSR_100FULL | BMSR_100HALF | BMSR_10FULL | BMSR_10HALF | \
			 BMSR_ANEGCAPABLE | BMSR_ERCAP)
#define KSIM_LINK	(BMSR_LSTATUS | BMSR_ANEGCOMPLETE)

static unsigned int ksim_quirks(u32 id)
{
	if ((id >> 10) != (0x003b1800 >> 10))	/* the maker, ASIX */
		return 0;
	return KSIM_EDGE_RESET | (id == 0x003b1861 ? KSIM_STALE_LPA : 0);
}

static void ksim_load_defaults(struct ksim_phy *phy)
{
	lockdep_assert_held(&phy->lock);
	memset(phy->regs, 0, sizeof(phy->regs));
	phy->regs[MII_BMCR] = KSIM_BMCR;
	phy->regs[MII_BMSR] = KSIM_BMSR;
	phy->regs[MII_PHYSID1] = phy->id >> 16;
	phy->regs[MII_PHYSID2] = phy->id & 0xffff;
	phy->regs[MII_ADVERTISE] = ADVERTISE_ALL | ADVERTISE_CSMA;
}

static void ksim_link_down(struct ksim_phy *phy)
{
	lockdep_assert_held(&phy->lock);
	if (phy->regs[MII_BMSR] & BMSR_LSTATUS)
		phy->dropped = true;
	phy->regs[MII_BMSR] &= ~KSIM_LINK;
	if (!(phy->quirks & KSIM_STALE_LPA))
		phy->regs[MII_LPA] = 0;
	reinit_completion(&phy->settled);
}

static bool ksim_may_link(const struct ksim_phy *phy)
{
	return phy->plugged &&
	       !(phy->regs[MII_BMCR] & (BMCR_RESET | BMCR_PDOWN | BMCR_ISOLATE));
}

static void ksim_start_aneg(struct ksim_phy *phy)
{
	lockdep_assert_held(&phy->lock);
	ksim_link_down(phy);
	phy->anegs++;
	if (ksim_may_link(phy))
		mod_delayed_work(system_wq, &phy->aneg, msecs_to_jiffies(aneg_ms));
}

/* Negotiation ends; without it, too, a link takes its time. */
static void ksim_aneg_done(struct work_struct *work)
{
	struct ksim_phy *phy = container_of(to_delayed_work(work), struct ksim_phy, aneg);

	spin_lock_bh(&phy->lock);
	if (!ksim_may_link(phy)) {
		spin_unlock_bh(&phy->lock);
		return;
	}
	phy->regs[MII_BMSR] |= BMSR_LSTATUS;
	if (phy->regs[MII_BMCR] & BMCR_ANENABLE) {
		phy->regs[MII_BMSR] |= BMSR_ANEGCOMPLETE;
		/* Empty it is after a reset, and else whenever the link goes. */
		if (!phy->regs[MII_LPA])
			phy->regs[MII_LPA] = phy->partner;
	}
	complete_all(&phy->settled);
	spin_unlock_bh(&phy->lock);
}

static void ksim_reset_done(struct timer_list *timer)
{
	struct ksim_phy *phy = from_timer(phy, timer, reset_timer);

	spin_lock(&phy->lock);
	ksim_load_defaults(phy);
	ksim_start_aneg(phy);
	spin_unlock(&phy->lock);
}

static void ksim_start_reset(struct ksim_phy *phy)
{
	lockdep_assert_held(&phy->lock);
	ksim_link_down(phy);
	phy->resets++;
	phy->regs[MII_BMCR] |= BMCR_RESET;
	mod_timer(&phy->reset_timer, jiffies + msecs_to_jiffies(reset_ms));
}

static void ksim_write_bmcr(struct ksim_phy *phy, u16 value)
{
	bool again = phy->reset_bit;

	lockdep_assert_held(&phy->lock);
	phy->reset_bit = value & BMCR_RESET;
	if (value & BMCR_RESET) {
		if (!again || !(phy->quirks & KSIM_EDGE_RESET))
			ksim_start_reset(phy);
		return;
	}
	phy->regs[MII_BMCR] = value & ~BMCR_ANRESTART;
	if (value & (BMCR_PDOWN | BMCR_ISOLATE))
		ksim_link_down(phy);
	else if (value & BMCR_ANRESTART || !(value & BMCR_ANENABLE))
		ksim_start_aneg(phy);
}

void ksim_phy_write(struct ksim_phy *phy, int reg, u16 value)
{
	struct ksim_write *write;

	spin_lock_bh(&phy->lock);
	write = &phy->writes[phy->nr_writes++ % KSIM_NR_WRITES];
	write->reg = reg;
	write->value = value;
	/* A PHY that is being reset does not listen. */
	if (phy->regs[MII_BMCR] & BMCR_RESET)
		goto out;
	switch (reg) {
	case MII_BMCR:
		ksim_write_bmcr(phy, value);
		break;
	case MII_BMSR:
	case MII_PHYSID1:
	case MII_PHYSID2:
	case MII_LPA:
		break;
	default:
		phy->regs[reg] = value;
	}
out:
	spin_unlock_bh(&phy->lock);
}

u16 ksim_phy_read(struct ksim_phy *phy, int reg)
{
	u16 value;

	spin_lock_bh(&phy->lock);
	value = phy->regs[reg];
	/* That the link was lost must be seen once, although it is back. */
	if (reg == MII_BMSR && phy->dropped) {
		value &= ~BMSR_LSTATUS;
		phy->dropped = false;
	}
	spin_unlock_bh(&phy->lock);
	return value;
}

void ksim_phy_poke(struct ksim_phy *phy, int reg, u16 value)
{
	spin_lock_bh(&phy->lock);
	phy->regs[reg] = value;
	spin_unlock_bh(&phy->lock);
}

void ksim_phy_plug(struct ksim_phy *phy, bool plugged)
{
	mutex_lock(&phy->cable_lock);
	/* What has begun with the old partner must not end with the new one. */
	cancel_delayed_work_sync(&phy->aneg);
	spin_lock_bh(&phy->lock);
	phy->plugged = plugged;
	if (plugged)
		ksim_start_aneg(phy);
	else
		ksim_link_down(phy);
	spin_unlock_bh(&phy->lock);
	mutex_unlock(&phy->cable_lock);
}

void ksim_phy_set_partner(struct ksim_phy *phy, u16 abilities)
{
	mutex_lock(&phy->cable_lock);
	spin_lock_bh(&phy->lock);
	phy->partner = abilities;
	spin_unlock_bh(&phy->lock);
	mutex_unlock(&phy->cable_lock);
}

int ksim_phy_wait(struct ksim_phy *phy)
{
	long left = wait_for_completion_interruptible_timeout(&phy->settled, 5 * HZ);

	if (left < 0)
		return left;
	return left ? 0 : -ETIMEDOUT;
}

void ksim_phy_show_regs(struct ksim_phy *phy, struct seq_file *s)
{
	int reg;

	spin_lock_bh(&phy->lock);
	for (reg = 0; reg < KSIM_NR_REGS; reg++)
		seq_printf(s, "%02x %04x\n", reg, phy->regs[reg]);
	spin_unlock_bh(&phy->lock);
}

void ksim_phy_show_writes(struct ksim_phy *phy, struct seq_file *s)
{
	u32 i, first;

	spin_lock_bh(&phy->lock);
	first = phy->nr_writes > KSIM_NR_WRITES ? phy->nr_writes - KSIM_NR_WRITES : 0;
	for (i = first; i != phy->nr_writes; i++) {
		const struct ksim_write *write = &phy->writes[i % KSIM_NR_WRITES];

		seq_printf(s, "%02x %04x\n", write->reg, write->value);
	}
	spin_unlock_bh(&phy->lock);
}

struct ksim_phy *ksim_phy_create(int addr, u32 id)
{
	struct ksim_phy *phy = kzalloc(sizeof(*phy), GFP_KERNEL);

	if (!phy)
		return NULL;
	INIT_LIST_HEAD(&phy->node);
	mutex_init(&phy->cable_lock);
	spin_lock_init(&phy->lock);
	timer_setup(&phy->reset_timer, ksim_reset_done, 0);
	INIT_DELAYED_WORK(&phy->aneg, ksim_aneg_done);
	init_completion(&phy->settled);
	phy->addr = addr;
	phy->id = id;
	phy->quirks = ksim_quirks(id);
	phy->partner = LPA_100FULL | LPA_100HALF | LPA_10FULL | LPA_10HALF | LPA_SLCT | LPA_LPACK;
	spin_lock_bh(&phy->lock);
	ksim_load_defaults(phy);
	spin_unlock_bh(&phy->lock);
	ksim_phy_plug(phy, true);
	return phy;
}

void ksim_phy_destroy(struct ksim_phy *phy)
{
	/* In this order: the timer's function queues the work. */
	timer_delete_sync(&phy->reset_timer);
	cancel_delayed_work_sync(&phy->aneg);
	mutex_destroy(&phy->cable_lock);
	kfree(phy);
}
