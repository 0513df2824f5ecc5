// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Counters: ethtool -S and the totals of the interface
 *
 * Names are those that user space knows of this driver, and some more.  What
 * the device counts stands in stats_device.c.
 */
#include "ctrl.h"

/**
 * struct vnet_stat - a counter of a queue
 * @name: what it is called behind the queue
 * @offset: where it is in &struct vnet_rx_stats or &struct vnet_tx_stats
 */
struct vnet_stat {
	const char *name;
	size_t offset;
};

#define VNET_RX_STAT(f)	{ #f, offsetof(struct vnet_rx_stats, f) }
#define VNET_TX_STAT(f)	{ #f, offsetof(struct vnet_tx_stats, f) }

static const struct vnet_stat vnet_rx_stats[] = {
	VNET_RX_STAT(packets),
	VNET_RX_STAT(bytes),
	VNET_RX_STAT(drops),
	VNET_RX_STAT(xdp_packets),
	VNET_RX_STAT(xdp_tx),
	VNET_RX_STAT(xdp_redirects),
	VNET_RX_STAT(xdp_drops),
	VNET_RX_STAT(kicks),
	VNET_RX_STAT(bad_len),
	VNET_RX_STAT(bad_hdr),
	VNET_RX_STAT(no_memory),
};

static const struct vnet_stat vnet_tx_stats[] = {
	VNET_TX_STAT(packets),
	VNET_TX_STAT(bytes),
	VNET_TX_STAT(xdp_tx),
	VNET_TX_STAT(xdp_tx_drops),
	VNET_TX_STAT(kicks),
	{ "tx_timeouts", offsetof(struct vnet_tx_stats, timeouts) },
	VNET_TX_STAT(drops),
	VNET_TX_STAT(stops),
	VNET_TX_STAT(resets),
};

/**
 * struct vnet_ctrl_stat - a counter of the control queue
 * @name: what it is called
 * @offset: where it is in &struct vnet_ctrl_stats
 */
struct vnet_ctrl_stat {
	const char *name;
	size_t offset;
};

#define VNET_CTRL_STAT(f) \
	{ "ctrl_" #f, offsetof(struct vnet_ctrl_stats, f) }

static const struct vnet_ctrl_stat vnet_ctrl_stats[] = {
	VNET_CTRL_STAT(sent),
	VNET_CTRL_STAT(refused),
	VNET_CTRL_STAT(garbage),
	VNET_CTRL_STAT(timeouts),
	VNET_CTRL_STAT(late),
};

/* All counters of a queue, as of one moment. */
static u64 *vnet_stats_read(const void *stats,
			    const struct u64_stats_sync *syncp,
			    const struct vnet_stat *list, unsigned int num,
			    u64 *data)
{
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(syncp);
		for (i = 0; i < num; i++)
			data[i] = u64_stats_read(stats + list[i].offset);
	} while (u64_stats_fetch_retry(syncp, start));
	return data + num;
}

/**
 * vnet_get_sset_count - of ethtool
 * @dev: the interface
 * @set: which strings
 *
 * Return: how many, or -EOPNOTSUPP.
 */
int vnet_get_sset_count(struct net_device *dev, int set)
{
	struct vnet *vnet = netdev_priv(dev);

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return vnet->pairs * (ARRAY_SIZE(vnet_rx_stats) +
			      ARRAY_SIZE(vnet_tx_stats)) +
	       ARRAY_SIZE(vnet_ctrl_stats) + vnet_dstats_count(vnet->ctrl);
}

/**
 * vnet_get_strings - of ethtool
 * @dev: the interface
 * @set: which strings
 * @data: where they go, ETH_GSTRING_LEN bytes each
 */
void vnet_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	struct vnet *vnet = netdev_priv(dev);
	unsigned int i, j;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < vnet->pairs; i++)
		for (j = 0; j < ARRAY_SIZE(vnet_rx_stats); j++)
			ethtool_sprintf(&data, "rx_queue_%u_%s", i,
					vnet_rx_stats[j].name);
	for (i = 0; i < vnet->pairs; i++)
		for (j = 0; j < ARRAY_SIZE(vnet_tx_stats); j++)
			ethtool_sprintf(&data, "tx_queue_%u_%s", i,
					vnet_tx_stats[j].name);
	for (j = 0; j < ARRAY_SIZE(vnet_ctrl_stats); j++)
		ethtool_sprintf(&data, "%s", vnet_ctrl_stats[j].name);
	vnet_dstats_strings(vnet->ctrl, &data);
}

/**
 * vnet_get_ethtool_stats - ethtool -S
 * @dev: the interface
 * @stats: the question
 * @data: where the counters go
 *
 * Context: process, under RTNL.
 */
void vnet_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
			    u64 *data)
{
	struct vnet *vnet = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < vnet->pairs; i++)
		data = vnet_stats_read(&vnet->rxqs[i].stats,
				       &vnet->rxqs[i].stats.syncp,
				       vnet_rx_stats,
				       ARRAY_SIZE(vnet_rx_stats), data);
	for (i = 0; i < vnet->pairs; i++)
		data = vnet_stats_read(&vnet->txqs[i].stats,
				       &vnet->txqs[i].stats.syncp,
				       vnet_tx_stats,
				       ARRAY_SIZE(vnet_tx_stats), data);
	for (i = 0; i < ARRAY_SIZE(vnet_ctrl_stats); i++)
		*data++ = *(u64 *)((u8 *)&vnet->ctrl->cq.stats +
				   vnet_ctrl_stats[i].offset);
	vnet_dstats_get(vnet->ctrl, data);
}

static void vnet_stats_add_rx(struct vnet_rxq *rxq,
			      struct rtnl_link_stats64 *total)
{
	u64 packets, bytes, drops, bad_len, bad_hdr;
	struct vnet_rx_stats *s = &rxq->stats;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&s->syncp);
		packets = u64_stats_read(&s->packets);
		bytes = u64_stats_read(&s->bytes);
		drops = u64_stats_read(&s->drops);
		bad_len = u64_stats_read(&s->bad_len);
		bad_hdr = u64_stats_read(&s->bad_hdr);
	} while (u64_stats_fetch_retry(&s->syncp, start));
	total->rx_packets += packets;
	total->rx_bytes += bytes;
	total->rx_dropped += drops;
	total->rx_length_errors += bad_len;
	total->rx_frame_errors += bad_hdr;
	total->rx_errors += bad_len + bad_hdr;
}

static void vnet_stats_add_tx(struct vnet_txq *txq,
			      struct rtnl_link_stats64 *total)
{
	u64 packets, bytes, drops, timeouts;
	struct vnet_tx_stats *s = &txq->stats;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&s->syncp);
		packets = u64_stats_read(&s->packets);
		bytes = u64_stats_read(&s->bytes);
		drops = u64_stats_read(&s->drops);
		timeouts = u64_stats_read(&s->timeouts);
	} while (u64_stats_fetch_retry(&s->syncp, start));
	total->tx_packets += packets;
	total->tx_bytes += bytes;
	total->tx_dropped += drops;
	total->tx_errors += timeouts;
}

/**
 * vnet_get_stats64 - .ndo_get_stats64
 * @dev: the interface
 * @total: zeroed; the answer
 *
 * All queues, also those that are out of use.  Context: any but interrupt.
 */
void vnet_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *total)
{
	struct vnet *vnet = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		vnet_stats_add_rx(&vnet->rxqs[i], total);
		vnet_stats_add_tx(&vnet->txqs[i], total);
	}
}
