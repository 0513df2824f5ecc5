// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Tell the network where this guest is now, VIRTIO 1.4, 5.1.6.5.4
 *
 * Called when the configuration changed and its status says ANNOUNCE, after a
 * migration.  The device may say so as often as it likes: the neighbours hear
 * of it once a second at most.
 */
#include <linux/rtnetlink.h>
#include "ctrl.h"

#define VNET_ANNOUNCE_GAP	HZ

static void vnet_announce_work(struct work_struct *work)
{
	struct vnet_ctrl *ctrl = container_of(to_delayed_work(work),
					      struct vnet_ctrl, announce);

	ctrl->announced = jiffies;
	rtnl_lock();
	if (ctrl->vnet->dev->reg_state == NETREG_REGISTERED)
		__netdev_notify_peers(ctrl->vnet->dev);
	rtnl_unlock();
	vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_ANNOUNCE,
		       VIRTIO_NET_CTRL_ANNOUNCE_ACK, NULL, 0, NULL, 0);
}

/**
 * vnet_announce - the device asks for it
 * @vnet: the interface, with VIRTIO_NET_F_GUEST_ANNOUNCE
 *
 * Context: process; does not wait.
 */
void vnet_announce(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;
	unsigned long next = READ_ONCE(ctrl->announced) + VNET_ANNOUNCE_GAP;
	unsigned long wait = 0;

	if (!vnet->f.ctrl_vq || READ_ONCE(ctrl->announce_off))
		return;
	if (time_before(jiffies, next))
		wait = min_t(unsigned long, next - jiffies, VNET_ANNOUNCE_GAP);
	schedule_delayed_work(&ctrl->announce, wait);
}

/**
 * vnet_announce_init - set it up
 * @ctrl: the control half
 */
void vnet_announce_init(struct vnet_ctrl *ctrl)
{
	INIT_DELAYED_WORK(&ctrl->announce, vnet_announce_work);
	ctrl->announced = jiffies - VNET_ANNOUNCE_GAP;
}

/**
 * vnet_announce_exit - the end of vnet_announce_init()
 * @ctrl: the control half; nobody calls vnet_announce() any more
 *
 * Context: process, without RTNL.
 */
void vnet_announce_exit(struct vnet_ctrl *ctrl)
{
	WRITE_ONCE(ctrl->announce_off, true);
	cancel_delayed_work_sync(&ctrl->announce);
}
