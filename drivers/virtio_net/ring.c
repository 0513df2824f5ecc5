// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Sizes of rings: ethtool -g and -G
 *
 * With VIRTIO_F_RING_RESET (VIRTIO 1.4, 2.6.1) a queue is given a ring of
 * another size while the rest of the device goes on: packets that it still had
 * are dropped.  A transmit queue that stands still is reset in the same way, and
 * so are both of a pair when the buffers of AF_XDP sockets come or go.
 */
#include <linux/log2.h>
#include "ctrl.h"

/* A ring takes a packet of any kind, and a frame of AF_XDP beside it. */
#define VNET_RING_MIN	(VNET_TX_DESCS + 2)

/**
 * vnet_get_ringparam - ethtool -g
 * @dev: the interface
 * @ring: the answer
 * @kring: not used
 * @extack: not used
 */
void vnet_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			struct kernel_ethtool_ringparam *kring,
			struct netlink_ext_ack *extack)
{
	struct vnet *vnet = netdev_priv(dev);

	if (!vnet->ready)
		return;
	ring->rx_max_pending = vnet->rxqs[0].vq->num_max;
	ring->tx_max_pending = vnet->txqs[0].vq->num_max;
	ring->rx_pending = virtqueue_get_vring_size(vnet->rxqs[0].vq);
	ring->tx_pending = virtqueue_get_vring_size(vnet->txqs[0].vq);
}

/* May a ring have so many entries?  Split ones are powers of two (2.7). */
static bool vnet_ring_valid(struct vnet_ctrl *ctrl, u32 num, u32 max)
{
	return num && num <= max && (ctrl->f.packed || is_power_of_2(num));
}

/* Does a transmit ring of this size take any packet, also of a socket? */
static bool vnet_ring_sends(struct vnet *vnet, u32 num)
{
	unsigned int i;

	if (num < (vnet->f.indirect ? VNET_TX_MIN_DESCS : VNET_RING_MIN))
		return false;
	for (i = 0; i < vnet->max_pairs; i++)
		if (vnet->rxqs[i].xsk &&
		    num < vnet_tx_ring_low(&vnet->txqs[i], num) + 2U)
			return false;
	return true;
}

/* A ring that stays as it is, is as it is. */
static bool vnet_ring_has_room(struct vnet *vnet, u32 rx, u32 tx)
{
	struct vnet_rxq *rxq = &vnet->rxqs[0];
	struct virtqueue *tx_vq = vnet->txqs[0].vq;

	return (rx == virtqueue_get_vring_size(rxq->vq) ||
		vnet_rx_ring_holds(rxq, rx)) &&
	       (tx == virtqueue_get_vring_size(tx_vq) ||
		vnet_ring_sends(vnet, tx));
}

static int vnet_ring_resize_rx(struct vnet *vnet, u16 i, u32 num)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	bool on = rxq->on;
	int err, ready;

	if (virtqueue_get_vring_size(rxq->vq) == num) {
		rxq->entries = num;
		return 0;
	}
	vnet_rx_stop(vnet, i);
	err = virtqueue_resize(rxq->vq, num, vnet_rx_recycle);
	if (!err)
		rxq->entries = num;
	ready = vnet_rx_ring_ready(rxq);
	if (on)
		vnet_rx_start(vnet, i);
	return err ? err : ready;
}

static int vnet_ring_resize_tx(struct vnet *vnet, u16 i, u32 num)
{
	struct vnet_txq *txq = &vnet->txqs[i];
	bool on = txq->on;
	int err, ready;

	if (virtqueue_get_vring_size(txq->vq) == num) {
		txq->entries = num;
		return 0;
	}
	vnet_tx_stop(vnet, i);
	err = virtqueue_resize(txq->vq, num, vnet_tx_recycle);
	if (!err)
		txq->entries = num;
	ready = vnet_tx_ring_ready(txq);
	if (on)
		vnet_tx_start(vnet, i);
	return err ? err : ready;
}

/* Another size, and the one that was asked for; or that at once. */
static int vnet_ring_renew(struct virtqueue *vq, u32 entries,
			   void (*recycle)(struct virtqueue *vq, void *buf))
{
	u32 num = virtqueue_get_vring_size(vq);
	int err;

	if (num == entries) {
		if (num / 2 < VNET_TX_MIN_DESCS)
			return -EINVAL;
		err = virtqueue_resize(vq, num / 2, recycle);
		if (err)
			return err;
	}
	return virtqueue_resize(vq, entries, recycle);
}

/**
 * vnet_ring_can_reset - can a queue be reset by itself?
 * @vnet: the interface
 *
 * Context: any.  Return: true with VIRTIO_F_RING_RESET.
 */
bool vnet_ring_can_reset(const struct vnet *vnet)
{
	return vnet->ctrl->f.ring_reset;
}

/**
 * vnet_ring_reset_tx - take all packets back from a queue, and go on
 * @vnet: the interface, ready; with vnet_ring_can_reset()
 * @i: the queue
 *
 * The kernel has no call for a reset alone.  It is one to change the size, and
 * there is no harm in a second one that changes it back: when it fails for lack
 * of memory the queue goes on with the smaller ring, until the next reset.  One
 * that the device does not do breaks the queue, and the bus resets the device.
 * Context: process, under RTNL.
 *
 * Return: 0, -EINVAL for a ring that has no half, or as virtqueue_resize().
 */
int vnet_ring_reset_tx(struct vnet *vnet, u16 i)
{
	struct vnet_txq *txq = &vnet->txqs[i];
	bool on = txq->on;
	int err, ready;

	ASSERT_RTNL();
	vnet_tx_stop(vnet, i);
	err = vnet_ring_renew(txq->vq, txq->entries, vnet_tx_recycle);
	ready = vnet_tx_ring_ready(txq);
	if (on)
		vnet_tx_start(vnet, i);
	vnet_coal_replay_pair(vnet->ctrl, i);
	return err ? err : ready;
}

/**
 * vnet_ring_reset_stopped - take all buffers back from a pair of queues
 * @vnet: the interface, ready; with vnet_ring_can_reset()
 * @i: the pair, both queues stopped
 * @tx: of the transmit queue as well
 *
 * As vnet_ring_reset_tx().  After an error the device may have some still.
 * Context: process, under RTNL.
 *
 * Return: 0 or an error.
 */
int vnet_ring_reset_stopped(struct vnet *vnet, u16 i, bool tx)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	struct vnet_txq *txq = &vnet->txqs[i];
	int err, ready;

	ASSERT_RTNL();
	err = vnet_ring_renew(rxq->vq, rxq->entries, vnet_rx_recycle);
	if (!err && tx)
		err = vnet_ring_renew(txq->vq, txq->entries, vnet_tx_recycle);
	ready = vnet_rx_ring_ready(rxq);
	if (!ready && tx)
		ready = vnet_tx_ring_ready(txq);
	vnet_coal_replay_pair(vnet->ctrl, i);
	return err ? err : ready;
}

/**
 * vnet_ring_restore - the device was reset: rings have their sizes again
 * @vnet: the interface, ready, its queues stopped
 *
 * When one cannot have its size, it and those behind it keep the device's: a
 * device that does not answer is not waited for once per queue.  Context:
 * process, under RTNL.
 */
void vnet_ring_restore(struct vnet *vnet)
{
	int err = 0;
	u16 i;

	for (i = 0; i < vnet->max_pairs; i++) {
		struct vnet_rxq *rxq = &vnet->rxqs[i];
		struct vnet_txq *txq = &vnet->txqs[i];

		if (!err)
			err = vnet_ring_resize_rx(vnet, i, rxq->entries);
		if (!err)
			err = vnet_ring_resize_tx(vnet, i, txq->entries);
		rxq->entries = virtqueue_get_vring_size(rxq->vq);
		txq->entries = virtqueue_get_vring_size(txq->vq);
	}
	if (err)
		dev_warn(&vnet->vdev->dev,
			 "rings have the device's size: error %d\n", -err);
}

static int vnet_ring_resize(struct vnet *vnet, u32 rx, u32 tx)
{
	int err = 0;
	u16 i;

	vnet_ctrl_hurry(vnet->ctrl);
	for (i = 0; !err && i < vnet->max_pairs; i++) {
		err = vnet_ring_resize_rx(vnet, i, rx);
		if (!err)
			err = vnet_ring_resize_tx(vnet, i, tx);
		/* A queue that was reset has forgotten its own (5.1.6.5.10). */
		vnet_coal_replay_pair(vnet->ctrl, i);
	}
	vnet_ctrl_hurried(vnet->ctrl);
	return err;
}

/**
 * vnet_set_ringparam - ethtool -G
 * @dev: the interface
 * @ring: what is wanted
 * @kring: not used
 * @extack: why not
 *
 * Context: process, under RTNL.
 *
 * Return: 0; -EOPNOTSUPP without VIRTIO_F_RING_RESET; -EINVAL; -EBUSY while
 * the device is down; -ENOMEM, or why the device did not take a ring, with the
 * queues up to it changed.
 */
int vnet_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
		       struct kernel_ethtool_ringparam *kring,
		       struct netlink_ext_ack *extack)
{
	struct vnet *vnet = netdev_priv(dev);

	if (ring->rx_mini_pending || ring->rx_jumbo_pending)
		return -EINVAL;
	if (!vnet->ctrl->f.ring_reset)
		return -EOPNOTSUPP;
	if (!vnet->ready)
		return -EBUSY;
	if (!vnet_ring_valid(vnet->ctrl, ring->rx_pending,
			     vnet->rxqs[0].vq->num_max) ||
	    !vnet_ring_valid(vnet->ctrl, ring->tx_pending,
			     vnet->txqs[0].vq->num_max)) {
		NL_SET_ERR_MSG_MOD(extack, "a ring has a power of two entries");
		return -EINVAL;
	}
	if (!vnet_ring_has_room(vnet, ring->rx_pending, ring->tx_pending)) {
		NL_SET_ERR_MSG_MOD(extack, "no room for the longest packet");
		return -EINVAL;
	}
	return vnet_ring_resize(vnet, ring->rx_pending, ring->tx_pending);
}
