// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When the device does not behave
 *
 * What the bus calls when the device failed (virtio_recovery.h), and what a
 * transmit queue that stands still leads to.
 *
 * Nothing is given again: packets may be lost on any network, and who needs
 * them sends them again.  Receive buffers keep their memory.  Meanwhile the
 * interface is "not present" to the stack: nothing reaches it, and it loses
 * none of its settings, which the control half tells the device anew.
 *
 * A device may have a reason to send nothing for a long time (its other side
 * is gone).  Once in a while the queue is reset then (VIRTIO 1.4, 2.6.1), which
 * costs the others nothing; when it stands still again, the device, in the hope
 * that this helps, but so rarely that it is not given up for it.
 *
 * On the kernel's own bus nobody calls these functions but vnet_fail(): a
 * failed device is given up there.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"

/* Between two resets of a device that sends nothing. */
#define VNET_RESET_INTERVAL \
	(2 * HZ * VIRTIO_RECOVERY_SPAN / VIRTIO_RECOVERIES)

/**
 * vnet_stop - nobody touches the queues any more
 * @vdev: the device
 *
 * Whoever waits for an answer of the device, with RTNL, is sent away first.
 * Context: process; takes RTNL.
 */
void vnet_stop(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;
	unsigned int i;

	vnet_ctl_down(vnet);
	rtnl_lock();
	vnet->ready = false;
	netif_device_detach(vnet->dev);
	for (i = 0; i < vnet->max_pairs; i++) {
		vnet_tx_stop(vnet, i);
		vnet_rx_stop(vnet, i);
	}
	rtnl_unlock();
}

/**
 * vnet_reclaim - take everything back from a device after its reset
 * @vdev: the device
 *
 * Context: process; takes RTNL.
 */
void vnet_reclaim(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;
	unsigned int i;

	rtnl_lock();
	vnet_ctl_reclaim(vnet);
	for (i = 0; i < vnet->max_pairs; i++) {
		vnet_rx_take_all(&vnet->rxqs[i]);
		vnet_tx_take_all(&vnet->txqs[i]);
	}
	vnet_queues_delete(vnet);
	rtnl_unlock();
}

/**
 * vnet_use - the device is set up: let it be used
 * @vnet: the interface; DRIVER_OK is set
 *
 * Receive first, so that the device has buffers when it is told of the queues;
 * transmit when it was (VIRTIO 1.4, 5.1.6.5.6.1).  Context: process, under RTNL.
 */
void vnet_use(struct vnet *vnet)
{
	bool running = netif_running(vnet->dev);
	unsigned int i;

	ASSERT_RTNL();
	vnet->ready = true;
	vnet_ring_restore(vnet);
	for (i = 0; running && i < vnet->pairs; i++)
		vnet_rx_start(vnet, i);
	vnet_ctl_up(vnet);
	vnet_affinity_set(vnet);
	for (i = 0; running && i < vnet->pairs; i++)
		vnet_tx_start(vnet, i);
	netif_device_attach(vnet->dev);
	vnet_link_update(vnet);
}

/**
 * vnet_restart - set the queues up again and go on
 * @vdev: the device, reset, with its features negotiated again
 *
 * After system sleep as well.  Context: process; takes RTNL.
 *
 * Return: 0, or why the queues could not be set up; there are none then.
 */
int vnet_restart(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;
	int err;

	err = vnet_queues_find(vnet);
	if (err)
		return err;
	err = vnet_queues_ready(vnet);
	if (err) {
		vnet_queues_delete(vnet);
		return err;
	}
	virtio_device_ready(vdev);
	rtnl_lock();
	vnet_use(vnet);
	rtnl_unlock();
	return 0;
}

/**
 * vnet_dead - nothing is sent or received from now on
 * @vdev: the device, without queues
 * @why: what is wrong with it
 *
 * Context: process; takes RTNL.
 */
void vnet_dead(struct virtio_device *vdev, enum virtio_failure why)
{
	struct vnet *vnet = vdev->priv;

	dev_err(&vdev->dev, "%s: nothing is sent or received from now on\n",
		netdev_name(vnet->dev));
	rtnl_lock();
	vnet->failed = true;
	netif_device_detach(vnet->dev);
	vnet_carrier_set(vnet, false);
	rtnl_unlock();
}

const struct virtio_recovery_ops vnet_recovery = {
	.stop		= vnet_stop,
	.reclaim	= vnet_reclaim,
	.restart	= vnet_restart,
	.dead		= vnet_dead,
};

/**
 * vnet_fail_work - the device failed, and the bus does not see to it
 * @work: &vnet.fail_work
 *
 * On the kernel's own bus only.  Once and for good: nothing could bring it up.
 * Harmless when the device was given up before, or has no queues.
 */
void vnet_fail_work(struct work_struct *work)
{
	struct vnet *vnet = container_of(work, struct vnet, fail_work);
	struct virtio_device *vdev = vnet->vdev;
	bool up;

	rtnl_lock();
	up = vnet->ready && !vnet->failed;
	rtnl_unlock();
	if (!up)
		return;
	vnet_stop(vdev);
	virtio_reset_device(vdev);
	virtio_synchronize_cbs(vdev);
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FAILED);
	vnet_reclaim(vdev);
	vnet_dead(vdev, VIRTIO_FAILURE_QUEUE);
}

/**
 * vnet_report - the device failed
 * @vnet: the interface
 * @why: what is wrong
 *
 * Context: any.
 */
void vnet_report(struct vnet *vnet, enum virtio_failure why)
{
	if (virtio_has_recovery())
		virtio_report_failure(vnet->vdev, why);
	else if (!READ_ONCE(vnet->removing))
		queue_work(vnet_wq, &vnet->fail_work);
}

/* Is that long ago?  Then it is now. */
static bool vnet_long_ago(unsigned long *when)
{
	if (*when && time_before(jiffies, *when + VNET_RESET_INTERVAL))
		return false;
	*when = jiffies ?: 1;
	return true;
}

/*
 * First the queue, then the device, but not so often that the bus gives it up
 * for it.  Never on another bus, whose reset of a queue may wait for ever.
 */
static void vnet_stalled(struct vnet *vnet, struct vnet_txq *txq)
{
	if (!virtio_has_recovery() || !netif_carrier_ok(vnet->dev) ||
	    READ_ONCE(vnet->removing))
		return;
	if (vnet_ring_can_reset(vnet) && vnet_long_ago(&txq->last_reset)) {
		WRITE_ONCE(txq->stalled, true);
		queue_work(vnet_wq, &vnet->stall_work);
	} else if (vnet_long_ago(&vnet->last_reset)) {
		vnet_report(vnet, VIRTIO_FAILURE_TIMEOUT);
	}
}

static void vnet_stall_reset(struct vnet *vnet, struct vnet_txq *txq)
{
	struct netdev_queue *q = vnet_tx_queue(txq);
	int err;

	if (!txq->on)
		return;
	__netif_tx_lock_bh(q);
	vnet_tx_count(txq, &txq->stats.resets, 1);
	__netif_tx_unlock_bh(q);
	err = vnet_ring_reset_tx(vnet, txq->index);
	if (err)
		netdev_err(vnet->dev, "%s: no reset: error %d\n", txq->name,
			   -err);
}

/**
 * vnet_stall_work - transmit queues stand still
 * @work: &vnet.stall_work
 *
 * Context: process; takes RTNL.
 */
void vnet_stall_work(struct work_struct *work)
{
	struct vnet *vnet = container_of(work, struct vnet, stall_work);
	unsigned int i;

	rtnl_lock();
	for (i = 0; vnet->ready && i < vnet->max_pairs; i++)
		if (xchg(&vnet->txqs[i].stalled, false))
			vnet_stall_reset(vnet, &vnet->txqs[i]);
	rtnl_unlock();
}

/**
 * vnet_tx_timeout - a transmit queue stands still
 * @dev: the interface
 * @i: the queue
 *
 * First looks whether packets were sent and only the interrupt is missing.
 * Context: bottom half; the stack does not call this twice at a time.
 */
void vnet_tx_timeout(struct net_device *dev, unsigned int i)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_txq *txq = &vnet->txqs[i];
	struct netdev_queue *q = vnet_tx_queue(txq);
	bool stands = false;

	__netif_tx_lock(q, smp_processor_id());
	vnet_tx_count(txq, &txq->stats.timeouts, 1);
	if (txq->up) {
		vnet_tx_clean(txq, 0);
		stands = netif_xmit_stopped(q);
	}
	__netif_tx_unlock(q);
	netdev_err(dev, "%s: %s\n", txq->name,
		   stands ? "nothing was sent for a long time" :
			    "an interrupt was missing");
	if (stands)
		vnet_stalled(vnet, txq);
}
