// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: AF_XDP without copying
 *
 * A pool of buffers that user space has mapped takes the place of a queue's
 * pages: the device writes packets there, and reads there what sockets send.
 * Called by the kernel when a pool comes and goes (ndo_bpf) and when a socket
 * wants to be looked at (ndo_xsk_wakeup), by receive and transmit meanwhile.
 *
 * Receive: the header of a packet (VIRTIO 1.4, 5.1.6) goes into the last bytes
 * of the headroom that XDP promises its programs, right before the data.  What
 * the device says is looked at as in rx.c.  A packet in several buffers is
 * dropped: sockets of 6.1 have none.  Packets that no program takes, or all of
 * them where there is no program, are copied for the stack.
 *
 * Transmit: NAPI takes frames of the sockets as long as a quarter of the ring is
 * left to the stack.  The header of such a frame is the slot's, and the frame a
 * descriptor of its own, at the address that the pool has for it.
 *
 * A pool comes and goes under traffic: both queues are stopped, and the rings
 * that have buffers of the wrong kind are reset (2.6.1).  A device that does
 * not do that when a pool goes is reset itself, at once: the memory is not ours
 * any more when ndo_bpf returns.  Slots keep their buffers while a device is
 * reset, asleep, or given other rings.
 */
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/slab.h>
#include <net/xdp_sock_drv.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"
#include "xsk.h"

/*
 * With each mapping: what is in memory when it is made or undone is the user's;
 * only what was sent or received is brought there, or from there.
 */
#define VNET_XSK_DMA	DMA_ATTR_SKIP_CPU_SYNC

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

/* The same for transmit and frames. */
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

/* A quarter of the ring is the stack's. */
static bool vnet_xsk_room(const struct vnet_txq *txq)
{
	return txq->vq->num_free > txq->low &&
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

/**
 * vnet_xsk_transmit - send what sockets have
 * @txq: the queue, up, with a pool
 * @budget: NAPI's
 *
 * While frames are on their way their end leads here again.  With none sockets
 * have to wake the driver, and are told so.
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
	if (n < budget && !xsk->order.out) {
		vnet_xsk_mark_tx(xsk, true);
		/*
		 * The mark before a last look.  Its partner is the barrier that
		 * a socket has between a new frame and its look at the mark.
		 */
		smp_mb();
		n = vnet_xsk_send_some(txq, budget);
	}
	if (n == budget || xsk->order.out)
		vnet_xsk_mark_tx(xsk, false);
out:
	if (n < budget)
		return true;
	/* NAPI comes again. */
	txq->armed = true;
	return false;
}

/**
 * vnet_xsk_wakeup - a socket wants to be looked at
 * @dev: the interface
 * @i: the queue
 * @flags: XDP_WAKEUP_*
 *
 * Context: process or bottom half.
 *
 * Return: 0; -ENETDOWN while the interface is; -EINVAL without a pool.
 */
int vnet_xsk_wakeup(struct net_device *dev, u32 i, u32 flags)
{
	struct vnet *vnet = netdev_priv(dev);

	if (!netif_running(dev) || !netif_device_present(dev))
		return -ENETDOWN;
	if (i >= vnet->max_pairs || !READ_ONCE(vnet->rxqs[i].xsk))
		return -EINVAL;
	local_bh_disable();
	if (flags & XDP_WAKEUP_RX)
		vnet_rx_schedule(&vnet->rxqs[i]);
	if (flags & XDP_WAKEUP_TX)
		vnet_tx_schedule(&vnet->txqs[i]);
	local_bh_enable();
	return 0;
}

/* Does a packet of that length fit a buffer? */
static bool vnet_xsk_fits(const struct vnet *vnet, const struct vnet_xsk *xsk,
			  unsigned int mtu)
{
	return mtu + VNET_ETH_OVERHEAD + vnet->hdr_len <= xsk->room;
}

/**
 * vnet_xsk_mtu_ok - do all sockets get packets of that length?
 * @vnet: the interface
 * @mtu: bytes
 *
 * Context: process, under RTNL.
 */
bool vnet_xsk_mtu_ok(const struct vnet *vnet, unsigned int mtu)
{
	unsigned int i;

	for (i = 0; vnet->pools && i < vnet->max_pairs; i++)
		if (vnet->rxqs[i].xsk &&
		    !vnet_xsk_fits(vnet, vnet->rxqs[i].xsk, mtu))
			return false;
	return true;
}

/* Packets that were taken out of the ring, and not looked at yet: drop them. */
static void vnet_xsk_flush(struct vnet_rxq *rxq)
{
	struct vnet_rx_slot *slot;

	while (rxq->next < rxq->nr_used) {
		slot = rxq->used[rxq->next++].data;
		slot->in_ring = false;
		vnet_rx_slot_put(rxq, slot);
		vnet_rx_count(rxq, &rxq->stats.drops, 1);
	}
}

static bool vnet_xsk_any_in_ring(const struct vnet_rxq *rxq)
{
	unsigned int i;

	for (i = 0; i < rxq->nr_slots; i++)
		if (rxq->slots[i].in_ring)
			return true;
	return false;
}

/* Does the device have a buffer that it must not have any more? */
static bool vnet_xsk_busy(const struct vnet_rxq *rxq,
			  const struct vnet_txq *txq)
{
	return vnet_xsk_any_in_ring(rxq) || (txq->xsk && txq->xsk->order.out);
}

/*
 * Take all buffers back from a pair that is stopped.  A device that is about to
 * be reset, or was, gives nothing back by itself.
 */
static int vnet_xsk_reclaim(struct vnet *vnet, u16 i)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	struct vnet_txq *txq = &vnet->txqs[i];
	int err = 0;

	vnet_xsk_flush(rxq);
	if (!vnet_xsk_busy(rxq, txq))
		return 0;
	if (!vnet->ready)
		return -ENETDOWN;
	err = vnet_ring_reset_stopped(vnet, i,
				      txq->xsk && txq->xsk->order.out);
	return vnet_xsk_busy(rxq, txq) ? err ?: -EIO : 0;
}

/*
 * By a reset of the device, which ends its use of all buffers (VIRTIO 1.4, 2.4).
 * The bus finds it broken and sets it up again; or is about to reset it anyway.
 */
static void vnet_xsk_reclaim_hard(struct vnet *vnet, u16 i)
{
	virtio_reset_device(vnet->vdev);
	vnet_rx_take_all(&vnet->rxqs[i]);
	vnet_tx_take_all(&vnet->txqs[i]);
	if (vnet->ready)
		vnet_report(vnet, VIRTIO_FAILURE_QUEUE);
}

/* The slots of a pair that is stopped have no buffers of a pool any more. */
static void vnet_xsk_release(struct vnet_rxq *rxq)
{
	unsigned int i;

	for (i = 0; i < rxq->nr_slots; i++) {
		if (rxq->slots[i].xsk)
			xsk_buff_free(rxq->slots[i].xsk);
		rxq->slots[i].xsk = NULL;
	}
}

/**
 * vnet_xsk_exchange - change the buffers of a pair of queues
 * @vnet: the interface
 * @i: the pair
 * @xsk: the pool that comes, or NULL: the one that is there goes
 *
 * What goes always goes.  Packets on their way are lost.
 * Context: process, under RTNL.
 *
 * Return: 0, or why no pool can come.
 */
static int vnet_xsk_exchange(struct vnet *vnet, u16 i, struct vnet_xsk *xsk)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	struct vnet_txq *txq = &vnet->txqs[i];
	bool rx_on = rxq->on, tx_on = txq->on;
	int err;

	vnet_tx_stop(vnet, i);
	vnet_rx_stop(vnet, i);
	err = vnet_xsk_reclaim(vnet, i);
	if (err && !xsk) {
		vnet_xsk_reclaim_hard(vnet, i);
		err = 0;
	}
	if (!err) {
		vnet_xsk_release(rxq);
		WRITE_ONCE(rxq->xsk, xsk);
		txq->xsk = xsk;
	}
	if (rx_on)
		vnet_rx_start(vnet, i);
	if (tx_on)
		vnet_tx_start(vnet, i);
	return err;
}

/* Why a queue cannot have a pool, or NULL. */
static const char *vnet_xsk_obstacle(const struct vnet_rxq *rxq)
{
	struct vnet *vnet = rxq->vnet;

	if (!virtio_has_recovery() || !virtqueue_ext_available())
		return "it needs this project's bus and ring";
	if (!vnet_ring_can_reset(vnet))
		return "the device cannot reset a queue";
	if (!rxq->use_addr)
		return "buffers are not of one piece";
	return NULL;
}

/*
 * Where the device takes physical addresses they have to be the pool's: it has
 * those of the DMA API, which may be others (an IOMMU, bounce buffers).
 */
static bool vnet_xsk_addresses_ok(const struct vnet_rxq *rxq,
				  const struct xsk_buff_pool *pool)
{
	u32 i;

	for (i = 0; !rxq->dma_dev && i < pool->dma_pages_cnt; i++)
		if ((pool->dma_pages[i] & ~XSK_NEXT_PG_CONTIG_MASK) !=
		    page_to_phys(pool->umem->pgs[i]))
			return false;
	return true;
}

/* A pool that is not used without copying after all asks no device. */
static void vnet_xsk_unmap(struct xsk_buff_pool *pool)
{
	xsk_pool_dma_unmap(pool, VNET_XSK_DMA);
	pool->dma_need_sync = false;
}

/* The pool wants addresses in any case. */
static int vnet_xsk_map(const struct vnet_rxq *rxq, struct xsk_buff_pool *pool)
{
	struct device *dev = rxq->dma_dev ?: rxq->vnet->vdev->dev.parent;
	int err = xsk_pool_dma_map(pool, dev, VNET_XSK_DMA);

	if (err)
		return err;
	if (vnet_xsk_addresses_ok(rxq, pool))
		return 0;
	vnet_xsk_unmap(pool);
	return -EOPNOTSUPP;
}

static int vnet_xsk_register(struct vnet_rxq *rxq, struct vnet_xsk *xsk)
{
	int err;

	err = xdp_rxq_info_reg(&xsk->info, rxq->vnet->dev, rxq->index,
			       rxq->napi.napi_id);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&xsk->info, MEM_TYPE_XSK_BUFF_POOL,
					 NULL);
	if (err)
		xdp_rxq_info_unreg(&xsk->info);
	else
		xsk_pool_set_rxq_info(xsk->pool, &xsk->info);
	return err;
}

static void vnet_xsk_free(struct vnet_xsk *xsk)
{
	bitmap_free(xsk->order.done);
	kfree(xsk);
}

static struct vnet_xsk *vnet_xsk_alloc(struct vnet *vnet, u16 i,
				       struct xsk_buff_pool *pool)
{
	struct vnet_xsk *xsk = kzalloc(sizeof(*xsk), GFP_KERNEL);

	if (!xsk)
		return NULL;
	xsk->pool = pool;
	xsk->room = vnet->hdr_len + xsk_pool_get_rx_frame_size(pool);
	xsk->wakes = xsk_uses_need_wakeup(pool);
	spin_lock_init(&xsk->lock);
	xsk->order.num = vnet->txqs[i].nr_slots;
	xsk->order.done = bitmap_zalloc(xsk->order.num, GFP_KERNEL);
	if (xsk->order.done)
		return xsk;
	kfree(xsk);
	return NULL;
}

/* The end of vnet_xsk_attach(); the queues do not know the pool any more. */
static void vnet_xsk_detach(struct vnet_xsk *xsk)
{
	xdp_rxq_info_unreg(&xsk->info);
	vnet_xsk_unmap(xsk->pool);
}

/* Addresses, and what XDP has to know. */
static int vnet_xsk_attach(struct vnet_rxq *rxq, struct vnet_xsk *xsk)
{
	int err = vnet_xsk_map(rxq, xsk->pool);

	if (err)
		return err;
	err = vnet_xsk_register(rxq, xsk);
	if (err)
		vnet_xsk_unmap(xsk->pool);
	return err;
}

/* Whole packets: neither programs nor buffers of sockets can have others. */
static int vnet_xsk_offloads(struct vnet *vnet)
{
	return vnet_offloads_xdp(vnet, vnet->pools ||
				       rtnl_dereference(vnet->xdp_prog));
}

static int vnet_xsk_start(struct vnet *vnet, u16 i, struct vnet_xsk *xsk)
{
	int err;

	if (!vnet_xsk_fits(vnet, xsk, vnet->dev->mtu))
		return -EOPNOTSUPP;
	err = vnet_xsk_attach(&vnet->rxqs[i], xsk);
	if (err)
		return err;
	vnet->pools++;
	err = vnet_xsk_offloads(vnet);
	if (!err)
		err = vnet_xsk_exchange(vnet, i, xsk);
	if (!err)
		return 0;
	vnet->pools--;
	vnet_xsk_offloads(vnet);
	vnet_xsk_detach(xsk);
	return err;
}

static int vnet_xsk_enable(struct vnet *vnet, u16 i, struct xsk_buff_pool *pool)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	const char *why = vnet_xsk_obstacle(rxq);
	struct vnet_xsk *xsk;
	int err;

	if (rxq->xsk)
		return -EBUSY;
	if (!vnet->ready)
		return -ENETDOWN;
	if (why) {
		netdev_info(vnet->dev, "AF_XDP copies: %s\n", why);
		return -EOPNOTSUPP;
	}
	xsk = vnet_xsk_alloc(vnet, i, pool);
	if (!xsk)
		return -ENOMEM;
	err = vnet_xsk_start(vnet, i, xsk);
	if (err)
		vnet_xsk_free(xsk);
	return err;
}

static void vnet_xsk_disable(struct vnet *vnet, u16 i)
{
	struct vnet_xsk *xsk = vnet->rxqs[i].xsk;

	if (!xsk)
		return;
	vnet_xsk_exchange(vnet, i, NULL);
	vnet->pools--;
	vnet_xsk_offloads(vnet);
	vnet_xsk_detach(xsk);
	vnet_xsk_free(xsk);
}

/**
 * vnet_xsk_setup - the pool of a queue comes or goes
 * @vnet: the interface
 * @pool: the pool, or NULL: the queue is to have none
 * @i: the queue
 *
 * A pool that goes is gone when this returns, whatever state the device is in.
 * Context: process, under RTNL; may wait for the device, a limited time.
 *
 * Return: 0; -EOPNOTSUPP for what cannot be had, and the socket gets copies;
 * -ENETDOWN while the device is; -EINVAL, -EBUSY, -ENOMEM; or why the queue was
 * not reset.
 */
int vnet_xsk_setup(struct vnet *vnet, struct xsk_buff_pool *pool, u16 i)
{
	if (i >= vnet->max_pairs)
		return -EINVAL;
	if (pool)
		return vnet_xsk_enable(vnet, i, pool);
	vnet_xsk_disable(vnet, i);
	return 0;
}
