// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A standby for a faster device, VIRTIO 1.4, 5.1.4
 *
 * With VIRTIO_NET_F_STANDBY the kernel's net_failover makes this interface and
 * the one with the same address that is passed through two legs of a third: the
 * faster one carries the packets while it is there, this one while the guest
 * migrates.  Built with CONFIG_NET_FAILOVER only; without, the two are
 * interfaces like any other.
 */
#include <net/net_failover.h>
#include "ctrl.h"

/**
 * vnet_failover_create - make it a leg
 * @vnet: the interface, registered
 *
 * Context: process, without RTNL.
 *
 * Return: 0, also without VIRTIO_NET_F_STANDBY, or an error.
 */
int vnet_failover_create(struct vnet *vnet)
{
	struct failover *failover;

	if (!vnet->f.standby)
		return 0;
	failover = net_failover_create(vnet->dev);
	if (IS_ERR(failover))
		return PTR_ERR(failover);
	vnet->ctrl->failover = failover;
	return 0;
}

/**
 * vnet_failover_destroy - the end of vnet_failover_create()
 * @vnet: the interface, still registered
 *
 * Context: process, without RTNL.
 */
void vnet_failover_destroy(struct vnet *vnet)
{
	if (vnet->ctrl->failover)
		net_failover_destroy(vnet->ctrl->failover);
	vnet->ctrl->failover = NULL;
}
