// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When queues are looked at
 *
 * The interrupt of a queue schedules its NAPI, which looks at the queue until
 * there is no more, and only then asks for an interrupt again (VIRTIO 1.4,
 * 5.1.6.4).  Also here: how a queue is stopped, so that nobody touches it, and
 * how it goes on.
 *
 * What can happen between asking for an interrupt and the end of NAPI is seen
 * either by virtqueue_poll() afterwards, or by the interrupt, which marks NAPI
 * as missed.
 *
 * A poll touches its virtqueue after napi_complete_done(), which is all that
 * napi_disable() waits for: so whoever stops a queue waits for softirqs as well.
 */
#include <linux/netdevice.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"
#include "xsk.h"

/* How long to wait for memory, and for buffers of a socket that do not tell. */
#define VNET_REFILL_DELAY	(HZ / 10)
#define VNET_XSK_DELAY		1

static void vnet_napi_schedule(struct napi_struct *napi, struct virtqueue *vq)
{
	if (napi_schedule_prep(napi)) {
		virtqueue_disable_cb(vq);
		__napi_schedule(napi);
	}
}

/**
 * vnet_rx_schedule - have NAPI look at a receive queue
 * @rxq: the queue; there may be no virtqueue: nothing happens while it is
 *	stopped
 *
 * Context: bottom halves off.
 */
void vnet_rx_schedule(struct vnet_rxq *rxq)
{
	if (napi_schedule_prep(&rxq->napi)) {
		virtqueue_disable_cb(rxq->vq);
		__napi_schedule(&rxq->napi);
	}
}

/**
 * vnet_tx_schedule - have NAPI look at a transmit queue
 * @txq: the queue; as vnet_rx_schedule()
 *
 * Context: bottom halves off.
 */
void vnet_tx_schedule(struct vnet_txq *txq)
{
	if (napi_schedule_prep(&txq->napi)) {
		virtqueue_disable_cb(txq->vq);
		__napi_schedule(&txq->napi);
	}
}

/**
 * vnet_rx_vq_done - packets came
 * @vq: a receive queue
 *
 * Context: interrupt.
 */
void vnet_rx_vq_done(struct virtqueue *vq)
{
	struct vnet *vnet = vq->vdev->priv;
	struct vnet_rxq *rxq = &vnet->rxqs[vnet_vq_pair(vq)];

	rxq->calls++;
	vnet_napi_schedule(&rxq->napi, vq);
}

/**
 * vnet_tx_vq_done - packets were sent
 * @vq: a transmit queue
 *
 * Context: interrupt.
 */
void vnet_tx_vq_done(struct virtqueue *vq)
{
	struct vnet *vnet = vq->vdev->priv;

	vnet_napi_schedule(&vnet->txqs[vnet_vq_pair(vq)].napi, vq);
}

/* Nobody is interrupted by a broken queue: this is the last look at it. */
static void vnet_napi_broken(struct vnet *vnet, struct virtqueue *vq)
{
	if (unlikely(virtqueue_is_broken(vq)))
		vnet_report(vnet, VIRTIO_FAILURE_QUEUE);
}

/* Give the device buffers; try later what cannot be done now. */
static void vnet_rx_feed(struct vnet_rxq *rxq)
{
	struct vnet *vnet = rxq->vnet;

	if (rxq->vq->num_free < rxq->refill_at && !rxq->starved)
		return;
	if (unlikely(!vnet_rx_refill(rxq)))
		queue_delayed_work(vnet_wq, &vnet->refill_work,
				   rxq->xsk ? VNET_XSK_DELAY :
					      VNET_REFILL_DELAY);
}

/*
 * What came may acknowledge what was sent, and TCP wants to have that back
 * first.  It is no more than a help: who holds the lock is not waited for, and
 * the ACK may come on another pair.
 */
static noinline void vnet_rx_look(struct vnet_txq *txq)
{
	struct netdev_queue *q = vnet_tx_queue(txq);

	if (!__netif_tx_trylock(q))
		return;
	if (txq->up && !txq->armed)
		vnet_tx_clean(txq, 0);
	__netif_tx_unlock(q);
}

static int vnet_rx_poll(struct napi_struct *napi, int budget)
{
	struct vnet_rxq *rxq = container_of(napi, struct vnet_rxq, napi);
	struct vnet *vnet = rxq->vnet;
	unsigned int seen;
	int done;

	/* Netpoll wants to send, with interrupts off: no memory is moved. */
	if (unlikely(!budget))
		return 0;
	if (READ_ONCE(vnet->txqs[rxq->index].rx_looks))
		vnet_rx_look(&vnet->txqs[rxq->index]);
	done = vnet_rx_packets(rxq, budget);
	vnet_rx_feed(rxq);
	if (done >= budget)
		return done;

	vnet_coal_sample(rxq);
	seen = virtqueue_enable_cb_prepare(rxq->vq);
	if (!napi_complete_done(napi, done))
		virtqueue_disable_cb(rxq->vq);
	else if (unlikely(virtqueue_poll(rxq->vq, seen)))
		vnet_napi_schedule(napi, rxq->vq);
	vnet_napi_broken(vnet, rxq->vq);
	return done;
}

/**
 * vnet_tx_arm - have NAPI run when most of what is in the ring was sent
 * @txq: the queue, up, not armed
 *
 * Context: transmit lock, bottom halves off.
 */
void vnet_tx_arm(struct vnet_txq *txq)
{
	txq->armed = true;
	if (unlikely(!virtqueue_enable_cb_delayed(txq->vq)))
		vnet_napi_schedule(&txq->napi, txq->vq);
}

/**
 * vnet_tx_timer - packets were sent, and none after them
 * @t: &vnet_txq.timer
 *
 * Context: softirq.
 */
void vnet_tx_timer(struct timer_list *t)
{
	struct vnet_txq *txq = from_timer(txq, t, timer);

	WRITE_ONCE(txq->late, true);
	vnet_tx_schedule(txq);
}

/* Does the device still have packets that the timer has looked for? */
static bool vnet_tx_is_late(struct vnet_txq *txq)
{
	if (likely(!READ_ONCE(txq->late)))
		return false;
	WRITE_ONCE(txq->late, false);
	return txq->lazy;
}

/*
 * Ask for another interrupt if somebody waits for a packet, or for room.  False
 * when there is something to be done right now.
 */
static bool vnet_tx_rearm(struct vnet_txq *txq)
{
	txq->armed = vnet_tx_is_late(txq) || txq->owed ||
		     netif_xmit_stopped(vnet_tx_queue(txq)) ||
		     vnet_xsk_held(txq);
	if (!txq->armed && txq->lazy)
		vnet_tx_watch(txq);
	return !txq->armed || virtqueue_enable_cb_delayed(txq->vq) ||
	       virtqueue_is_broken(txq->vq);
}

/*
 * More was sent while NAPI ended.  A poll without a budget is netpoll's, which
 * does not come back, and wants to hear 0.
 */
static noinline int vnet_tx_poll_again(struct vnet_txq *txq, int budget)
{
	if (budget)
		virtqueue_disable_cb(txq->vq);
	else
		vnet_napi_schedule(&txq->napi, txq->vq);
	return budget;
}

static int vnet_tx_poll(struct napi_struct *napi, int budget)
{
	struct vnet_txq *txq = container_of(napi, struct vnet_txq, napi);
	struct netdev_queue *q = vnet_tx_queue(txq);
	bool done = true;

	__netif_tx_lock(q, smp_processor_id());
	if (txq->up) {
		vnet_tx_clean(txq, budget);
		done = vnet_xsk_send(txq, budget) && vnet_tx_rearm(txq);
	}
	__netif_tx_unlock(q);
	if (unlikely(!done))
		return vnet_tx_poll_again(txq, budget);
	/* An interrupt came meanwhile, and left them on. */
	if (budget && unlikely(!napi_complete_done(napi, 0)))
		virtqueue_disable_cb(txq->vq);
	vnet_napi_broken(txq->vnet, txq->vq);
	return 0;
}

/**
 * vnet_refill_work - there may be memory again
 * @work: &vnet.refill_work
 *
 * Has NAPI try, which alone may.  Context: process.
 */
void vnet_refill_work(struct work_struct *work)
{
	struct vnet *vnet = container_of(to_delayed_work(work), struct vnet,
					 refill_work);
	unsigned int i;

	rtnl_lock();
	for (i = 0; i < vnet->max_pairs; i++) {
		struct vnet_rxq *rxq = &vnet->rxqs[i];

		if (!rxq->on || !READ_ONCE(rxq->starved))
			continue;
		local_bh_disable();
		vnet_napi_schedule(&rxq->napi, rxq->vq);
		local_bh_enable();
	}
	rtnl_unlock();
}

/* NAPI has ended, and will not run: nor does the rest of its last poll. */
static void vnet_napi_stop(struct napi_struct *napi)
{
	napi_disable(napi);
	synchronize_net();
}

/**
 * vnet_rx_stop - nobody touches a receive queue any more
 * @vnet: the interface
 * @i: the queue
 *
 * Its buffers stay with the device.  Context: process, under RTNL.
 */
void vnet_rx_stop(struct vnet *vnet, unsigned int i)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];

	ASSERT_RTNL();
	if (!rxq->on)
		return;
	vnet_napi_stop(&rxq->napi);
	rxq->on = false;
	virtqueue_disable_cb(rxq->vq);
}

/**
 * vnet_rx_start - a receive queue is used again, or for the first time
 * @vnet: the interface
 * @i: the queue; there is a virtqueue
 *
 * Context: process, under RTNL.
 */
void vnet_rx_start(struct vnet *vnet, unsigned int i)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];

	ASSERT_RTNL();
	if (rxq->on || !rxq->vq)
		return;
	rxq->on = true;
	local_bh_disable();
	vnet_rx_feed(rxq);
	napi_enable(&rxq->napi);
	/* What came meanwhile caused no interrupt. */
	vnet_napi_schedule(&rxq->napi, rxq->vq);
	local_bh_enable();
}

/**
 * vnet_tx_stop - nobody touches a transmit queue any more
 * @vnet: the interface
 * @i: the queue
 *
 * Its packets stay with the device.  Context: process, under RTNL.
 */
void vnet_tx_stop(struct vnet *vnet, unsigned int i)
{
	struct vnet_txq *txq = &vnet->txqs[i];
	struct netdev_queue *q = vnet_tx_queue(txq);

	ASSERT_RTNL();
	if (!txq->on)
		return;
	__netif_tx_lock_bh(q);
	/* Nobody looks from now on for what was sent. */
	if (txq->up)
		vnet_tx_clean(txq, 0);
	txq->up = false;
	netif_tx_stop_queue(q);
	__netif_tx_unlock_bh(q);
	del_timer_sync(&txq->timer);
	vnet_napi_stop(&txq->napi);
	txq->on = false;
	virtqueue_disable_cb(txq->vq);
}

/* A queue that was out of use may have been full all the time. */
static void vnet_tx_again(struct vnet_txq *txq)
{
	struct netdev_queue *q = vnet_tx_queue(txq);

	__netif_tx_lock_bh(q);
	if (txq->up && txq->vq->num_free < txq->need) {
		netif_tx_stop_queue(q);
		if (!txq->armed)
			vnet_tx_arm(txq);
	}
	__netif_tx_unlock_bh(q);
}

/**
 * vnet_tx_start - a transmit queue is used again, or for the first time
 * @vnet: the interface
 * @i: the queue; there is a virtqueue
 *
 * Context: process, under RTNL.
 */
void vnet_tx_start(struct vnet *vnet, unsigned int i)
{
	struct vnet_txq *txq = &vnet->txqs[i];
	struct netdev_queue *q = vnet_tx_queue(txq);

	ASSERT_RTNL();
	if (txq->on)
		vnet_tx_again(txq);
	if (txq->on || !txq->vq)
		return;
	txq->on = true;
	/* Without NAPI for packets each one looks for those before. */
	txq->clean_min = !txq->napi_on ? U16_MAX :
			 max_t(u16, txq->low, 2 * txq->need);
	txq->clean_at = txq->clean_min;
	/* That was the queue of before. */
	WRITE_ONCE(txq->stalled, false);
	napi_enable(&txq->napi);
	__netif_tx_lock_bh(q);
	txq->up = true;
	/* NAPI runs below, and wakes a queue whose ring is still full. */
	txq->armed = true;
	if (txq->vq->num_free >= txq->need)
		netif_tx_wake_queue(q);
	__netif_tx_unlock_bh(q);
	/* What was sent meanwhile caused no interrupt. */
	local_bh_disable();
	vnet_napi_schedule(&txq->napi, txq->vq);
	local_bh_enable();
}

/**
 * vnet_tx_idle - the queues that are out of use do not count as stopped
 * @vnet: the interface
 * @end: one behind the last that may be stopped
 *
 * The stack's watchdog looks at all queues, and takes one that is stopped for
 * one that stands still.  The byte queue limits keep their count: packets may
 * be on their way.  Context: process, under RTNL.
 */
void vnet_tx_idle(struct vnet *vnet, unsigned int end)
{
	unsigned int i;

	ASSERT_RTNL();
	for (i = vnet->pairs; i < end; i++) {
		struct netdev_queue *q = vnet_tx_queue(&vnet->txqs[i]);

		__netif_tx_lock_bh(q);
		netif_tx_start_queue(q);
		clear_bit(__QUEUE_STATE_STACK_XOFF, &q->state);
		__netif_tx_unlock_bh(q);
	}
}

/**
 * vnet_napi_add - the interface has NAPI
 * @vnet: the interface, not registered yet, with its queues
 */
void vnet_napi_add(struct vnet *vnet)
{
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		netif_napi_add_weight(vnet->dev, &vnet->rxqs[i].napi,
				      vnet_rx_poll, vnet_param_napi_weight);
		netif_napi_add_tx_weight(vnet->dev, &vnet->txqs[i].napi,
					 vnet_tx_poll, vnet_param_napi_weight);
	}
	vnet->napi = true;
}

/**
 * vnet_napi_del - the interface has no NAPI any more
 * @vnet: the interface, with all queues stopped
 *
 * Context: process.
 */
void vnet_napi_del(struct vnet *vnet)
{
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		__netif_napi_del(&vnet->rxqs[i].napi);
		__netif_napi_del(&vnet->txqs[i].napi);
	}
	/* The queues' memory goes next: wait for who may still walk there. */
	synchronize_net();
}
