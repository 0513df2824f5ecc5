// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What the device may do to packets that it gives us
 *
 * Partial checksums and packets put together from several: on since they were
 * negotiated, switched by ethtool -K (rx, rx-gro-hw) with
 * VIRTIO_NET_F_CTRL_GUEST_OFFLOADS (VIRTIO 1.4, 5.1.6.5.9), and off while an
 * XDP program looks at packets.
 */
#include "ctrl.h"

/* Offloads that have a command, and have to have been negotiated. */
#define VNET_OFFLOADS_GSO						\
	(BIT_ULL(VIRTIO_NET_F_GUEST_TSO4) |				\
	 BIT_ULL(VIRTIO_NET_F_GUEST_TSO6) |				\
	 BIT_ULL(VIRTIO_NET_F_GUEST_ECN) |				\
	 BIT_ULL(VIRTIO_NET_F_GUEST_UFO) |				\
	 BIT_ULL(VIRTIO_NET_F_GUEST_USO4) |				\
	 BIT_ULL(VIRTIO_NET_F_GUEST_USO6))
#define VNET_OFFLOADS							\
	(BIT_ULL(VIRTIO_NET_F_GUEST_CSUM) | VNET_OFFLOADS_GSO)

/* They need a checksum to be left to us (VIRTIO 1.4, 5.1.3.1). */
static const netdev_features_t vnet_offload_features =
	NETIF_F_RXCSUM | NETIF_F_GRO_HW;

/**
 * vnet_offloads_mask - which offloads shall be on
 * @all: those that were negotiated, by feature bit
 * @features: of the interface
 * @xdp: an XDP program looks at packets
 *
 * Return: a mask of feature bits, as the command has it.
 */
u64 vnet_offloads_mask(u64 all, netdev_features_t features, bool xdp)
{
	if (xdp || !(features & NETIF_F_RXCSUM))
		return 0;
	return features & NETIF_F_GRO_HW ? all : all & ~VNET_OFFLOADS_GSO;
}

static int vnet_offloads_tell(struct vnet_ctrl *ctrl, u64 mask)
{
	__virtio64 value = cpu_to_virtio64(ctrl->vnet->vdev, mask);
	int err;

	if (mask == ctrl->offloads)
		return 0;
	if (!ctrl->f.offloads)
		return -EOPNOTSUPP;
	err = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_GUEST_OFFLOADS,
			     VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET, &value,
			     sizeof(value), NULL, 0);
	if (!err)
		ctrl->offloads = mask;
	return err;
}

/**
 * vnet_fix_features - .ndo_fix_features
 * @dev: the interface
 * @features: wanted
 *
 * Return: what can be had.
 */
netdev_features_t vnet_fix_features(struct net_device *dev,
				    netdev_features_t features)
{
	if (!(features & NETIF_F_RXCSUM))
		features &= ~NETIF_F_GRO_HW;
	return features;
}

/**
 * vnet_set_features - .ndo_set_features
 * @dev: the interface
 * @features: what it shall have
 *
 * Context: process, under RTNL.
 *
 * Return: 0, or as vnet_ctrl_send() with as much changed as could be.
 */
int vnet_set_features(struct net_device *dev, netdev_features_t features)
{
	netdev_features_t change = features ^ dev->features;
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_ctrl *ctrl = vnet->ctrl;
	int err;

	if (change & vnet_offload_features) {
		err = vnet_offloads_tell(ctrl,
					 vnet_offloads_mask(ctrl->offloads_all,
							    features,
							    ctrl->xdp));
		if (err)
			return err;
		dev->features ^= change & vnet_offload_features;
	}
	if (change & NETIF_F_RXHASH)
		return vnet_rss_set_hashes(ctrl, features & NETIF_F_RXHASH);
	return 0;
}

/**
 * vnet_offloads_xdp - an XDP program comes, or has gone
 * @vnet: the interface
 * @on: which of the two
 *
 * The program wants packets as they were sent.  Context: process, under RTNL.
 *
 * Return: 0; -EOPNOTSUPP when there are offloads that cannot be switched off;
 * or as vnet_ctrl_send().
 */
int vnet_offloads_xdp(struct vnet *vnet, bool on)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;
	int err;

	err = vnet_offloads_tell(ctrl, vnet_offloads_mask(ctrl->offloads_all,
							  vnet->dev->features,
							  on));
	if (!err || !on)
		ctrl->xdp = on;
	return err;
}

/**
 * vnet_offloads_replay - tell the device
 * @ctrl: the control half
 * @fresh: it was reset; otherwise nobody knows what it has
 *
 * Context: process, under RTNL.
 */
void vnet_offloads_replay(struct vnet_ctrl *ctrl, bool fresh)
{
	u64 mask = vnet_offloads_mask(ctrl->offloads_all,
				      ctrl->vnet->dev->features, ctrl->xdp);

	/* Negotiated is switched on. */
	ctrl->offloads = fresh ? ctrl->offloads_all : ~mask;
	if (ctrl->f.offloads && vnet_offloads_tell(ctrl, mask))
		dev_warn(&ctrl->vnet->vdev->dev,
			 "receive offloads stay on\n");
}

/**
 * vnet_offloads_init - features that these offloads are to the stack
 * @ctrl: the control half
 */
void vnet_offloads_init(struct vnet_ctrl *ctrl)
{
	struct net_device *dev = ctrl->vnet->dev;
	netdev_features_t have = 0;
	unsigned long long mask = VNET_OFFLOADS;
	unsigned int bit;

	for (; mask; mask &= mask - 1) {
		bit = __ffs64(mask);
		if (virtio_has_feature(ctrl->vnet->vdev, bit))
			ctrl->offloads_all |= BIT_ULL(bit);
	}
	ctrl->offloads = ctrl->offloads_all;
	if (ctrl->offloads_all & BIT_ULL(VIRTIO_NET_F_GUEST_CSUM))
		have |= NETIF_F_RXCSUM;
	if (ctrl->offloads_all & VNET_OFFLOADS_GSO)
		have |= NETIF_F_GRO_HW;
	dev->features |= have;
	if (ctrl->f.offloads)
		dev->hw_features |= have;
}
