// SPDX-License-Identifier: GPL-2.0-only
/*
 * ndo_start_xmit() is called with bottom halves disabled and the queue's lock
 * held.  Bring the interface up: its first packet runs the bug.
 * Confirmed by DEBUG_ATOMIC_SLEEP.
 */
#include <linux/etherdevice.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "../fixture.h"

static struct net_device *sink;
static DEFINE_MUTEX(sink_lock);

static netdev_tx_t sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	mutex_lock(&sink_lock); /* EXPECT: atomic-sleep */
	dev->stats.tx_packets++;
	mutex_unlock(&sink_lock);
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops sink_ops = {
	.ndo_start_xmit = sink_xmit,
};

static void sink_create(void)
{
	sink = alloc_etherdev(0);
	if (!sink)
		return;
	sink->netdev_ops = &sink_ops;
	eth_hw_addr_random(sink);
	if (register_netdev(sink)) {
		free_netdev(sink);
		sink = NULL;
	}
}

static void sink_destroy(void)
{
	if (!sink)
		return;
	unregister_netdev(sink);
	free_netdev(sink);
}
FIXTURE_STOP(sink_create, sink_destroy);
