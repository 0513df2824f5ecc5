// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Packets to be sent
 *
 * From the stack to a transmit queue, and back to whoever waits for them to be
 * gone.  Called by the stack and by NAPI, always under the transmit lock of
 * the queue, which the stack holds anyway.
 *
 * The device is told of packets as late as the stack allows (xmit_more, byte
 * queue limits), with one decision for all of them.  That it has sent some is
 * found out by NAPI: the interrupt is asked for when most are gone, so that
 * it takes many at a time; and by the queue's receive half, which looks in
 * passing.  With the module parameter napi_tx off nobody asks: packets are
 * the driver's own as soon as they are in the ring, and later ones find out.
 *
 * A queue is stopped when the next packet might not fit, and goes on when a
 * quarter of the ring is free.
 */
#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <net/xdp.h>
#include "tx.h"

/* Ring entries that are left, as packets count them. */
static unsigned int vnet_tx_room(const struct vnet_txq *txq)
{
	return txq->free_slots ? txq->vq->num_free : 0;
}

/**
 * vnet_tx_low - is it time to look for packets that are gone?
 * @txq: the queue
 *
 * Return: true when less than a quarter of the ring is free, or one packet's.
 */
bool vnet_tx_low(const struct vnet_txq *txq)
{
	unsigned int size = virtqueue_get_vring_size(txq->vq);

	return vnet_tx_room(txq) < max_t(unsigned int, txq->need, size / 4);
}

/**
 * vnet_tx_kick - tell the device of what was added
 * @txq: the queue
 *
 * A device that cannot be told has the queue broken, which the ring reports.
 */
void vnet_tx_kick(struct vnet_txq *txq)
{
	if (virtqueue_kick_prepare(txq->vq) && virtqueue_notify(txq->vq))
		vnet_tx_count(txq, &txq->stats.kicks, 1);
}

/**
 * struct vnet_tx_done - packets that are gone
 * @packets: how many that the byte queue limits count
 * @bytes: their bytes
 */
struct vnet_tx_done {
	unsigned int packets;
	unsigned int bytes;
};

/* The ring does not have a slot any more: let its packet go. */
static void vnet_tx_release(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			    int budget, struct vnet_tx_done *done)
{
	slot->in_ring = false;
	vnet_tx_unmap(txq, slot);
	if (likely(slot->kind == VNET_TX_SKB)) {
		done->packets += !!slot->bytes;
		done->bytes += slot->bytes;
		napi_consume_skb(slot->skb, budget);
	} else if (slot->kind == VNET_TX_XDP) {
		xdp_return_frame(slot->frame);
	}
	vnet_tx_slot_put(txq, slot);
}

static void vnet_tx_completed(struct vnet_txq *txq,
			      const struct vnet_tx_done *done)
{
	if (done->packets)
		netdev_tx_completed_queue(vnet_tx_queue(txq), done->packets,
					  done->bytes);
}

static unsigned int vnet_tx_take(struct vnet_txq *txq)
{
	struct virtqueue_used *used = txq->used;
	unsigned int n;

	if (likely(txq->use_table))
		return virtqueue_ext_get_batch(txq->vq, used, VNET_BATCH);
	for (n = 0; n < VNET_BATCH; n++) {
		used[n].data = virtqueue_get_buf(txq->vq, &used[n].len);
		if (!used[n].data)
			break;
	}
	return n;
}

/* The device may take what the stack keeps back. */
static void vnet_tx_wake(struct vnet_txq *txq)
{
	struct netdev_queue *q = vnet_tx_queue(txq);

	if (netif_tx_queue_stopped(q) && txq->up && !vnet_tx_low(txq))
		netif_tx_wake_queue(q);
}

/**
 * vnet_tx_clean - let go of what the device has sent
 * @txq: the queue, up
 * @budget: NAPI's, 0 outside of it
 *
 * The used length means nothing (a device writes nothing; a legacy one says
 * what it likes, VIRTIO 1.4, 5.1.6.1).
 * Context: transmit lock.
 */
void vnet_tx_clean(struct vnet_txq *txq, int budget)
{
	struct vnet_tx_done done = { };
	unsigned int i, n;

	do {
		n = vnet_tx_take(txq);
		for (i = 0; i < n; i++)
			vnet_tx_release(txq, txq->used[i].data, budget, &done);
	} while (n == VNET_BATCH);
	vnet_tx_completed(txq, &done);
	vnet_tx_wake(txq);
}

/* A buffer that the ring gives back, sent or not. */
static void vnet_tx_return(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	struct vnet_tx_done done = { };

	vnet_tx_release(txq, slot, 0, &done);
	vnet_tx_completed(txq, &done);
}

/**
 * vnet_tx_recycle - a packet that the ring gives back unused
 * @vq: its virtqueue, of a queue that is stopped
 * @buf: its slot
 *
 * The packet is lost, as on a wire.
 */
void vnet_tx_recycle(struct virtqueue *vq, void *buf)
{
	struct vnet *vnet = vq->vdev->priv;

	vnet_tx_return(&vnet->txqs[vnet_vq_pair(vq)], buf);
}

/**
 * vnet_tx_take_all - take all packets back from a device after its reset
 * @txq: the queue, stopped
 *
 * By the ring, and by our own books for what the ring lost.  Packets may be
 * lost; what needs them sends them again.  Context: process.
 */
void vnet_tx_take_all(struct vnet_txq *txq)
{
	struct vnet_tx_slot *slot;
	unsigned int i;

	if (!txq->vq)
		return;
	while ((slot = virtqueue_detach_unused_buf(txq->vq)))
		vnet_tx_return(txq, slot);
	for (i = 0; txq->slots && i < txq->nr_slots; i++)
		if (txq->slots[i].in_ring)
			vnet_tx_return(txq, &txq->slots[i]);
	netdev_tx_reset_queue(vnet_tx_queue(txq));
}

/* May the header be written right before the packet? */
static bool vnet_tx_header_before(const struct vnet *vnet,
				  const struct sk_buff *skb)
{
	return vnet->f.any_layout && skb_headroom(skb) >= vnet->hdr_len &&
	       !skb_header_cloned(skb);
}

/* Describe a packet for the ring. */
static bool vnet_tx_build(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			  struct sk_buff *skb)
{
	struct vnet *vnet = txq->vnet;
	bool before = vnet_tx_header_before(vnet, skb);
	void *raw = before ? (void *)skb->data - vnet->hdr_len :
			     (void *)slot->block->hdr;

	slot->kind = VNET_TX_SKB;
	slot->skb = skb;
	slot->bytes = txq->napi_on ? skb->len : 0;
	vnet_tx_begin(txq, slot);
	return vnet_tx_hdr_fill(&vnet->f, raw, vnet->hdr_len, skb) &&
	       vnet_tx_head(txq, slot, skb->data, skb_headlen(skb), before) &&
	       vnet_tx_frags(txq, slot, skb_shinfo(skb));
}

/**
 * vnet_tx_send - give a packet to the ring
 * @txq: the queue, up
 * @skb: the packet; the ring's on success
 *
 * Return: false when it cannot be sent, and is still the caller's.
 */
static bool vnet_tx_send(struct vnet_txq *txq, struct sk_buff *skb)
{
	struct vnet_tx_slot *slot;

	/* The ring is smaller than what the stack thinks a packet may be. */
	if (unlikely(skb_shinfo(skb)->nr_frags > txq->max_frags) &&
	    skb_linearize(skb))
		return false;
	slot = vnet_tx_slot_get(txq);
	if (unlikely(!slot))
		return false;
	if (unlikely(!vnet_tx_build(txq, slot, skb)))
		goto undo;
	skb_tx_timestamp(skb);
	if (!txq->napi_on) {
		skb_orphan(skb);
		nf_reset_ct(skb);
	}
	if (unlikely(vnet_tx_add(txq, slot)))
		goto undo;
	return true;

undo:
	vnet_tx_unmap(txq, slot);
	vnet_tx_slot_put(txq, slot);
	return false;
}

/*
 * The next packet might not fit.  With NAPI the interrupt that is asked for
 * wakes the queue; without, ask for one now, and look whether it is too late.
 */
static void vnet_tx_full(struct vnet_txq *txq)
{
	netif_tx_stop_queue(vnet_tx_queue(txq));
	vnet_tx_count(txq, &txq->stats.stops, 1);
	if (txq->napi_on || virtqueue_enable_cb_delayed(txq->vq))
		return;
	vnet_tx_clean(txq, 0);
	if (!netif_tx_queue_stopped(vnet_tx_queue(txq)))
		virtqueue_disable_cb(txq->vq);
}

/* Is the device to be told now?  With NAPI the byte queue limits decide. */
static bool vnet_tx_kick_now(struct vnet_txq *txq, unsigned int bytes,
			     bool more)
{
	struct netdev_queue *q = vnet_tx_queue(txq);

	if (txq->napi_on)
		return __netdev_tx_sent_queue(q, bytes, more);
	return !more || netif_xmit_stopped(q);
}

static void vnet_tx_drop(struct vnet_txq *txq, struct sk_buff *skb, bool more)
{
	vnet_tx_count(txq, &txq->stats.drops, 1);
	dev_kfree_skb_any(skb);
	/* Others may wait for this one to be announced with them. */
	if (!more && txq->up)
		vnet_tx_kick(txq);
}

/**
 * vnet_start_xmit - send a packet
 * @skb: the packet
 * @dev: the interface
 *
 * Context: bottom half, with the transmit lock of the packet's queue.
 *
 * Return: NETDEV_TX_OK: it was sent, or dropped and counted.
 */
netdev_tx_t vnet_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_txq *txq = &vnet->txqs[skb_get_queue_mapping(skb)];
	unsigned int bytes = skb->len;
	bool more = netdev_xmit_more();

	if (unlikely(!txq->up)) {
		vnet_tx_drop(txq, skb, more);
		return NETDEV_TX_OK;
	}
	if (vnet_tx_low(txq) || !txq->napi_on)
		vnet_tx_clean(txq, 0);
	if (unlikely(!vnet_tx_send(txq, skb))) {
		vnet_tx_drop(txq, skb, more);
		return NETDEV_TX_OK;
	}
	vnet_tx_count(txq, &txq->stats.packets, 1);
	vnet_tx_count(txq, &txq->stats.bytes, bytes);
	if (unlikely(vnet_tx_room(txq) < txq->need))
		vnet_tx_full(txq);
	if (vnet_tx_kick_now(txq, bytes, more))
		vnet_tx_kick(txq);
	return NETDEV_TX_OK;
}
