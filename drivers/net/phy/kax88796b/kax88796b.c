// SPDX-License-Identifier: GPL-2.0-only
/*
 * kax88796b: the PHYs of ASIX' USB and bus Ethernet chips.  All is clause 22 and
 * phylib's generic code, but for what these chips do otherwise: their reset bit
 * wants an edge, and the AX88772A's idea of its link partner cannot be trusted.
 */
#include <linux/mii.h>
#include <linux/module.h>
#include <linux/phy.h>

#define AX88772A_ID	0x003b1861
#define AX88772C_ID	0x003b1881
#define AX88796B_ID	0x003b1841	/* any revision */

/*
 * A reset bit that was written last time does nothing when it is written again:
 * take it back first.  The zero lasts only until the reset, which loads the
 * register's default.
 */
static int ax_soft_reset(struct phy_device *phydev)
{
	int ret = phy_write(phydev, MII_BMCR, 0);

	if (ret < 0)
		return ret;
	return genphy_soft_reset(phydev);
}

/* What the PHY has set itself to, whatever it says of the partner. */
static int ax88772a_read_own_mode(struct phy_device *phydev)
{
	int bmcr = phy_read(phydev, MII_BMCR);

	if (bmcr < 0)
		return bmcr;
	phydev->speed = bmcr & BMCR_SPEED100 ? SPEED_100 : SPEED_10;
	phydev->duplex = bmcr & BMCR_FULLDPLX ? DUPLEX_FULL : DUPLEX_HALF;
	return 0;
}

/*
 * With some old switches the partner's abilities read as 0 although the link is
 * up.  Then nothing is resolved, and the PHY's own mode must stand.
 */
static int ax88772a_read_status(struct phy_device *phydev)
{
	int ret = genphy_update_link(phydev);

	if (ret || !phydev->link)
		return ret;
	ret = ax88772a_read_own_mode(phydev);
	if (ret)
		return ret;
	ret = genphy_read_lpa(phydev);
	if (ret < 0)
		return ret;
	if (phydev->autoneg == AUTONEG_ENABLE && phydev->autoneg_complete)
		phy_resolve_aneg_linkmode(phydev);
	return 0;
}

/*
 * The abilities of a partner that is gone stay in the register, and would be
 * taken for those of the next one.  Only a reset clears them, and it undoes the
 * advertisement, so negotiation is set up anew.  The caller holds phydev->lock.
 */
static void ax88772a_link_change_notify(struct phy_device *phydev)
{
	int ret;

	if (phydev->state != PHY_NOLINK)
		return;
	ret = phy_init_hw(phydev);
	if (!ret)
		ret = _phy_start_aneg(phydev);
	if (ret < 0)
		phydev_err(phydev, "no reset after the loss of the link: error %d\n", ret);
}

static struct phy_driver ax_drivers[] = {
	{
		PHY_ID_MATCH_EXACT(AX88772A_ID),
		.name = "ASIX AX88772A (klint)",
		.flags = PHY_IS_INTERNAL,
		.soft_reset = ax_soft_reset,
		.read_status = ax88772a_read_status,
		.link_change_notify = ax88772a_link_change_notify,
		.suspend = genphy_suspend,
		.resume = genphy_resume,
	}, {
		PHY_ID_MATCH_EXACT(AX88772C_ID),
		.name = "ASIX AX88772C (klint)",
		.flags = PHY_IS_INTERNAL,
		.soft_reset = ax_soft_reset,
		.suspend = genphy_suspend,
		.resume = genphy_resume,
	}, {
		PHY_ID_MATCH_MODEL(AX88796B_ID),
		.name = "ASIX AX88796B (klint)",
		.soft_reset = ax_soft_reset,
	},
};
module_phy_driver(ax_drivers);

static const struct mdio_device_id __maybe_unused ax_ids[] = {
	{ PHY_ID_MATCH_EXACT(AX88772A_ID) },
	{ PHY_ID_MATCH_EXACT(AX88772C_ID) },
	{ PHY_ID_MATCH_MODEL(AX88796B_ID) },
	{ }
};
MODULE_DEVICE_TABLE(mdio, ax_ids);

MODULE_DESCRIPTION("ASIX PHY driver, klint's reference driver for phylib");
MODULE_LICENSE("GPL");
