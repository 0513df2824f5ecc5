// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Receive-side scaling and hashes of packets, VIRTIO 1.4, 5.1.6.5.6 and .7
 *
 * With VIRTIO_NET_F_RSS the device chooses the receive queue of a packet by a
 * Toeplitz hash over its addresses and an indirection table; with
 * VIRTIO_NET_F_HASH_REPORT it gives the hash with the packet.  One command has
 * the parameters of both, a shorter one those of hashes without RSS.
 *
 * A device that has the other kind of multiqueue as well (VIRTIO_NET_F_MQ) is
 * left to steer by itself until somebody sets up RSS: it may do that better,
 * and QEMU 7.2 without vhost comes to a stop when RSS leads to a queue that is
 * out of buffers.
 *
 * What ethtool asks stands in rss_ethtool.c.
 */
#include <linux/log2.h>
#include <linux/slab.h>
#include <asm/unaligned.h>
#include "ctrl.h"

/* The types of the specification (5.1.6.4.3.1), with all that have a port. */
#define VNET_RSS_TYPES							\
	(VIRTIO_NET_RSS_HASH_TYPE_IPv4 | VIRTIO_NET_RSS_HASH_TYPE_TCPv4 |	\
	 VIRTIO_NET_RSS_HASH_TYPE_UDPv4 | VIRTIO_NET_RSS_HASH_TYPE_IPv6 |	\
	 VIRTIO_NET_RSS_HASH_TYPE_TCPv6 | VIRTIO_NET_RSS_HASH_TYPE_UDPv6 |	\
	 VIRTIO_NET_RSS_HASH_TYPE_IP_EX | VIRTIO_NET_RSS_HASH_TYPE_TCP_EX |	\
	 VIRTIO_NET_RSS_HASH_TYPE_UDP_EX)

/**
 * vnet_rss_steers - is it RSS that chooses queues?
 * @ctrl: the control half
 *
 * Return: false when the device chooses as it likes, or there is one queue.
 */
bool vnet_rss_steers(const struct vnet_ctrl *ctrl)
{
	return ctrl->rss.entries && (ctrl->rss_asked || !ctrl->vnet->f.mq);
}

/**
 * vnet_rss_spread - a table that has each queue as often as any other
 * @rss: the parameters
 * @pairs: of queues in use, not 0
 */
void vnet_rss_spread(struct vnet_rss *rss, u16 pairs)
{
	unsigned int i;

	for (i = 0; i < rss->entries; i++)
		rss->table[i] = ethtool_rxfh_indir_default(i, pairs);
}

static u8 *vnet_put16(u8 *p, u16 value)
{
	put_unaligned_le16(value, p);
	return p + sizeof(value);
}

static u8 *vnet_rss_put_key(u8 *p, const struct vnet_rss *rss)
{
	*p++ = VNET_RSS_KEY;
	memcpy(p, rss->key, VNET_RSS_KEY);
	return p + VNET_RSS_KEY;
}

/**
 * vnet_rss_build - data of VIRTIO_NET_CTRL_MQ_RSS_CONFIG
 * @rss: the parameters; @entries not 0
 * @types: of hashes
 * @max_tx: transmit queues that the device may use
 * @buf: where it goes, %VNET_RSS_BYTES
 *
 * VIRTIO 1.4, 5.1.6.5.7.1.  A queue's number is bits 1 to 16 of the index of
 * its virtqueue: the number of the receive queue, from 0.
 *
 * Return: its length.
 */
size_t vnet_rss_build(const struct vnet_rss *rss, u32 types, u16 max_tx,
		      u8 *buf)
{
	u8 *p = buf;
	unsigned int i;

	put_unaligned_le32(types, p);
	p = vnet_put16(p + sizeof(types), rss->entries - 1);
	p = vnet_put16(p, 0);
	for (i = 0; i < rss->entries; i++)
		p = vnet_put16(p, rss->table[i]);
	p = vnet_put16(p, max_tx);
	return vnet_rss_put_key(p, rss) - buf;
}

/**
 * vnet_rss_build_hash - data of VIRTIO_NET_CTRL_MQ_HASH_CONFIG
 * @rss: the parameters
 * @types: of hashes
 * @buf: where it goes, %VNET_RSS_BYTES
 *
 * VIRTIO 1.4, 5.1.6.5.6.4: four reserved fields between types and key.
 *
 * Return: its length.
 */
size_t vnet_rss_build_hash(const struct vnet_rss *rss, u32 types, u8 *buf)
{
	u8 *p = buf + sizeof(types);
	unsigned int i;

	put_unaligned_le32(types, buf);
	for (i = 0; i < 4; i++)
		p = vnet_put16(p, 0);
	return vnet_rss_put_key(p, rss) - buf;
}

/**
 * vnet_rss_tell - tell the device
 * @ctrl: the control half, of a device with RSS or hashes
 * @rss: the parameters
 * @pairs: of queues that it may use
 *
 * Hashes that nobody wants are switched off only where no queue is chosen by
 * them.  Context: process, under RTNL.
 *
 * Return: 0, -ENOMEM, or as vnet_ctrl_send().
 */
int vnet_rss_tell(struct vnet_ctrl *ctrl, const struct vnet_rss *rss, u16 pairs)
{
	u8 cmd = VIRTIO_NET_CTRL_MQ_HASH_CONFIG;
	u8 *buf = kmalloc(VNET_RSS_BYTES, GFP_KERNEL);
	size_t len;
	int err;

	if (!buf)
		return -ENOMEM;
	if (rss->entries) {
		cmd = VIRTIO_NET_CTRL_MQ_RSS_CONFIG;
		len = vnet_rss_build(rss, rss->types, pairs, buf);
	} else {
		len = vnet_rss_build_hash(rss, ctrl->hashes ? rss->types : 0,
					  buf);
	}
	err = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_MQ, cmd, buf, len,
			     NULL, 0);
	kfree(buf);
	return err;
}

/**
 * vnet_rss_set_hashes - NETIF_F_RXHASH was switched
 * @ctrl: the control half
 * @on: which way
 *
 * Context: process, under RTNL.
 *
 * Return: 0, or as vnet_rss_tell().
 */
int vnet_rss_set_hashes(struct vnet_ctrl *ctrl, bool on)
{
	bool before = ctrl->hashes;
	int err = 0;

	ctrl->hashes = on;
	if (!ctrl->rss.entries || on)
		err = vnet_rss_tell(ctrl, &ctrl->rss, ctrl->vnet->pairs);
	if (err)
		ctrl->hashes = before;
	else
		ctrl->rss_asked |= on;
	return err;
}

/**
 * vnet_rss_init - what the configuration says
 * @ctrl: the control half
 *
 * A device whose limits are below those of the specification has no RSS for
 * us: it is used with the other kind of multiqueue, or one pair of queues.
 */
void vnet_rss_init(struct vnet_ctrl *ctrl)
{
	const struct vnet_config *config = &ctrl->vnet->config;
	struct net_device *dev = ctrl->vnet->dev;
	struct vnet_rss *rss = &ctrl->rss;

	if (!ctrl->vnet->f.rss && !ctrl->vnet->f.hash_report)
		return;
	if (config->rss_max_key < VNET_RSS_KEY)
		return;
	netdev_rss_key_fill(rss->key, sizeof(rss->key));
	rss->supported = config->rss_hash_types & VNET_RSS_TYPES;
	rss->types = rss->supported;
	if (ctrl->vnet->f.rss && config->rss_max_table)
		rss->entries = min_t(u16, VNET_RSS_TABLE,
				     rounddown_pow_of_two(config->rss_max_table));
	if (!ctrl->vnet->f.hash_report)
		return;
	dev->hw_features |= NETIF_F_RXHASH;
	/* Hashes come with RSS, or by themselves (5.1.6.4.3). */
	if (!rss->entries || vnet_rss_steers(ctrl)) {
		ctrl->hashes = true;
		dev->features |= NETIF_F_RXHASH;
	}
}
