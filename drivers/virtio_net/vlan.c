// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Which VLANs the device lets through, VIRTIO 1.4, 5.1.6.5.3
 *
 * Operations of an interface with VIRTIO_NET_F_CTRL_VLAN.  The identifiers are
 * kept for the device that was reset, and those of commands that failed, which a
 * device may have done all the same, until it was told of them again.
 */
#include <linux/if_vlan.h>
#include "ctrl.h"

/* The device is being reset: it hears of all of them afterwards. */
static bool vnet_vlan_later(struct vnet *vnet)
{
	return !vnet->ready && !vnet->failed;
}

static int vnet_vlan_tell(struct vnet_ctrl *ctrl, u8 cmd, u16 vid)
{
	__virtio16 id = cpu_to_virtio16(ctrl->vnet->vdev, vid);
	int err;

	err = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_VLAN, cmd, &id,
			     sizeof(id), NULL, 0);
	/* What it refuses it has not done. */
	__assign_bit(vid, ctrl->vlans_unsure, err && err != -EINVAL);
	return err;
}

/**
 * vnet_vlan_rx_add_vid - .ndo_vlan_rx_add_vid
 * @dev: the interface
 * @proto: of the tag
 * @vid: identifier of the VLAN
 *
 * Context: process, under RTNL.
 *
 * Return: 0 or as vnet_ctrl_send().
 */
int vnet_vlan_rx_add_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_ctrl *ctrl = vnet->ctrl;
	int err = 0;

	if (!ctrl->f.vlan)
		return 0;
	if (!vnet_vlan_later(vnet))
		err = vnet_vlan_tell(ctrl, VIRTIO_NET_CTRL_VLAN_ADD, vid);
	if (!err)
		__set_bit(vid, ctrl->vlans);
	return err;
}

/**
 * vnet_vlan_rx_kill_vid - .ndo_vlan_rx_kill_vid
 * @dev: the interface
 * @proto: of the tag
 * @vid: identifier of the VLAN
 *
 * Context: process, under RTNL.
 *
 * Return: 0 or as vnet_ctrl_send().
 */
int vnet_vlan_rx_kill_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_ctrl *ctrl = vnet->ctrl;

	if (!ctrl->f.vlan || !__test_and_clear_bit(vid, ctrl->vlans))
		return 0;
	/* A device that is left for good is reset, and has none then. */
	if (!vnet->ready || READ_ONCE(vnet->removing))
		return 0;
	return vnet_vlan_tell(ctrl, VIRTIO_NET_CTRL_VLAN_DEL, vid);
}

/* Those that the device should not have, and may: it refuses if it has not. */
static int vnet_vlan_forget(struct vnet_ctrl *ctrl)
{
	unsigned int vid;
	int err;

	for_each_set_bit(vid, ctrl->vlans_unsure, VLAN_N_VID) {
		if (test_bit(vid, ctrl->vlans))
			continue;
		err = vnet_vlan_tell(ctrl, VIRTIO_NET_CTRL_VLAN_DEL, vid);
		if (err && err != -EINVAL)
			return err;
	}
	return 0;
}

/**
 * vnet_vlan_replay - tell the device
 * @ctrl: the control half
 * @fresh: it was reset, and has none; otherwise nobody knows
 *
 * Context: process, under RTNL.
 */
void vnet_vlan_replay(struct vnet_ctrl *ctrl, bool fresh)
{
	unsigned int vid;
	int err;

	if (fresh)
		bitmap_zero(ctrl->vlans_unsure, VLAN_N_VID);
	else if (vnet_vlan_forget(ctrl))
		return;
	for_each_set_bit(vid, ctrl->vlans, VLAN_N_VID) {
		err = vnet_vlan_tell(ctrl, VIRTIO_NET_CTRL_VLAN_ADD, vid);
		if (err)
			dev_warn(&ctrl->vnet->vdev->dev,
				 "the device has no VLAN %u: error %d\n", vid,
				 -err);
		if (err && err != -EINVAL)
			return;
	}
}
