// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The address of the interface, VIRTIO 1.4, 5.1.6.5.2
 *
 * Set by a command the change is of one piece: the interface has the new
 * address when the device has it, and the old one if the device refuses.  A
 * legacy device without the command has it written to its configuration, byte
 * by byte from the first to the last (5.1.6.5.2.3).  Where neither is possible
 * the address is let through by the receive filter (rx_mode.c).
 */
#include <linux/etherdevice.h>
#include "ctrl.h"

static void vnet_mac_write_config(struct vnet *vnet, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		virtio_cwrite8(vnet->vdev,
			       offsetof(struct virtio_net_config, mac) + i,
			       addr[i]);
}

static int vnet_mac_tell(struct vnet_ctrl *ctrl, const u8 *addr)
{
	struct vnet *vnet = ctrl->vnet;

	if (ctrl->f.mac)
		return vnet_ctrl_send(vnet, VIRTIO_NET_CTRL_MAC,
				      VIRTIO_NET_CTRL_MAC_ADDR_SET, addr,
				      ETH_ALEN, NULL, 0);
	if (!vnet->f.legacy || !vnet->config.has_mac)
		return 0;
	if (!vnet->ready)
		return -EBUSY;
	vnet_mac_write_config(vnet, addr);
	return 0;
}

/**
 * vnet_set_mac_address - .ndo_set_mac_address
 * @dev: the interface
 * @addr: &struct sockaddr with the address
 *
 * Context: process, under RTNL.
 *
 * Return: 0 or an error: -EOPNOTSUPP for a standby, whose address is that of
 * its primary (VIRTIO 1.4, 5.1.3), -EADDRNOTAVAIL, or as vnet_ctrl_send().
 */
int vnet_set_mac_address(struct net_device *dev, void *addr)
{
	struct vnet *vnet = netdev_priv(dev);
	struct sockaddr *sa = addr;
	int err;

	if (vnet->f.standby)
		return -EOPNOTSUPP;
	err = eth_prepare_mac_addr_change(dev, addr);
	if (err)
		return err;
	err = vnet_mac_tell(vnet->ctrl, sa->sa_data);
	if (err)
		return err;
	eth_commit_mac_addr_change(dev, addr);
	vnet->ctrl->mac_set = true;
	if (!vnet->ctrl->f.mac)
		vnet_set_rx_mode(dev);
	return 0;
}

/**
 * vnet_mac_replay - tell the device
 * @ctrl: the control half
 * @fresh: it was reset, and has its own address; otherwise nobody knows
 *
 * Context: process, RTNL.
 */
void vnet_mac_replay(struct vnet_ctrl *ctrl, bool fresh)
{
	struct vnet *vnet = ctrl->vnet;
	const u8 *addr = vnet->dev->dev_addr;

	if (fresh && !ctrl->mac_set && vnet->config.has_mac &&
	    ether_addr_equal(addr, vnet->config.mac))
		return;
	if (vnet_mac_tell(ctrl, addr))
		dev_warn(&vnet->vdev->dev, "the device refuses address %pM\n",
			 addr);
}
