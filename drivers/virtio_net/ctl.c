// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Life of the control half
 *
 * Called by the data path's probe, recovery, system sleep and remove; the order
 * stands in vnet_ctl.h.
 *
 * A device forgets all settings when it is reset (VIRTIO 1.4, 2.4).  What
 * differs from what it has then is told to it again, each time that it comes
 * up, and when it answered a command so late that nobody knows what it did.
 */
#include <linux/slab.h>
#include "ctrl.h"

#define VNET_RESYNC_MOST	(300UL * HZ)

/* Commands that the device has, looked up once (VIRTIO 1.4, 5.1.3). */
static void vnet_ctl_features(struct vnet_ctrl *ctrl)
{
	struct virtio_device *vdev = ctrl->vnet->vdev;
	struct vnet_ctl_features *f = &ctrl->f;

	f->ring_reset = virtio_has_feature(vdev, VIRTIO_F_RING_RESET);
	f->packed = virtio_has_feature(vdev, VIRTIO_F_RING_PACKED);
	if (!ctrl->vnet->f.ctrl_vq)
		return;
	f->rx = virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_RX);
	f->rx_extra = virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_RX_EXTRA);
	f->vlan = virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_VLAN);
	/* No command of its class without both (5.1.6.5.2.2). */
	f->mac = f->rx && virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_MAC_ADDR);
	f->offloads = virtio_has_feature(vdev,
					 VIRTIO_NET_F_CTRL_GUEST_OFFLOADS);
	f->coal = virtio_has_feature(vdev, VIRTIO_NET_F_NOTF_COAL);
	f->coal_vq = virtio_has_feature(vdev, VIRTIO_NET_F_VQ_NOTF_COAL);
	f->stats = virtio_has_feature(vdev, VIRTIO_NET_F_DEVICE_STATS);
}

/*
 * Everything that differs from what the device has: after a reset, or @fresh
 * is false and nobody knows.
 */
static void vnet_ctl_replay(struct vnet_ctrl *ctrl, bool fresh)
{
	struct vnet *vnet = ctrl->vnet;

	ASSERT_RTNL();
	vnet_ctrl_hurry(ctrl);
	vnet_offloads_replay(ctrl, fresh);
	if (fresh)
		ctrl->pairs = 1;
	if (netif_running(vnet->dev))
		vnet_channels_up(vnet);
	vnet_mac_replay(ctrl, fresh);
	vnet_rx_mode_replay(ctrl);
	vnet_coal_replay(ctrl, fresh);
	/* Of these there may be thousands. */
	vnet_vlan_replay(ctrl, fresh);
	if (vnet_ctrl_hurried(ctrl))
		dev_warn(&vnet->vdev->dev,
			 "the device is too slow to be told all settings\n");
}

/*
 * One that is late each time would have RTNL held all the time: it is told
 * after a second, then two, up to five minutes.
 */
static void vnet_ctl_resync_wait(struct vnet_ctrl *ctrl)
{
	unsigned long wait = 0;

	if (vnet_ctrl_left(ctrl))
		wait = clamp(2 * ctrl->resync_wait, (unsigned long)HZ,
			     VNET_RESYNC_MOST);
	WRITE_ONCE(ctrl->resync_wait, wait);
}

static void vnet_ctl_resync(struct work_struct *work)
{
	struct vnet_ctrl *ctrl = container_of(to_delayed_work(work),
					      struct vnet_ctrl, resync);

	rtnl_lock();
	if (ctrl->vnet->ready &&
	    ctrl->vnet->dev->reg_state == NETREG_REGISTERED) {
		vnet_ctl_replay(ctrl, false);
		vnet_ctl_resync_wait(ctrl);
		/* It may not have heard that it was announced. */
		vnet_link_update(ctrl->vnet);
	}
	rtnl_unlock();
}

static void vnet_ctl_parts_exit(struct vnet_ctrl *ctrl)
{
	vnet_coal_exit(ctrl);
	vnet_rx_mode_exit(ctrl);
	vnet_ctrl_exit(ctrl);
}

static int vnet_ctl_parts_init(struct vnet_ctrl *ctrl)
{
	int err;

	err = vnet_ctrl_init(ctrl);
	if (err)
		return err;
	err = vnet_rx_mode_init(ctrl);
	if (err)
		goto no_rx_mode;
	err = vnet_coal_init(ctrl);
	if (err)
		goto no_coal;
	vnet_announce_init(ctrl);
	vnet_offloads_init(ctrl);
	vnet_rss_init(ctrl);
	vnet_channels_init(ctrl);
	return 0;

no_coal:
	vnet_rx_mode_exit(ctrl);
no_rx_mode:
	vnet_ctrl_exit(ctrl);
	return err;
}

/**
 * vnet_ctl_init - set up the control half
 * @vnet: the interface, with its features and configuration; not registered
 *
 * Adds to the interface what this half can do: ethtool operations, features,
 * the address that may change while it is up; and decides how many pairs of
 * queues are used.
 *
 * Return: 0 or -ENOMEM.
 */
int vnet_ctl_init(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = kvzalloc(sizeof(*ctrl), GFP_KERNEL);
	struct net_device *dev = vnet->dev;
	int err;

	if (!ctrl)
		return -ENOMEM;
	ctrl->vnet = vnet;
	INIT_DELAYED_WORK(&ctrl->resync, vnet_ctl_resync);
	vnet_ctl_features(ctrl);
	err = vnet_ctl_parts_init(ctrl);
	if (err) {
		kvfree(ctrl);
		return err;
	}
	dev->ethtool_ops = &vnet_ethtool_ops;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	if (ctrl->f.vlan)
		dev->features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	vnet->ctrl = ctrl;
	return 0;
}

/**
 * vnet_ctl_up - the device takes commands: tell it everything
 * @vnet: the interface; DRIVER_OK was just set
 *
 * A device that refuses something, or does not answer, has packets go on
 * without it.  Context: process, under RTNL; waits for the device, a limited
 * time.
 *
 * Return: 0.
 */
int vnet_ctl_up(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;

	WRITE_ONCE(ctrl->resync_wait, 0);
	vnet_ctrl_up(ctrl, vnet->ctrl_vq);
	vnet_ctl_replay(ctrl, true);
	vnet_dstats_init(ctrl);
	return 0;
}

/**
 * vnet_ctl_open - the interface goes up
 * @vnet: the interface; its receive queues have buffers, and nothing is sent yet
 *
 * Context: process, under RTNL; waits for the device, a limited time.
 */
void vnet_ctl_open(struct vnet *vnet)
{
	vnet_ctrl_hurry(vnet->ctrl);
	vnet_channels_up(vnet);
	vnet_ctrl_hurried(vnet->ctrl);
}

/**
 * vnet_ctl_down - no more commands
 * @vnet: the interface
 *
 * Whoever waits for the device waits no longer.  Call it before RTNL is taken
 * to stop everything else: the one who waits may have it.  Does not wait.
 * Context: process, with or without RTNL.
 */
void vnet_ctl_down(struct vnet *vnet)
{
	if (vnet->ctrl)
		vnet_ctrl_down(vnet->ctrl);
}

/**
 * vnet_ctl_reclaim - the device was reset and has no command any more
 * @vnet: the interface; its virtqueues are still there
 */
void vnet_ctl_reclaim(struct vnet *vnet)
{
	if (vnet->ctrl)
		vnet_ctrl_reclaim(vnet->ctrl);
}

/**
 * vnet_ctl_exit - the end of vnet_ctl_init()
 * @vnet: the interface; unregistered, or never registered; its device is reset,
 *	the virtqueues are deleted
 *
 * Context: process, without RTNL.
 */
void vnet_ctl_exit(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;

	if (!ctrl)
		return;
	vnet_announce_exit(ctrl);
	cancel_delayed_work_sync(&ctrl->resync);
	vnet_ctl_parts_exit(ctrl);
	vnet->ctrl = NULL;
	kvfree(ctrl);
}
