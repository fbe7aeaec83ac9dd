// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network device for each simulated PHY: phylib works for somebody, and starts
 * a PHY when its device is opened.  It sends nothing anywhere.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/phy.h>

#include "ksimmdio.h"

struct ksim_net {
	struct phy_device *phydev;	/* bound while the device is open */
};

static void ksim_net_adjust_link(struct net_device *net)
{
	phy_print_status(net->phydev);
}

static int ksim_net_open(struct net_device *net)
{
	struct ksim_net *priv = netdev_priv(net);
	int ret;

	ret = phy_connect_direct(net, priv->phydev, ksim_net_adjust_link,
				 PHY_INTERFACE_MODE_MII);
	if (ret)
		return ret;
	phy_start(net->phydev);
	netif_start_queue(net);
	return 0;
}

static int ksim_net_stop(struct net_device *net)
{
	netif_stop_queue(net);
	phy_stop(net->phydev);
	phy_disconnect(net->phydev);
	return 0;
}

static netdev_tx_t ksim_net_xmit(struct sk_buff *skb, struct net_device *net)
{
	dev_core_stats_tx_dropped_inc(net);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops ksim_net_ops = {
	.ndo_open		= ksim_net_open,
	.ndo_stop		= ksim_net_stop,
	.ndo_start_xmit		= ksim_net_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= eth_mac_addr,
};

static const struct ethtool_ops ksim_ethtool_ops = {
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= phy_ethtool_get_link_ksettings,
	.set_link_ksettings	= phy_ethtool_set_link_ksettings,
	.nway_reset		= phy_ethtool_nway_reset,
};

int ksim_net_create(struct ksim_bus *bus, struct ksim_phy *phy)
{
	struct phy_device *phydev = mdiobus_get_phy(bus->mii, phy->addr);
	struct net_device *net;
	struct ksim_net *priv;
	int ret;

	if (!phydev)
		return -ENODEV;
	net = alloc_etherdev(sizeof(*priv));
	if (!net)
		return -ENOMEM;
	priv = netdev_priv(net);
	priv->phydev = phydev;
	SET_NETDEV_DEV(net, bus->mii->parent);
	strscpy(net->name, "ksim%d", IFNAMSIZ);
	net->netdev_ops = &ksim_net_ops;
	net->ethtool_ops = &ksim_ethtool_ops;
	eth_hw_addr_random(net);
	netif_carrier_off(net);
	ret = register_netdev(net);
	if (ret) {
		free_netdev(net);
		return ret;
	}
	phy->net = net;
	return 0;
}

void ksim_net_destroy(struct ksim_phy *phy)
{
	if (!phy->net)
		return;
	unregister_netdev(phy->net);
	free_netdev(phy->net);
	phy->net = NULL;
}
