// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: AF_XDP without copying: transmit
 *
 * What sockets send on a queue that has a pool.  Called by NAPI and by the end of
 * transmit slots, under the transmit lock, or by whoever stopped the queue.
 *
 * Frames are taken as long as a quarter of the ring is left to the stack, or
 * what one of its packets needs, if that is more.  The
 * header of a frame (VIRTIO 1.4, 5.1.6.2) is the slot's, and the frame a
 * descriptor of its own, at the address that the pool has for it.
 */
#include <linux/etherdevice.h>
#include <net/xdp_sock_drv.h>
#include "tx.h"
#include "xsk.h"

/* Tell sockets whether they have to wake transmit when they have frames. */
static void vnet_xsk_mark_tx(struct vnet_xsk *xsk, bool wake)
{
	spin_lock(&xsk->lock);
	if (wake)
		xsk_set_tx_need_wakeup(xsk->pool);
	else
		xsk_clear_tx_need_wakeup(xsk->pool);
	spin_unlock(&xsk->lock);
}

/**
 * vnet_xsk_sent - a frame has come back, sent or not
 * @txq: its queue
 * @place: its place among those on their way
 *
 * Context: transmit lock, or of a queue that is stopped.
 */
void vnet_xsk_sent(struct vnet_txq *txq, unsigned int place)
{
	struct vnet_xsk *xsk = txq->xsk;
	unsigned int n = vnet_xsk_order_done(&xsk->order, place);

	if (n)
		xsk_tx_completed(xsk->pool, n);
}

/* Frames are Ethernet's, and no longer than the MTU allows (5.1.4.2). */
static bool vnet_xsk_sendable(const struct vnet_txq *txq, u32 len)
{
	return len >= ETH_HLEN &&
	       len <= READ_ONCE(txq->vnet->dev->mtu) + VNET_ETH_OVERHEAD;
}

/* A frame and its header, which asks for nothing. */
static int vnet_xsk_place(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			  const struct xdp_desc *desc)
{
	struct xsk_buff_pool *pool = txq->xsk->pool;
	dma_addr_t addr = xsk_buff_raw_get_dma(pool, desc->addr);
	u16 len = txq->vnet->hdr_len;

	xsk_buff_raw_dma_sync_for_device(pool, addr, desc->len);
	memset(slot->block->hdr, 0, len);
	vnet_tx_begin(txq, slot);
	virtqueue_table_out(&slot->table, slot->block_dma, len);
	virtqueue_table_out(&slot->table, addr, desc->len);
	return vnet_tx_add(txq, slot);
}

/* What cannot be sent is the socket's again, in its turn. */
static void vnet_xsk_send_one(struct vnet_txq *txq, const struct xdp_desc *desc)
{
	unsigned int place = vnet_xsk_order_add(&txq->xsk->order);
	struct vnet_tx_slot *slot = NULL;

	if (likely(vnet_xsk_sendable(txq, desc->len)))
		slot = vnet_tx_slot_get(txq);
	if (likely(slot) && likely(!vnet_xsk_place(txq, slot, desc))) {
		slot->kind = VNET_TX_XSK;
		slot->turn = place;
		txq->owed++;
		vnet_tx_count(txq, &txq->stats.packets, 1);
		vnet_tx_count(txq, &txq->stats.bytes, desc->len);
		return;
	}
	if (slot)
		vnet_tx_slot_put(txq, slot);
	vnet_tx_count(txq, &txq->stats.drops, 1);
	vnet_xsk_sent(txq, place);
}

/* With this frame, of two descriptors, the stack's part of the ring is left. */
static bool vnet_xsk_room(const struct vnet_txq *txq)
{
	return txq->vq->num_free >= txq->low + 2 &&
	       !vnet_xsk_order_full(&txq->xsk->order);
}

/* Send so many frames at most, as many as there are. */
static int vnet_xsk_send_some(struct vnet_txq *txq, int budget)
{
	struct vnet_xsk *xsk = txq->xsk;
	struct xdp_desc desc;
	int n = 0;

	while (n < budget && vnet_xsk_room(txq) &&
	       xsk_tx_peek_desc(xsk->pool, &desc)) {
		vnet_xsk_send_one(txq, &desc);
		n++;
	}
	xsk->held = !vnet_xsk_room(txq);
	if (!n)
		return 0;
	xsk_tx_release(xsk->pool);
	txq_trans_cond_update(vnet_tx_queue(txq));
	vnet_tx_kick(txq);
	return n;
}

/* Does NAPI come again, with @n frames sent, without a socket's doing? */
static bool vnet_xsk_comes_again(const struct vnet_xsk *xsk, int n, int budget)
{
	return n == budget || (n && xsk->order.out);
}

/**
 * vnet_xsk_transmit - send what sockets have
 * @txq: the queue, up, with a pool
 * @budget: NAPI's
 *
 * The end of frames that were sent just now leads here again.  With none sockets
 * have to wake the driver, and are told so: older ones a device may keep for long.
 * Context: the queue's NAPI, transmit lock.
 *
 * Return: false when there may be more: look again at once.
 */
bool vnet_xsk_transmit(struct vnet_txq *txq, int budget)
{
	struct vnet_xsk *xsk = txq->xsk;
	int n = vnet_xsk_send_some(txq, budget);

	if (!xsk->wakes)
		goto out;
	if (!vnet_xsk_comes_again(xsk, n, budget)) {
		vnet_xsk_mark_tx(xsk, true);
		/*
		 * The mark before a last look.  Its partner is the barrier that
		 * a socket has between a new frame and its look at the mark.
		 */
		smp_mb();
		n = vnet_xsk_send_some(txq, budget);
	}
	if (vnet_xsk_comes_again(xsk, n, budget))
		vnet_xsk_mark_tx(xsk, false);
out:
	if (n < budget)
		return true;
	/* NAPI comes again. */
	txq->armed = true;
	return false;
}
