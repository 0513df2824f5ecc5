// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: How many pairs of queues are used, VIRTIO 1.4, 5.1.6.5.5 and .6
 *
 * Called at probe, when the interface comes up, by ethtool -L, and for a device
 * that was reset.  All queues of the device are set up all the time; this is
 * about how many of them it uses, and the stack.
 *
 * The device hears of more than one pair when the interface is up, and they
 * have buffers (5.1.6.3): one that has to wait for buffers of a queue may let
 * packets for all others wait as well.
 *
 * When it does not answer nobody knows how many it uses, and packets go where it
 * looks in any case.  How many were wanted is not forgotten: it is told of them
 * again when it answers after all, and whenever the interface goes up.
 */
#include <linux/cpumask.h>
#include "ctrl.h"

/**
 * vnet_channels_init - as many pairs as there are CPUs
 * @ctrl: the control half, with RSS set up
 */
void vnet_channels_init(struct vnet_ctrl *ctrl)
{
	struct vnet *vnet = ctrl->vnet;
	u16 most = max_t(u16, vnet->config.max_pairs, 1);

	if (vnet->max_pairs)
		most = min(most, vnet->max_pairs);
	if (!vnet->f.mq && !ctrl->rss.entries)
		most = 1;
	vnet->pairs = min_t(unsigned int, most, num_online_cpus());
	ctrl->wanted = vnet->pairs;
	if (ctrl->rss.entries)
		vnet_rss_spread(&ctrl->rss, vnet->pairs);
}

static int vnet_channels_tell_mq(struct vnet_ctrl *ctrl, u16 pairs)
{
	struct virtio_net_ctrl_mq cmd;

	if (pairs == ctrl->pairs)
		return 0;
	if (!ctrl->vnet->f.mq)
		return pairs == 1 ? 0 : -EOPNOTSUPP;
	cmd.virtqueue_pairs = cpu_to_virtio16(ctrl->vnet->vdev, pairs);
	return vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_MQ,
			      VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, &cmd,
			      sizeof(cmd), NULL, 0);
}

static bool vnet_rss_within(const struct vnet_rss *rss, u16 pairs)
{
	unsigned int i;

	for (i = 0; i < rss->entries; i++)
		if (rss->table[i] >= pairs)
			return false;
	return true;
}

/*
 * The table of RSS has only queues that are in use (5.1.6.5.7.1.1).  One that
 * the administrator wrote stays as it is, if it can.
 */
static void vnet_channels_fit(struct vnet_ctrl *ctrl, u16 pairs)
{
	if (!netif_is_rxfh_configured(ctrl->vnet->dev) ||
	    !vnet_rss_within(&ctrl->rss, pairs))
		vnet_rss_spread(&ctrl->rss, pairs);
}

/**
 * vnet_channels_tell - tell the device how many pairs it may use
 * @ctrl: the control half
 * @pairs: 1 to &vnet_config.max_pairs
 *
 * Where RSS steers that is said by its parameters.
 * Context: process, under RTNL.
 *
 * Return: 0; -EOPNOTSUPP for more than one on a device without multiqueue; or
 * as vnet_ctrl_send().
 */
int vnet_channels_tell(struct vnet_ctrl *ctrl, u16 pairs)
{
	int err;

	if (vnet_rss_steers(ctrl)) {
		vnet_channels_fit(ctrl, pairs);
		err = vnet_rss_tell(ctrl, &ctrl->rss, pairs);
	} else {
		err = vnet_channels_tell_mq(ctrl, pairs);
		/* Without hashes packets are as good. */
		if (!err && ctrl->rss.supported && !ctrl->rss.entries)
			vnet_rss_tell(ctrl, &ctrl->rss, pairs);
	}
	/* What it refuses, or never heard, leaves it with what it had. */
	if (!err)
		WRITE_ONCE(ctrl->pairs, pairs);
	else if (vnet_ctrl_unsure(err))
		WRITE_ONCE(ctrl->pairs, 0);
	return err;
}

/* Queues that the device may use have buffers first (5.1.6.3.1). */
static void vnet_channels_start(struct vnet *vnet, u16 from, u16 to)
{
	u16 i;

	for (i = from; i < to; i++) {
		vnet_rx_start(vnet, i);
		vnet_tx_start(vnet, i);
	}
}

/* The stack uses so many pairs: the device does, or never more. */
static void vnet_channels_use(struct vnet *vnet, u16 pairs)
{
	struct net_device *dev = vnet->dev;

	vnet->pairs = pairs;
	netif_set_real_num_rx_queues(dev, pairs);
	netif_set_real_num_tx_queues(dev, pairs);
	vnet_tx_idle(vnet, vnet->max_pairs);
	/* Which CPU uses which. */
	vnet_affinity_set(vnet);
}

/**
 * vnet_channels_apply - use so many pairs of queues
 * @vnet: the interface
 * @pairs: 1 to &vnet_config.max_pairs
 *
 * The stack sends nothing on a queue that the device was told not to look at
 * (VIRTIO 1.4, 5.1.6.5.6.1): with fewer the stack hears of it first, with more
 * the device.  While the interface is down the device hears nothing.
 * Context: process, under RTNL.
 *
 * Return: 0, or as vnet_channels_tell(), with nothing changed; but when nobody
 * knows whether the device has fewer now, the stack uses no more than those.
 */
static int vnet_channels_apply(struct vnet *vnet, u16 pairs)
{
	struct net_device *dev = vnet->dev;
	u16 before = dev->real_num_tx_queues;
	int err = 0;

	if (pairs < before)
		netif_set_real_num_tx_queues(dev, pairs);
	if (netif_running(dev)) {
		vnet_channels_start(vnet, vnet->pairs, pairs);
		err = vnet_channels_tell(vnet->ctrl, pairs);
	}
	if (!err || (pairs < before && vnet_ctrl_unsure(err))) {
		vnet_channels_use(vnet, pairs);
		/* It may have passed over what is left there. */
		if (pairs > before)
			vnet_tx_remind(vnet);
	} else if (pairs < before) {
		vnet_channels_use(vnet, before);
	}
	/* After an error the table is of those that are told again. */
	vnet_channels_fit(vnet->ctrl, !err ? pairs :
			  max_t(u16, vnet->pairs, vnet->ctrl->wanted));
	return err;
}

/* The device is told of the pairs in use, or of more that were wanted before. */
static int vnet_channels_retell(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;
	int err;

	if (ctrl->wanted != vnet->pairs)
		return vnet_channels_apply(vnet, ctrl->wanted);
	err = vnet_channels_tell(ctrl, vnet->pairs);
	if (!err && vnet->pairs > 1)
		vnet_tx_remind(vnet);
	return err;
}

/**
 * vnet_channels_up - the queues in use have buffers: tell the device
 * @vnet: the interface, going up, or its device was reset
 *
 * One that refuses has one pair, as it has from the beginning; so has one that
 * does not answer, until it does.
 * Context: process, under RTNL.
 */
void vnet_channels_up(struct vnet *vnet)
{
	struct vnet_ctrl *ctrl = vnet->ctrl;
	int err = vnet_channels_retell(vnet);

	if (!err && vnet->pairs > 1)
		vnet_coal_replay(ctrl, true);
	/* It uses them, and was not told anything else. */
	if (!err || ctrl->wanted == 1 || ctrl->pairs >= vnet->pairs)
		return;
	dev_warn(&vnet->vdev->dev, "one pair of queues, not %u: error %d\n",
		 ctrl->wanted, -err);
	vnet_channels_use(vnet, 1);
	if (err != -EINVAL)
		return;
	ctrl->wanted = 1;
	vnet_channels_fit(ctrl, 1);
	vnet_channels_tell(ctrl, 1);
}

/**
 * vnet_get_channels - ethtool -l
 * @dev: the interface
 * @ch: the answer: what is wanted, which what is set is compared to
 */
void vnet_get_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct vnet *vnet = netdev_priv(dev);

	ch->combined_count = vnet->ctrl->wanted;
	ch->max_combined = vnet->ctrl->rss.entries || vnet->f.mq ?
			   vnet->max_pairs : 1;
}

/**
 * vnet_set_channels - ethtool -L
 * @dev: the interface
 * @ch: what is wanted; the caller has compared it to vnet_get_channels()
 *
 * Context: process, under RTNL.
 *
 * Return: 0; -EINVAL for what there is not; -EBUSY while the device is down; or
 * as vnet_ctrl_send().
 */
int vnet_set_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct vnet *vnet = netdev_priv(dev);
	int err;

	if (ch->rx_count || ch->tx_count || ch->other_count)
		return -EINVAL;
	if (!ch->combined_count || ch->combined_count > vnet->max_pairs)
		return -EINVAL;
	if (!vnet->ready)
		return -EBUSY;
	vnet_ctrl_hurry(vnet->ctrl);
	err = vnet_channels_apply(vnet, ch->combined_count);
	if (!err) {
		vnet->ctrl->wanted = ch->combined_count;
		vnet_coal_replay(vnet->ctrl, true);
	}
	vnet_ctrl_hurried(vnet->ctrl);
	return err;
}
