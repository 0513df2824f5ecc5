// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Frames of XDP to be sent
 *
 * Called by xdp.c.  They share the transmit queues with the stack, and its
 * lock: the CPU says which queue, of those that the stack may use just now; so a
 * queue that the device is told to forget has got its last frame before that
 * (VIRTIO 1.4, 5.1.6.5.6.1).  The byte queue limits do not count them.
 */
#include <net/xdp.h>
#include "tx.h"

/* Describe a frame for the ring.  It has a header that asks for nothing. */
static bool vnet_tx_build_frame(struct vnet_txq *txq, struct vnet_tx_slot *slot,
				struct xdp_frame *frame)
{
	struct vnet *vnet = txq->vnet;
	bool before = vnet->f.any_layout && frame->headroom >= vnet->hdr_len;

	slot->kind = VNET_TX_XDP;
	slot->frame = frame;
	vnet_tx_begin(txq, slot);
	memset(before ? frame->data - vnet->hdr_len : slot->block->hdr, 0,
	       vnet->hdr_len);
	if (!vnet_tx_head(txq, slot, frame->data, frame->len, before))
		return false;
	return !xdp_frame_has_frags(frame) ||
	       vnet_tx_frags(txq, slot, xdp_get_shared_info_from_frame(frame));
}

static bool vnet_tx_send_frame(struct vnet_txq *txq, struct xdp_frame *frame)
{
	unsigned int bytes = xdp_get_frame_len(frame);
	struct vnet_tx_slot *slot;

	if (txq->vq->num_free < txq->need)
		return false;
	slot = vnet_tx_slot_get(txq);
	if (unlikely(!slot))
		return false;
	if (unlikely(!vnet_tx_build_frame(txq, slot, frame) ||
		     vnet_tx_add(txq, slot))) {
		vnet_tx_unmap(txq, slot);
		vnet_tx_slot_put(txq, slot);
		return false;
	}
	txq->owed++;
	vnet_tx_count(txq, &txq->stats.packets, 1);
	vnet_tx_count(txq, &txq->stats.bytes, bytes);
	return true;
}

/* The stack must not find a ring without room. */
static void vnet_tx_keep_room(struct vnet_txq *txq)
{
	bool full = txq->vq->num_free < txq->need;

	if (full)
		netif_tx_stop_queue(vnet_tx_queue(txq));
	if ((full || txq->owed) && !txq->armed)
		vnet_tx_arm(txq);
}

static int vnet_tx_frames_locked(struct vnet_txq *txq,
				 struct xdp_frame **frames, int n, bool flush)
{
	int sent = 0;

	if (unlikely(!txq->up))
		return -ENETDOWN;
	txq_trans_cond_update(vnet_tx_queue(txq));
	if (vnet_tx_low(txq))
		vnet_tx_clean(txq, 0);
	while (sent < n && vnet_tx_send_frame(txq, frames[sent]))
		sent++;
	vnet_tx_count(txq, &txq->stats.xdp_tx, n);
	vnet_tx_count(txq, &txq->stats.xdp_tx_drops, n - sent);
	vnet_tx_keep_room(txq);
	if (flush)
		vnet_tx_kick(txq);
	return sent;
}

/**
 * vnet_tx_xdp_queue - where frames of XDP go just now
 * @vnet: the interface
 *
 * Context: bottom half; so long the device serves the queue.
 *
 * Return: the queue.
 */
struct vnet_txq *vnet_tx_xdp_queue(struct vnet *vnet)
{
	unsigned int pairs = READ_ONCE(vnet->dev->real_num_tx_queues);

	return &vnet->txqs[smp_processor_id() % pairs];
}

/**
 * vnet_tx_frames - send frames
 * @txq: the queue, of vnet_tx_xdp_queue()
 * @frames: the frames; those that are sent are the driver's
 * @n: how many, or 0
 * @flush: tell the device, of what was sent before too
 *
 * Context: bottom half.
 *
 * Return: how many were sent, the first ones, or -ENETDOWN.
 */
int vnet_tx_frames(struct vnet_txq *txq, struct xdp_frame **frames, int n,
		   bool flush)
{
	struct netdev_queue *q = vnet_tx_queue(txq);
	int sent;

	__netif_tx_lock(q, smp_processor_id());
	sent = vnet_tx_frames_locked(txq, frames, n, flush);
	__netif_tx_unlock(q);
	return sent;
}
