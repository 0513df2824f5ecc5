// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Hashes and queues of packets, as ethtool asks for them
 *
 * ethtool -x and -X: key and table; ethtool -n and -N rx-flow-hash: which
 * fields of a packet are hashed.  A setting counts when the device has taken
 * it.
 */
#include <linux/slab.h>
#include "ctrl.h"

#define VNET_L3		(RXH_IP_SRC | RXH_IP_DST)
#define VNET_L4		(RXH_L4_B_0_1 | RXH_L4_B_2_3)

/**
 * struct vnet_flow - how a kind of packet is hashed
 * @flow: the kind, of ethtool
 * @l3: hash types by addresses, VIRTIO_NET_RSS_HASH_TYPE_*
 * @l4: by addresses and ports; 0 for packets without ports
 *
 * The first bit of a mask is the one that a device with the kind has; the
 * others are for packets with IPv6 extension headers, and optional.
 */
struct vnet_flow {
	u32 flow;
	u32 l3;
	u32 l4;
};

#define VNET_IP4	VIRTIO_NET_RSS_HASH_TYPE_IPv4
#define VNET_IP6	(VIRTIO_NET_RSS_HASH_TYPE_IPv6 | \
			 VIRTIO_NET_RSS_HASH_TYPE_IP_EX)

static const struct vnet_flow vnet_flows[] = {
	{ IPV4_FLOW, VNET_IP4, 0 },
	{ TCP_V4_FLOW, VNET_IP4, VIRTIO_NET_RSS_HASH_TYPE_TCPv4 },
	{ UDP_V4_FLOW, VNET_IP4, VIRTIO_NET_RSS_HASH_TYPE_UDPv4 },
	{ IPV6_FLOW, VNET_IP6, 0 },
	{ TCP_V6_FLOW, VNET_IP6, VIRTIO_NET_RSS_HASH_TYPE_TCPv6 |
				 VIRTIO_NET_RSS_HASH_TYPE_TCP_EX },
	{ UDP_V6_FLOW, VNET_IP6, VIRTIO_NET_RSS_HASH_TYPE_UDPv6 |
				 VIRTIO_NET_RSS_HASH_TYPE_UDP_EX },
};

static const struct vnet_flow *vnet_flow_of(u32 flow)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vnet_flows); i++)
		if (vnet_flows[i].flow == flow)
			return &vnet_flows[i];
	return NULL;
}

/* The type that counts, without those of extension headers. */
static u32 vnet_flow_main(u32 mask)
{
	return mask & -mask;
}

/**
 * vnet_rss_flow_fields - what is hashed of a kind of packet
 * @types: hash types that are on
 * @flow: the kind, of ethtool
 *
 * Return: RXH_*, 0 for nothing.
 */
u64 vnet_rss_flow_fields(u32 types, u32 flow)
{
	const struct vnet_flow *f = vnet_flow_of(flow);

	if (!f)
		return 0;
	if (types & vnet_flow_main(f->l4))
		return VNET_L3 | VNET_L4;
	return types & vnet_flow_main(f->l3) ? VNET_L3 : 0;
}

/**
 * vnet_rss_flow_types - change what is hashed of a kind of packet
 * @types: hash types that are on; changed
 * @supported: those that the device has
 * @flow: the kind, of ethtool
 * @fields: RXH_*
 *
 * All kinds of a protocol share the type that is by addresses only: it is
 * switched on where it is wanted, and off only by the kind without ports.
 *
 * Return: 0, or -EINVAL for what the device, or VIRTIO 1.4 (5.1.6.4.3), has
 * not, with nothing changed.
 */
int vnet_rss_flow_types(u32 *types, u32 supported, u32 flow, u64 fields)
{
	const struct vnet_flow *f = vnet_flow_of(flow);
	u32 now = *types;

	if (!f)
		return -EINVAL;
	if (fields == (VNET_L3 | VNET_L4) && f->l4)
		now |= f->l4;
	else if (fields == VNET_L3)
		now = (now & ~f->l4) | f->l3;
	else if (!fields)
		now &= ~(f->l4 ? f->l4 : f->l3);
	else
		return -EINVAL;
	now &= supported;
	if (vnet_rss_flow_fields(now, flow) != fields)
		return -EINVAL;
	*types = now;
	return 0;
}

/**
 * vnet_get_rxfh_key_size - of ethtool
 * @dev: the interface
 *
 * Return: bytes of the key, 0 for no hashes.
 */
u32 vnet_get_rxfh_key_size(struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);

	return vnet->ctrl->rss.supported ? VNET_RSS_KEY : 0;
}

/**
 * vnet_get_rxfh_indir_size - of ethtool
 * @dev: the interface
 *
 * Return: entries of the table, 0 for no RSS.
 */
u32 vnet_get_rxfh_indir_size(struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);

	return vnet->ctrl->rss.entries;
}

/**
 * vnet_get_rxfh - ethtool -x
 * @dev: the interface
 * @indir: where the table goes, or NULL
 * @key: where the key goes, or NULL
 * @hfunc: where the kind of hash goes, or NULL
 *
 * Return: 0.
 */
int vnet_get_rxfh(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_rss *rss = &vnet->ctrl->rss;
	unsigned int i;

	for (i = 0; indir && i < rss->entries; i++)
		indir[i] = rss->table[i];
	if (key)
		memcpy(key, rss->key, VNET_RSS_KEY);
	if (hfunc)
		*hfunc = ETH_RSS_HASH_TOP;
	return 0;
}

/* The device first, then the books. */
static int vnet_rss_commit(struct vnet_ctrl *ctrl, const struct vnet_rss *rss)
{
	int err = vnet_rss_tell(ctrl, rss, ctrl->vnet->pairs);

	if (err)
		return err;
	ctrl->rss = *rss;
	ctrl->rss_asked = true;
	return 0;
}

/**
 * vnet_set_rxfh - ethtool -X
 * @dev: the interface
 * @indir: the table, with queues that are in use (the caller's to see to), or
 *	NULL for as it is
 * @key: the key, or NULL for as it is
 * @hfunc: kind of hash
 *
 * Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP, -EINVAL, -ENOMEM, or as vnet_ctrl_send().
 */
int vnet_set_rxfh(struct net_device *dev, const u32 *indir, const u8 *key,
		  const u8 hfunc)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_rss *rss;
	unsigned int i;
	int err = 0;

	if (!vnet->ctrl->rss.supported ||
	    (hfunc != ETH_RSS_HASH_NO_CHANGE && hfunc != ETH_RSS_HASH_TOP))
		return -EOPNOTSUPP;
	rss = kmemdup(&vnet->ctrl->rss, sizeof(*rss), GFP_KERNEL);
	if (!rss)
		return -ENOMEM;
	for (i = 0; indir && !err && i < rss->entries; i++) {
		rss->table[i] = indir[i];
		if (indir[i] >= vnet->pairs)
			err = -EINVAL;
	}
	if (key)
		memcpy(rss->key, key, VNET_RSS_KEY);
	if (!err)
		err = vnet_rss_commit(vnet->ctrl, rss);
	kfree(rss);
	return err;
}

/**
 * vnet_get_rxnfc - ethtool -n
 * @dev: the interface
 * @info: question and answer
 * @rules: not used
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int vnet_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
		   u32 *rules)
{
	struct vnet *vnet = netdev_priv(dev);

	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = vnet->pairs;
		return 0;
	case ETHTOOL_GRXFH:
		if (!vnet->ctrl->rss.supported)
			return -EOPNOTSUPP;
		info->data = vnet_rss_flow_fields(vnet->ctrl->rss.types,
						  info->flow_type);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * vnet_set_rxnfc - ethtool -N rx-flow-hash
 * @dev: the interface
 * @info: what is wanted
 *
 * Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP, -EINVAL, -ENOMEM, or as vnet_ctrl_send().
 */
int vnet_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_rss *rss = &vnet->ctrl->rss;
	u32 before = rss->types;
	int err;

	if (info->cmd != ETHTOOL_SRXFH || !rss->supported)
		return -EOPNOTSUPP;
	err = vnet_rss_flow_types(&rss->types, rss->supported, info->flow_type,
				  info->data);
	if (err)
		return err;
	err = vnet_rss_tell(vnet->ctrl, rss, vnet->pairs);
	if (err)
		rss->types = before;
	else
		vnet->ctrl->rss_asked = true;
	return err;
}
