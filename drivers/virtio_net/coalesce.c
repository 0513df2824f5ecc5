// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When queues notify, VIRTIO 1.4, 5.1.6.5.10
 *
 * ethtool -C: for all queues with VIRTIO_NET_F_NOTF_COAL, for one with
 * VIRTIO_NET_F_VQ_NOTF_COAL, and then receive queues can find out by themselves
 * (coalesce_dim.c).
 *
 * A value counts when the device has taken it.  The last command that is about
 * a queue holds, so a setting for all replaces those for one.
 */
#include <linux/slab.h>
#include "ctrl.h"

/* struct virtio_net_ctrl_coal of VIRTIO 1.4. */
struct vnet_coal_cmd {
	__le32 max_packets;
	__le32 max_usecs;
};

/* struct virtio_net_ctrl_coal_vq of VIRTIO 1.4. */
struct vnet_coal_vq_cmd {
	__le16 vq_index;
	__le16 reserved;
	struct vnet_coal_cmd coal;
};

static_assert(sizeof(struct vnet_coal_vq_cmd) == 12);

/* The part of it that the driver writes to ask for the rest. */
#define VNET_COAL_VQ_ASK	offsetof(struct vnet_coal_vq_cmd, coal)

static bool vnet_coal_same(const struct vnet_coal *a, const struct vnet_coal *b)
{
	return a->packets == b->packets && a->usecs == b->usecs;
}

static struct vnet_coal_cmd vnet_coal_fill(const struct vnet_coal *coal)
{
	return (struct vnet_coal_cmd) {
		.max_packets = cpu_to_le32(coal->packets),
		.max_usecs = cpu_to_le32(coal->usecs),
	};
}

/**
 * vnet_coal_tell_vq - one queue
 * @ctrl: the control half, with VIRTIO_NET_F_VQ_NOTF_COAL
 * @index: of the virtqueue, which is in use
 * @coal: what shall hold
 *
 * Context: process, with &vnet_coalesce.lock.
 *
 * Return: as vnet_ctrl_send().
 */
int vnet_coal_tell_vq(struct vnet_ctrl *ctrl, u16 index,
		      const struct vnet_coal *coal)
{
	struct vnet_coal_vq_cmd cmd = {
		.vq_index = cpu_to_le16(index),
		.coal = vnet_coal_fill(coal),
	};

	lockdep_assert_held(&ctrl->coal.lock);
	return vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_NOTF_COAL,
			      VIRTIO_NET_CTRL_NOTF_COAL_VQ_SET, &cmd,
			      sizeof(cmd), NULL, 0);
}

/**
 * vnet_coal_ask_vq - what the device has for one queue
 * @ctrl: the control half, with VIRTIO_NET_F_VQ_NOTF_COAL
 * @index: of the virtqueue, which is in use
 * @coal: the answer; as it was when the device has none
 *
 * Context: process, with &vnet_coalesce.lock.
 */
static void vnet_coal_ask_vq(struct vnet_ctrl *ctrl, u16 index,
			     struct vnet_coal *coal)
{
	struct vnet_coal_vq_cmd cmd = { .vq_index = cpu_to_le16(index) };
	struct vnet_coal_cmd has;
	int got;

	lockdep_assert_held(&ctrl->coal.lock);
	got = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_NOTF_COAL,
			     VIRTIO_NET_CTRL_NOTF_COAL_VQ_GET, &cmd,
			     VNET_COAL_VQ_ASK, &has, sizeof(has));
	if (got != sizeof(has))
		return;
	coal->packets = le32_to_cpu(has.max_packets);
	coal->usecs = le32_to_cpu(has.max_usecs);
}

/* All queues of a direction: @first is 0 for receive, 1 for transmit. */
static int vnet_coal_tell_all(struct vnet_ctrl *ctrl, unsigned int first,
			      const struct vnet_coal *coal)
{
	struct vnet_coal_cmd cmd = vnet_coal_fill(coal);
	int err = 0;
	u16 i;

	if (ctrl->f.coal)
		return vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_NOTF_COAL,
				      first ? VIRTIO_NET_CTRL_NOTF_COAL_TX_SET :
					      VIRTIO_NET_CTRL_NOTF_COAL_RX_SET,
				      &cmd, sizeof(cmd), NULL, 0);
	if (!ctrl->f.coal_vq)
		return -EOPNOTSUPP;
	for (i = 0; !err && i < vnet_channels_told(ctrl); i++)
		err = vnet_coal_tell_vq(ctrl, 2 * i + first, coal);
	ctrl->coal.partly |= err && i > 1;
	return err;
}

static int vnet_coal_set_rx(struct vnet_ctrl *ctrl,
			    const struct vnet_coal *coal)
{
	struct vnet_coalesce *c = &ctrl->coal;
	int err = vnet_coal_tell_all(ctrl, 0, coal);
	u16 i;

	if (err)
		return err;
	c->rx = *coal;
	for (i = 0; c->pairs && i < ctrl->vnet->max_pairs; i++)
		c->pairs[i].rx_own = false;
	return 0;
}

static int vnet_coal_set_tx(struct vnet_ctrl *ctrl,
			    const struct vnet_coal *coal)
{
	struct vnet_coalesce *c = &ctrl->coal;
	int err = vnet_coal_tell_all(ctrl, 1, coal);
	u16 i;

	if (err)
		return err;
	c->tx = *coal;
	for (i = 0; c->pairs && i < ctrl->vnet->max_pairs; i++)
		c->pairs[i].tx_own = false;
	return 0;
}

/* Has the device to be told?  After a reset it has none (5.1.6.5.10.2). */
static bool vnet_coal_differs(const struct vnet_coal *coal, bool fresh)
{
	return !fresh || coal->packets || coal->usecs;
}

/* What one queue is not told by its kind's; @own: its own, or NULL. */
static int vnet_coal_replay_vq(struct vnet_ctrl *ctrl, u16 index, bool fresh,
			       const struct vnet_coal *own,
			       const struct vnet_coal *all)
{
	if (own)
		return vnet_coal_tell_vq(ctrl, index, own);
	if (ctrl->f.coal || !vnet_coal_differs(all, fresh))
		return 0;
	return vnet_coal_tell_vq(ctrl, index, all);
}

/* Those values that a pair is not told by its kind's. */
static void vnet_coal_replay_locked(struct vnet_ctrl *ctrl, u16 pair,
				    bool fresh)
{
	struct vnet_coal_pair *p = &ctrl->coal.pairs[pair];
	int err;

	err = vnet_coal_replay_vq(ctrl, 2 * pair, fresh,
				  p->rx_own ? &p->rx : NULL, &ctrl->coal.rx);
	if (!err)
		err = vnet_coal_replay_vq(ctrl, 2 * pair + 1, fresh,
					  p->tx_own ? &p->tx : NULL,
					  &ctrl->coal.tx);
	if (err)
		dev_warn(&ctrl->vnet->vdev->dev,
			 "pair %u: coalescing is lost\n", pair);
}

/**
 * vnet_coal_replay_pair - queues that were reset
 * @ctrl: the control half
 * @pair: their number
 *
 * Such queues have what was set for all (VIRTIO 1.4, 5.1.6.5.10.5).
 * Context: process.
 */
void vnet_coal_replay_pair(struct vnet_ctrl *ctrl, u16 pair)
{
	mutex_lock(&ctrl->coal.lock);
	if (ctrl->coal.pairs && pair < vnet_channels_told(ctrl))
		vnet_coal_replay_locked(ctrl, pair, true);
	mutex_unlock(&ctrl->coal.lock);
}

/**
 * vnet_coal_replay - tell the device
 * @ctrl: the control half
 * @fresh: it was reset, or has other queues in use; otherwise nobody knows what
 *	it has
 *
 * Context: process, under RTNL.
 */
void vnet_coal_replay(struct vnet_ctrl *ctrl, bool fresh)
{
	struct vnet_coalesce *c = &ctrl->coal;
	u16 i;

	mutex_lock(&c->lock);
	if (ctrl->f.coal && vnet_coal_differs(&c->rx, fresh))
		vnet_coal_tell_all(ctrl, 0, &c->rx);
	if (ctrl->f.coal && vnet_coal_differs(&c->tx, fresh))
		vnet_coal_tell_all(ctrl, 1, &c->tx);
	for (i = 0; c->pairs && i < vnet_channels_told(ctrl); i++)
		vnet_coal_replay_locked(ctrl, i, fresh);
	mutex_unlock(&c->lock);
}

/**
 * vnet_coal_init - set coalescing up
 * @ctrl: the control half
 *
 * Return: 0 or -ENOMEM.
 */
int vnet_coal_init(struct vnet_ctrl *ctrl)
{
	struct vnet_coalesce *c = &ctrl->coal;
	int err;

	mutex_init(&c->lock);
	if (!ctrl->f.coal && !ctrl->f.coal_vq) {
		/* What it comes to: each used buffer may notify. */
		c->rx.packets = 1;
		c->tx.packets = ctrl->vnet->txqs[0].napi_on;
	}
	if (!ctrl->f.coal_vq)
		return 0;
	c->pairs = kcalloc(ctrl->vnet->max_pairs, sizeof(*c->pairs),
			   GFP_KERNEL);
	if (!c->pairs)
		return -ENOMEM;
	err = vnet_dim_init(ctrl);
	if (err)
		kfree(c->pairs);
	return err;
}

/**
 * vnet_coal_exit - the end of vnet_coal_init()
 * @ctrl: the control half; no queue is in use any more
 */
void vnet_coal_exit(struct vnet_ctrl *ctrl)
{
	vnet_dim_exit(ctrl);
	kfree(ctrl->coal.pairs);
}

static void vnet_coal_show(const struct vnet_coal *rx,
			   const struct vnet_coal *tx,
			   struct ethtool_coalesce *ec)
{
	ec->rx_coalesce_usecs = rx->usecs;
	ec->rx_max_coalesced_frames = rx->packets;
	ec->tx_coalesce_usecs = tx->usecs;
	ec->tx_max_coalesced_frames = tx->packets;
}

static void vnet_coal_parse(const struct ethtool_coalesce *ec,
			    struct vnet_coal *rx, struct vnet_coal *tx)
{
	rx->usecs = ec->rx_coalesce_usecs;
	rx->packets = ec->rx_max_coalesced_frames;
	tx->usecs = ec->tx_coalesce_usecs;
	tx->packets = ec->tx_max_coalesced_frames;
}

/**
 * vnet_get_coalesce - ethtool -c
 * @dev: the interface
 * @ec: the answer
 * @kec: not used
 * @extack: not used
 *
 * Return: 0.
 */
int vnet_get_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
		      struct kernel_ethtool_coalesce *kec,
		      struct netlink_ext_ack *extack)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_coalesce *c = &vnet->ctrl->coal;

	vnet_coal_show(&c->rx, &c->tx, ec);
	ec->use_adaptive_rx_coalesce = c->adaptive;
	return 0;
}

/* Is each receive queue adaptive, or none? */
static bool vnet_coal_all(const struct vnet_ctrl *ctrl, bool adaptive)
{
	const struct vnet_coalesce *c = &ctrl->coal;
	u16 i;

	for (i = 0; c->pairs && i < ctrl->vnet->max_pairs; i++)
		if (c->pairs[i].adaptive != adaptive)
			return false;
	return true;
}

static void vnet_coal_adapt_all(struct vnet_ctrl *ctrl, bool adaptive)
{
	struct vnet_coalesce *c = &ctrl->coal;
	u16 i;

	c->adaptive = adaptive;
	for (i = 0; c->pairs && i < ctrl->vnet->max_pairs; i++)
		WRITE_ONCE(c->pairs[i].adaptive, adaptive);
}

/**
 * vnet_coal_set_napi - on a device that has no commands for it
 * @ctrl: the control half
 * @tx: what is wanted: an interrupt for sent packets, or none (napi_tx)
 * @extack: why not
 *
 * Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP, or -EBUSY while the interface is up: packets know
 * which of the two they were sent with, but who waits for them does not.
 */
static int vnet_coal_set_napi(struct vnet_ctrl *ctrl,
			      const struct vnet_coal *tx,
			      struct netlink_ext_ack *extack)
{
	struct vnet *vnet = ctrl->vnet;
	u16 i;

	if (tx->usecs || tx->packets > 1)
		return -EOPNOTSUPP;
	if (netif_running(vnet->dev)) {
		NL_SET_ERR_MSG_MOD(extack, "tx-frames: the interface is up");
		return -EBUSY;
	}
	for (i = 0; i < vnet->max_pairs; i++)
		vnet->txqs[i].napi_on = tx->packets;
	ctrl->coal.tx = *tx;
	return 0;
}

/* Both directions, and who decides about receive queues. */
static int vnet_coal_set_locked(struct vnet_ctrl *ctrl, bool adaptive,
				const struct vnet_coal *rx,
				const struct vnet_coal *tx,
				struct netlink_ext_ack *extack)
{
	struct vnet_coalesce *c = &ctrl->coal;
	bool rx_same = vnet_coal_same(rx, &c->rx);
	bool tx_same = vnet_coal_same(tx, &c->tx);
	int err = 0;

	if (adaptive && !c->dim)
		return -EOPNOTSUPP;
	if (adaptive && !rx_same) {
		NL_SET_ERR_MSG_MOD(extack,
				   "adaptive-rx decides about rx values");
		return -EINVAL;
	}
	if (!ctrl->f.coal && !ctrl->f.coal_vq && rx_same && !tx_same)
		return vnet_coal_set_napi(ctrl, tx, extack);
	if (!tx_same)
		err = vnet_coal_set_tx(ctrl, tx);
	/* Where they were found out, all queues have the set ones again. */
	if (!err && (!rx_same || (!adaptive && !vnet_coal_all(ctrl, false))))
		err = vnet_coal_set_rx(ctrl, rx);
	if (!err)
		vnet_coal_adapt_all(ctrl, adaptive);
	return err;
}

/**
 * vnet_set_coalesce - ethtool -C
 * @dev: the interface
 * @ec: what is wanted
 * @kec: not used
 * @extack: why not
 *
 * Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP for a change that the device has no command for,
 * -EINVAL, or as vnet_ctrl_send().
 */
int vnet_set_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
		      struct kernel_ethtool_coalesce *kec,
		      struct netlink_ext_ack *extack)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_ctrl *ctrl = vnet->ctrl;
	struct vnet_coal rx, tx;
	int err;

	vnet_coal_parse(ec, &rx, &tx);
	mutex_lock(&ctrl->coal.lock);
	vnet_ctrl_hurry(ctrl);
	ctrl->coal.partly = false;
	err = vnet_coal_set_locked(ctrl, ec->use_adaptive_rx_coalesce, &rx,
				   &tx, extack);
	vnet_ctrl_hurried(ctrl);
	/* Some queues have it: all shall have what is shown. */
	if (ctrl->coal.partly && !vnet_ctrl_left(ctrl))
		vnet_ctrl_resync(ctrl);
	mutex_unlock(&ctrl->coal.lock);
	return err;
}

static struct vnet_coal_pair *vnet_coal_pair(struct vnet *vnet, u32 pair)
{
	if (!vnet->ctrl->coal.pairs)
		return ERR_PTR(-EOPNOTSUPP);
	if (pair >= vnet->pairs)
		return ERR_PTR(-EINVAL);
	return &vnet->ctrl->coal.pairs[pair];
}

/**
 * vnet_get_per_queue_coalesce - ethtool -Q, show
 * @dev: the interface
 * @pair: number of the queues
 * @ec: the answer: the device's, or what it was told if it does not say
 *
 * Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP or -EINVAL.
 */
int vnet_get_per_queue_coalesce(struct net_device *dev, u32 pair,
				struct ethtool_coalesce *ec)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_coal_pair *p = vnet_coal_pair(vnet, pair);
	struct vnet_coalesce *c = &vnet->ctrl->coal;
	struct vnet_coal rx, tx;

	if (IS_ERR(p))
		return PTR_ERR(p);
	mutex_lock(&c->lock);
	rx = p->rx_own ? p->rx : c->rx;
	tx = p->tx_own ? p->tx : c->tx;
	if (pair < vnet_channels_told(vnet->ctrl)) {
		vnet_coal_ask_vq(vnet->ctrl, 2 * pair, &rx);
		vnet_coal_ask_vq(vnet->ctrl, 2 * pair + 1, &tx);
	}
	vnet_coal_show(&rx, &tx, ec);
	ec->use_adaptive_rx_coalesce = p->adaptive;
	mutex_unlock(&c->lock);
	return 0;
}

static int vnet_coal_set_pair(struct vnet_ctrl *ctrl, u32 pair, bool adaptive,
			      const struct vnet_coal *rx,
			      const struct vnet_coal *tx)
{
	struct vnet_coal_pair *p = &ctrl->coal.pairs[pair];
	int err;

	if (!adaptive) {
		err = vnet_coal_tell_vq(ctrl, 2 * pair, rx);
		if (err)
			return err;
		p->rx = *rx;
		p->rx_own = true;
	}
	WRITE_ONCE(p->adaptive, adaptive);
	err = vnet_coal_tell_vq(ctrl, 2 * pair + 1, tx);
	if (err)
		return err;
	p->tx = *tx;
	p->tx_own = true;
	return 0;
}

/**
 * vnet_set_per_queue_coalesce - ethtool -Q, --coalesce
 * @dev: the interface
 * @pair: number of the queues
 * @ec: what is wanted
 *
 * Where the receive queue finds out by itself, what is said of it is not looked
 * at.  Context: process, under RTNL.
 *
 * Return: 0, -EOPNOTSUPP, -EINVAL, or as vnet_ctrl_send().
 */
int vnet_set_per_queue_coalesce(struct net_device *dev, u32 pair,
				struct ethtool_coalesce *ec)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_coal_pair *p = vnet_coal_pair(vnet, pair);
	struct vnet_coalesce *c = &vnet->ctrl->coal;
	bool adaptive = ec->use_adaptive_rx_coalesce;
	struct vnet_coal rx, tx;
	int err;

	if (IS_ERR(p))
		return PTR_ERR(p);
	if (adaptive && !c->dim)
		return -EOPNOTSUPP;
	vnet_coal_parse(ec, &rx, &tx);
	mutex_lock(&c->lock);
	err = vnet_coal_set_pair(vnet->ctrl, pair, adaptive, &rx, &tx);
	mutex_unlock(&c->lock);
	return err;
}
