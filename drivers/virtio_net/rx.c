// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Packets that came
 *
 * Takes used buffers out of a receive queue and makes packets of them; called
 * by NAPI.
 *
 * The device says three things of each buffer, and none is believed: how many
 * bytes it wrote, held against the size of the buffer; in how many buffers the
 * packet lies, held against the ring and what is there; and the header
 * (rx_hdr.c).  A packet of which one is wrong is dropped and counted, and its
 * buffers go back to the device.
 */
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <net/page_pool.h>
#include "rx.h"
#include "xsk.h"

/* Up to that long a packet is copied, and its buffer used again, bytes. */
#define VNET_COPY	128

/* Also a packet that would take more than so many times its length. */
#define VNET_WASTE	8

/* What the stack wants before and behind a copy. */
#define VNET_COPY_PAD	(NET_SKB_PAD + NET_IP_ALIGN)
#define VNET_COPY_SIZE(len) \
	(SKB_DATA_ALIGN(VNET_COPY_PAD + (len)) + \
	 SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))

/* Up to VNET_BATCH used buffers, in one call where the ring has one. */
static unsigned int vnet_rx_take(struct vnet_rxq *rxq)
{
	struct virtqueue_used *used = rxq->used;
	unsigned int n;

	if (likely(virtqueue_ext_has(virtqueue_ext_get_batch)))
		return virtqueue_ext_get_batch(rxq->vq, used, VNET_BATCH);
	for (n = 0; n < VNET_BATCH; n++) {
		used[n].data = virtqueue_get_buf(rxq->vq, &used[n].len);
		if (!used[n].data)
			break;
	}
	return n;
}

static inline struct vnet_rx_slot *vnet_rx_next(struct vnet_rxq *rxq, u32 *len)
{
	struct vnet_rx_slot *slot;

	if (rxq->next == rxq->nr_used) {
		rxq->next = 0;
		rxq->nr_used = vnet_rx_take(rxq);
		if (!rxq->nr_used)
			return NULL;
	}
	slot = rxq->used[rxq->next].data;
	*len = rxq->used[rxq->next].len;
	rxq->next++;
	slot->in_ring = false;
	return slot;
}

/**
 * vnet_rx_pop - the next used buffer
 * @rxq: the queue
 * @len: bytes that the device says it wrote
 *
 * Return: its slot, which is the caller's now, or NULL when there is none.
 */
struct vnet_rx_slot *vnet_rx_pop(struct vnet_rxq *rxq, u32 *len)
{
	return vnet_rx_next(rxq, len);
}

/**
 * vnet_rx_drop - a packet is dropped
 * @rxq: the queue
 * @num: buffers of it that were not taken yet
 *
 * They keep their memory.
 */
void vnet_rx_drop(struct vnet_rxq *rxq, unsigned int num)
{
	struct vnet_rx_slot *slot;
	u32 len;

	vnet_rx_count(rxq, &rxq->stats.drops, 1);
	while (num-- && (slot = vnet_rx_pop(rxq, &len)))
		vnet_rx_slot_put(rxq, slot);
}

/*
 * A short packet; its buffer stays as it is.  The copy is a piece of a page of
 * the pool, which several share.
 */
static struct sk_buff *vnet_rx_copy(struct vnet_rxq *rxq,
				    struct vnet_rx_slot *slot,
				    const void *data, u32 len)
{
	u32 size = VNET_COPY_SIZE(len);
	void *va = vnet_rx_alloc(rxq, size);
	struct sk_buff *skb = va ? napi_build_skb(va, size) : NULL;

	if (likely(skb)) {
		skb_reserve(skb, VNET_COPY_PAD);
		skb_put_data(skb, data, len);
		skb_mark_for_recycle(skb);
	} else if (va) {
		vnet_rx_free(va, true);
	}
	vnet_rx_slot_put(rxq, slot);
	return skb;
}

/* An skb around the first piece of a buffer, which it takes over. */
static struct sk_buff *vnet_rx_wrap(struct vnet_rxq *rxq,
				    struct vnet_rx_slot *slot, u32 skip,
				    u32 len)
{
	struct sk_buff *skb = napi_build_skb(slot->va, slot->size);

	if (unlikely(!skb))
		return NULL;
	slot->va = NULL;
	skb_reserve(skb, slot->headroom + skip);
	skb_put(skb, len);
	skb_mark_for_recycle(skb);
	return skb;
}

/* What of a packet lies in the pages of a big buffer, which it takes over. */
static void vnet_rx_add_pages(struct vnet_rxq *rxq, struct sk_buff *skb,
			      struct vnet_rx_slot *slot, u32 len)
{
	unsigned int i;
	u32 part;

	for (i = 0; len; i++, len -= part) {
		part = min_t(u32, len, PAGE_SIZE);
		vnet_rx_sync_for_cpu(rxq, page_address(slot->pages[i]), part);
		skb_add_rx_frag(skb, i, slot->pages[i], 0, part, PAGE_SIZE);
		slot->pages[i] = NULL;
	}
}

/**
 * vnet_rx_first - make a packet of the first buffer
 * @rxq: the queue
 * @slot: the buffer; out of the ring, goes back to the free ones
 * @len: bytes behind the header, checked
 * @only: there is no other buffer
 *
 * Return: the packet, or NULL for lack of memory.
 */
static struct sk_buff *vnet_rx_first(struct vnet_rxq *rxq,
				     struct vnet_rx_slot *slot, u32 len,
				     bool only)
{
	struct vnet *vnet = rxq->vnet;
	u32 room = slot->room - vnet->rx_pages * PAGE_SIZE - vnet->hdr_len;
	u32 head = min(len, room);
	struct sk_buff *skb;

	if (only && (len <= VNET_COPY || len <= slot->size / VNET_WASTE)) {
		void *data = slot->va + slot->headroom + vnet->hdr_len;

		skb = vnet_rx_copy(rxq, slot, data, len);
	} else {
		skb = vnet_rx_wrap(rxq, slot, vnet->hdr_len, head);
		if (likely(skb) && unlikely(len > head))
			vnet_rx_add_pages(rxq, skb, slot, len - head);
		vnet_rx_slot_put(rxq, slot);
	}
	if (unlikely(!skb))
		vnet_rx_count(rxq, &rxq->stats.no_memory, 1);
	return skb;
}

/* The packet has as many fragments as one skb may have: chain another. */
static struct sk_buff *vnet_rx_chain(struct vnet_rxq *rxq, struct sk_buff *skb,
				     struct sk_buff *tail,
				     struct vnet_rx_slot *slot, u32 len)
{
	struct sk_buff *next = vnet_rx_wrap(rxq, slot, 0, len);

	if (unlikely(!next))
		return NULL;
	if (tail == skb)
		skb_shinfo(skb)->frag_list = next;
	else
		tail->next = next;
	skb->truesize += next->truesize;
	return next;
}

/**
 * vnet_rx_append - a further buffer of a packet
 * @rxq: the queue
 * @skb: the packet
 * @tail: where fragments go: @skb or the last skb of its list
 * @slot: the buffer
 * @len: bytes in it, checked
 *
 * Return: the new @tail, or NULL for lack of memory.
 */
static struct sk_buff *vnet_rx_append(struct vnet_rxq *rxq, struct sk_buff *skb,
				      struct sk_buff *tail,
				      struct vnet_rx_slot *slot, u32 len)
{
	unsigned int nr = skb_shinfo(tail)->nr_frags;
	void *data = slot->va + slot->headroom;

	vnet_rx_sync_for_cpu(rxq, data, len);
	if (unlikely(nr == MAX_SKB_FRAGS)) {
		tail = vnet_rx_chain(rxq, skb, tail, slot, len);
		if (!tail)
			return NULL;
	} else {
		skb_add_rx_frag(tail, nr, virt_to_page(data),
				offset_in_page(data), len, slot->size);
		slot->va = NULL;
		if (tail == skb)
			return tail;
		skb->truesize += slot->size;
	}
	skb->len += len;
	skb->data_len += len;
	return tail;
}

/**
 * vnet_rx_merge - the further buffers of a packet
 * @rxq: the queue
 * @skb: the packet so far
 * @num: how many there are, as the device says
 *
 * All of them are used together (VIRTIO 1.4, 5.1.6.4): one that is not there
 * never was.  They are taken out in any case.
 *
 * Return: false when the packet has to be dropped.
 */
static bool vnet_rx_merge(struct vnet_rxq *rxq, struct sk_buff *skb,
			  unsigned int num)
{
	struct sk_buff *tail = skb;
	struct vnet_rx_slot *slot;
	u32 len;

	while (num--) {
		slot = vnet_rx_next(rxq, &len);
		if (unlikely(!slot)) {
			vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
			return false;
		}
		if (tail && (!len || len > slot->room ||
			     skb->len + len > VNET_RX_MAX)) {
			vnet_rx_count(rxq, &rxq->stats.bad_len, 1);
			tail = NULL;
		}
		if (likely(tail))
			tail = vnet_rx_append(rxq, skb, tail, slot, len);
		vnet_rx_slot_put(rxq, slot);
	}
	return tail;
}

/**
 * vnet_rx_build - make a packet of its buffers
 * @rxq: the queue
 * @slot: the first one
 * @len: bytes behind the header in it, checked
 * @num: how many buffers, checked
 *
 * Return: the packet, or NULL when it was dropped, and counted.
 */
static struct sk_buff *vnet_rx_build(struct vnet_rxq *rxq,
				     struct vnet_rx_slot *slot, u32 len,
				     unsigned int num)
{
	struct sk_buff *skb = vnet_rx_first(rxq, slot, len, num == 1);

	if (unlikely(!skb)) {
		vnet_rx_drop(rxq, num - 1);
		return NULL;
	}
	if (likely(num == 1) || vnet_rx_merge(rxq, skb, num - 1))
		return skb;
	vnet_rx_drop(rxq, 0);
	kfree_skb(skb);
	return NULL;
}

/* Hand a packet to the stack. */
static inline void vnet_rx_deliver(struct vnet_rxq *rxq,
				   const struct vnet_rx_hdr *hdr,
				   struct sk_buff *skb)
{
	struct vnet *vnet = rxq->vnet;
	struct net_device *dev = vnet->dev;

	if (unlikely(!vnet_rx_hdr_apply(&vnet->f, hdr, skb))) {
		vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
		vnet_rx_drop(rxq, 0);
		kfree_skb(skb);
		return;
	}
	if (vnet->f.hash_report && dev->features & NETIF_F_RXHASH)
		vnet_rx_hdr_hash(hdr, skb);
	vnet_rx_count(rxq, &rxq->stats.packets, 1);
	vnet_rx_count(rxq, &rxq->stats.bytes, skb->len);
	skb_record_rx_queue(skb, rxq->index);
	skb->protocol = eth_type_trans(skb, dev);
	napi_gro_receive(&rxq->napi, skb);
}

/**
 * vnet_rx_give - hand a packet to the stack
 * @rxq: the queue
 * @hdr: its header
 * @skb: the packet; dropped, and counted, when the header is a lie
 *
 * Context: the queue's NAPI.
 */
void vnet_rx_give(struct vnet_rxq *rxq, const struct vnet_rx_hdr *hdr,
		  struct sk_buff *skb)
{
	vnet_rx_deliver(rxq, hdr, skb);
}

/* Bytes that a packet has at the least in its first buffer. */
static bool vnet_rx_len_ok(const struct vnet *vnet,
			   const struct vnet_rx_slot *slot, u32 len)
{
	return len >= vnet->hdr_len + ETH_HLEN && len <= slot->room;
}

/* One packet, or what is none. */
static void vnet_rx_one(struct vnet_rx_round *round, struct vnet_rx_slot *slot,
			u32 len)
{
	struct vnet_rxq *rxq = round->rxq;
	struct vnet *vnet = rxq->vnet;
	void *raw = slot->va + slot->headroom;
	struct vnet_rx_hdr hdr;
	struct sk_buff *skb;

	if (unlikely(!vnet_rx_len_ok(vnet, slot, len))) {
		vnet_rx_count(rxq, &rxq->stats.bad_len, 1);
		goto drop;
	}
	vnet_rx_sync_for_cpu(rxq, raw,
			     min_t(u32, len, slot->room -
				   vnet->rx_pages * PAGE_SIZE));
	vnet_rx_hdr_parse(&vnet->f, raw, &hdr);
	if (unlikely(!hdr.num_buffers || hdr.num_buffers > rxq->nr_slots)) {
		vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
		goto drop;
	}
	len -= vnet->hdr_len;
	if (unlikely(round->prog))
		skb = vnet_xdp_run(round, slot, len, &hdr);
	else
		skb = vnet_rx_build(rxq, slot, len, hdr.num_buffers);
	if (!skb)
		return;
	ewma_vnet_len_add(&rxq->len, skb->len);
	vnet_rx_deliver(rxq, &hdr, skb);
	return;

drop:
	vnet_rx_slot_put(rxq, slot);
	vnet_rx_drop(rxq, 0);
}

/**
 * vnet_rx_packets - take packets
 * @rxq: the queue
 * @budget: how many at most
 *
 * The device gets buffers for them as soon as there are some worth it.
 * Context: the queue's NAPI.
 *
 * Return: how many there were.
 */
int vnet_rx_packets(struct vnet_rxq *rxq, int budget)
{
	struct vnet_rx_round round = { .rxq = rxq };
	struct vnet_rx_slot *slot;
	int done;
	u32 len;

	if (unlikely(rxq->xsk))
		return vnet_xsk_packets(rxq, budget);
	rcu_read_lock();
	round.prog = rcu_dereference(rxq->vnet->xdp_prog);
	for (done = 0; done < budget; done++) {
		slot = vnet_rx_next(rxq, &len);
		if (!slot)
			break;
		vnet_rx_one(&round, slot, len);
		if (rxq->vq->num_free >= 2 * rxq->refill_at)
			vnet_rx_refill(rxq);
	}
	if (unlikely(round.xdp))
		vnet_xdp_finish(&round);
	rcu_read_unlock();
	return done;
}
