// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: AF_XDP without copying: receive
 *
 * Instead of rx.c and rx_buf.c on a queue that has a pool: buffers of it for the
 * device, and what becomes of the packets in them.  Called by NAPI, and by whoever
 * stopped the queue.
 *
 * The header of a packet (VIRTIO 1.4, 5.1.6) goes into the last bytes of the
 * headroom that XDP promises its programs, right before the data.  What the
 * device says is looked at as in rx.c.  A packet in several buffers is dropped:
 * sockets of 6.1 have none.  Packets that no program takes, or all of them where
 * there is no program, are copied for the stack.
 */
#include <linux/etherdevice.h>
#include <net/xdp_sock_drv.h>
#include "rx.h"
#include "xsk.h"

/* Where the device writes: header and data. */
static dma_addr_t vnet_xsk_addr(const struct vnet_rxq *rxq,
				struct xdp_buff *xdp)
{
	return xsk_buff_xdp_get_dma(xdp) - rxq->vnet->hdr_len;
}

/* Have the device look away from what may be in the CPU's caches. */
static void vnet_xsk_sync_for_device(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	struct vnet_xsk *xsk = rxq->xsk;

	xsk_buff_raw_dma_sync_for_device(xsk->pool, vnet_xsk_addr(rxq, xdp),
					 xsk->room);
}

/* See header and data; the pool's own function does not know of a header. */
static void vnet_xsk_sync_for_cpu(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	struct xsk_buff_pool *pool = rxq->xsk->pool;

	if (likely(!pool->dma_need_sync))
		return;
	dma_sync_single_for_cpu(pool->dev, vnet_xsk_addr(rxq, xdp),
				rxq->vnet->hdr_len, DMA_BIDIRECTIONAL);
	xsk_buff_dma_sync_for_cpu(xdp, pool);
}

/**
 * vnet_xsk_put - a slot's buffer goes back to the pool
 * @slot: the slot, not in the ring, with a buffer
 *
 * Context: the queue's NAPI, or who stopped it.
 */
void vnet_xsk_put(struct vnet_rx_slot *slot)
{
	xsk_buff_free(slot->xsk);
	slot->xsk = NULL;
}

/* Give a slot's buffer to the device; one that it still has, if possible. */
static bool vnet_xsk_add(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	struct vnet_xsk *xsk = rxq->xsk;

	if (!slot->xsk)
		slot->xsk = xsk_buff_alloc(xsk->pool);
	if (!slot->xsk)
		return false;
	vnet_xsk_sync_for_device(rxq, slot->xsk);
	return !virtqueue_ext_add_one(rxq->vq, vnet_xsk_addr(rxq, slot->xsk),
				      xsk->room, true, slot);
}

/* Give the device all that the pool has.  False when that is not enough. */
static bool vnet_xsk_fill(struct vnet_rxq *rxq, bool *added)
{
	struct vnet_rx_slot *slot;

	while ((slot = rxq->free_slots) && rxq->vq->num_free) {
		if (!vnet_xsk_add(rxq, slot))
			return slot->xsk;
		rxq->free_slots = slot->next;
		slot->in_ring = true;
		*added = true;
	}
	return true;
}

/* Tell sockets whether they have to wake receive when they have buffers. */
static void vnet_xsk_mark_rx(struct vnet_xsk *xsk, bool wake)
{
	spin_lock(&xsk->lock);
	if (wake)
		xsk_set_rx_need_wakeup(xsk->pool);
	else
		xsk_clear_rx_need_wakeup(xsk->pool);
	spin_unlock(&xsk->lock);
}

/**
 * vnet_xsk_refill - give the device buffers of the pool
 * @rxq: the queue, with a pool
 *
 * As vnet_rx_refill().  A pool that is short of buffers is asked again with the
 * next packets; when none come, sockets wake the driver, or it tries by itself.
 * Context: the queue's NAPI, or who stopped it, with bottom halves off.
 *
 * Return: false when it has to try again by itself.
 */
bool vnet_xsk_refill(struct vnet_rxq *rxq)
{
	struct vnet_xsk *xsk = rxq->xsk;
	bool added = false, ok = vnet_xsk_fill(rxq, &added);

	if (!ok && xsk->wakes) {
		vnet_xsk_mark_rx(xsk, true);
		/*
		 * The mark before a last look.  Its partner is the barrier that
		 * a socket has between a new buffer and its look at the mark.
		 */
		smp_mb();
		ok = vnet_xsk_fill(rxq, &added);
	}
	if (ok && xsk->wakes)
		vnet_xsk_mark_rx(xsk, false);
	if (added)
		vnet_rx_kick(rxq);
	rxq->starved = !ok;
	return ok || xsk->wakes;
}

/**
 * vnet_xsk_pass - a packet goes to the stack: copy it
 * @rxq: the queue
 * @xdp: the packet; its buffer goes back to the pool
 *
 * Context: the queue's NAPI.
 *
 * Return: the packet, or NULL when it was dropped, and counted.
 */
struct sk_buff *vnet_xsk_pass(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	u32 meta = xdp->data - xdp->data_meta;
	u32 len = xdp->data_end - xdp->data_meta;
	struct sk_buff *skb = napi_alloc_skb(&rxq->napi, len);

	if (likely(skb)) {
		skb_put_data(skb, xdp->data_meta, len);
		if (meta) {
			skb_metadata_set(skb, meta);
			__skb_pull(skb, meta);
		}
	} else {
		vnet_rx_count(rxq, &rxq->stats.no_memory, 1);
		vnet_rx_drop(rxq, 0);
	}
	xsk_buff_free(xdp);
	return skb;
}

/**
 * vnet_xsk_check - is that one whole packet?
 * @round: the round of receive
 * @slot: its buffer
 * @len: bytes that the device says it wrote
 * @hdr: its header, new
 *
 * Otherwise it is dropped, and counted where that belongs, with all its further
 * buffers.
 */
static bool vnet_xsk_check(struct vnet_rx_round *round,
			   struct vnet_rx_slot *slot, u32 len,
			   struct vnet_rx_hdr *hdr)
{
	struct vnet_rxq *rxq = round->rxq;
	struct vnet *vnet = rxq->vnet;

	hdr->num_buffers = 1;
	if (unlikely(len < vnet->hdr_len + ETH_HLEN || len > rxq->xsk->room)) {
		vnet_rx_count(rxq, &rxq->stats.bad_len, 1);
		goto drop;
	}
	vnet_xsk_sync_for_cpu(rxq, slot->xsk);
	vnet_rx_hdr_parse(&vnet->f, slot->xsk->data - vnet->hdr_len, hdr);
	if (unlikely(!hdr->num_buffers || hdr->num_buffers > rxq->nr_slots)) {
		vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
		hdr->num_buffers = 1;
		goto drop;
	}
	if (likely(hdr->num_buffers == 1 &&
		   !(round->prog && vnet_xdp_unfinished(hdr))))
		return true;
	if (round->prog)
		vnet_rx_count(rxq, &rxq->stats.xdp_drops, 1);
drop:
	vnet_rx_drop(rxq, hdr->num_buffers - 1);
	return false;
}

/* One packet, or what is none. */
static void vnet_xsk_one(struct vnet_rx_round *round, struct vnet_rx_slot *slot,
			 u32 len)
{
	struct vnet_rxq *rxq = round->rxq;
	struct xdp_buff *xdp = slot->xsk;
	struct vnet_rx_hdr hdr;
	struct sk_buff *skb;
	bool ok;

	ok = vnet_xsk_check(round, slot, len, &hdr);
	if (likely(ok))
		slot->xsk = NULL;
	vnet_rx_slot_put(rxq, slot);
	if (unlikely(!ok))
		return;
	xsk_buff_set_size(xdp, len - rxq->vnet->hdr_len);
	if (likely(round->prog)) {
		/* The program may change what the device validated. */
		hdr.flags = 0;
		skb = vnet_xdp_act(round, xdp);
	} else {
		skb = vnet_xsk_pass(rxq, xdp);
	}
	if (skb)
		vnet_rx_give(rxq, &hdr, skb);
}

/**
 * vnet_xsk_packets - take packets
 * @rxq: the queue, with a pool
 * @budget: how many at most
 *
 * As vnet_rx_packets().  Context: the queue's NAPI.
 *
 * Return: how many there were.
 */
int vnet_xsk_packets(struct vnet_rxq *rxq, int budget)
{
	struct vnet_rx_round round = { .rxq = rxq };
	struct vnet_rx_slot *slot;
	int done;
	u32 len;

	rcu_read_lock();
	round.prog = rcu_dereference(rxq->vnet->xdp_prog);
	for (done = 0; done < budget; done++) {
		slot = vnet_rx_pop(rxq, &len);
		if (!slot)
			break;
		vnet_xsk_one(&round, slot, len);
		if (rxq->vq->num_free >= 2 * rxq->refill_at)
			vnet_rx_refill(rxq);
	}
	if (round.xdp)
		vnet_xdp_finish(&round);
	rcu_read_unlock();
	return done;
}
