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
 * found out by NAPI where somebody waits for it: the interrupt is asked for
 * when most are gone, so that it takes many at a time.  A socket that may send
 * more before it has to wait does not, nor does who forwards: their packets are
 * looked for by later ones, every sixteen entries of the ring or when somebody
 * would have to wait, by receive when they are TCP's, and by a timer, which
 * finds the last ones.  Packets that nobody waits for at all are the driver's
 * own as soon as they are in the ring, and later ones find out that they are
 * gone; with the module parameter napi_tx off these are all packets of the
 * stack.
 *
 * A queue is stopped when the next packet might not fit, and goes on when a
 * quarter of the ring is free.
 */
#include <linux/etherdevice.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <net/tcp.h>
#include <net/xdp.h>
#include "tx.h"
#include "xsk.h"

/* Packets are looked for when they take so many more entries of the ring. */
#define VNET_TX_LOOK	16

/*
 * A packet of TCP that is part of much, in bytes.  Until one is gone, and not
 * acknowledged, TCP may hold back what is less than a packet (autocorking): who
 * sends a little at a time would wait for the timer again and again.
 */
#define VNET_TX_BULK	SZ_32K

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
 * @num: how many, of the kinds that the byte queue limits count
 * @bytes: their bytes
 */
struct vnet_tx_done {
	unsigned int num[VNET_TX_LAZY + 1];
	unsigned int bytes;
};

/* What else may be in a slot. */
static void vnet_tx_release_other(struct vnet_txq *txq,
				  struct vnet_tx_slot *slot, int budget)
{
	if (slot->kind == VNET_TX_LOOSE) {
		napi_consume_skb(slot->skb, budget);
	} else if (slot->kind == VNET_TX_XDP) {
		txq->owed--;
		xdp_return_frame(slot->frame);
	} else if (slot->kind == VNET_TX_XSK) {
		txq->owed--;
		vnet_xsk_sent(txq, slot->turn);
	}
}

/* The ring does not have a slot any more: let its packet go. */
static void vnet_tx_release(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			    int budget, struct vnet_tx_done *done)
{
	vnet_tx_unmap(txq, slot);
	if (likely(slot->kind == VNET_TX_SKB || slot->kind == VNET_TX_LAZY)) {
		done->num[slot->kind]++;
		done->bytes += slot->bytes;
		napi_consume_skb(slot->skb, budget);
	} else {
		vnet_tx_release_other(txq, slot, budget);
	}
	vnet_tx_slot_put(txq, slot);
}

static void vnet_tx_completed(struct vnet_txq *txq,
			      const struct vnet_tx_done *done)
{
	unsigned int awaited = done->num[VNET_TX_SKB];
	unsigned int lazy = done->num[VNET_TX_LAZY];

	if (!awaited && !lazy)
		return;
	txq->owed -= awaited;
	txq->lazy -= lazy;
	netdev_tx_completed_queue(vnet_tx_queue(txq), awaited + lazy,
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

/* The next packet that looks is the one after so many entries. */
static void vnet_tx_look_later(struct vnet_txq *txq)
{
	unsigned int free = txq->vq->num_free;

	txq->clean_at = max_t(int, txq->clean_min, free - VNET_TX_LOOK);
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
	if (unlikely(txq->rx_looks) && !txq->lazy)
		WRITE_ONCE(txq->rx_looks, false);
	vnet_tx_look_later(txq);
	vnet_tx_wake(txq);
	/* Frames of sockets may wait for this, which NAPI alone sends. */
	if (unlikely(txq->xsk) && !budget)
		vnet_tx_schedule(txq);
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
		if (txq->slots[i].kind != VNET_TX_NONE)
			vnet_tx_return(txq, &txq->slots[i]);
	netdev_tx_reset_queue(vnet_tx_queue(txq));
}

/**
 * vnet_tx_disown - packets that the device has are nobody's any more
 * @vnet: the interface, going down
 * @i: the queue, stopped
 *
 * The device may keep them for as long as it likes, and nobody looks for them
 * meanwhile: neither sockets nor network namespaces shall wait for that.  Only
 * memory of a user's is his until the device has read it.  Context: process.
 */
void vnet_tx_disown(struct vnet *vnet, unsigned int i)
{
	struct vnet_txq *txq = &vnet->txqs[i];
	unsigned int n;

	for (n = 0; txq->slots && n < txq->nr_slots; n++) {
		struct vnet_tx_slot *slot = &txq->slots[n];

		if (slot->kind != VNET_TX_SKB && slot->kind != VNET_TX_LAZY)
			continue;
		if (skb_shinfo(slot->skb)->flags & SKBFL_ZEROCOPY_ENABLE)
			continue;
		skb_orphan(slot->skb);
		nf_reset_ct(slot->skb);
	}
}

/**
 * vnet_tx_remind - notify the device of all queues, wanted or not
 * @vnet: the interface, ready
 *
 * A device may have lost its place while it had no link: QEMU leaves
 * notifications of a packed queue off after it dropped what was in there, and
 * looks no more.  One that is notified without need finds nothing (VIRTIO 1.4,
 * 2.3).  Context: process, under RTNL.
 */
void vnet_tx_remind(struct vnet *vnet)
{
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < vnet->max_pairs; i++) {
		struct vnet_txq *txq = &vnet->txqs[i];
		struct netdev_queue *q = vnet_tx_queue(txq);

		__netif_tx_lock_bh(q);
		if (txq->up)
			virtqueue_notify(txq->vq);
		__netif_tx_unlock_bh(q);
	}
}

/* May the header be written right before the packet? */
static bool vnet_tx_header_before(const struct vnet *vnet,
				  const struct sk_buff *skb)
{
	return vnet->f.any_layout && skb_headroom(skb) >= vnet->hdr_len &&
	       !skb_header_cloned(skb);
}

/*
 * Nobody waits for this packet to be sent: it is the driver's own as soon as
 * it is in the ring, and needs no interrupt.  Without NAPI for packets that is
 * so of all.  What only acknowledges has no data that a socket of TCP would
 * want to have sent before it goes on.
 */
static bool vnet_tx_is_loose(const struct vnet_txq *txq,
			     const struct sk_buff *skb)
{
	return unlikely(!txq->napi_on) || skb_is_tcp_pure_ack(skb);
}

/*
 * A socket of TCP waits when more of its bytes are in queues than these, or
 * later (ip-sysctl, tcp_limit_output_bytes): a millisecond's worth at its pace.
 */
static unsigned long vnet_tx_tcp_limit(const struct sock *sk)
{
	const struct netns_ipv4 *ipv4 = &sock_net(sk)->ipv4;
	unsigned long most = READ_ONCE(ipv4->sysctl_tcp_limit_output_bytes);

	return min(most, READ_ONCE(sk->sk_pacing_rate) >>
			 READ_ONCE(sk->sk_pacing_shift));
}

/*
 * Of TCP, does somebody wait for it?  Not in the middle of much.  TCP wants to
 * have it back when there is an ACK, so receive looks for it.
 */
static bool vnet_tx_is_awaited_tcp(struct vnet_txq *txq,
				   const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (skb->len < VNET_TX_BULK ||
	    refcount_read(&sk->sk_wmem_alloc) > vnet_tx_tcp_limit(sk))
		return true;
	if (!txq->rx_looks)
		WRITE_ONCE(txq->rx_looks, true);
	return false;
}

/* What does not belong to a socket that only wants room in its buffer. */
static noinline bool vnet_tx_is_awaited_else(struct vnet_txq *txq,
					     const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (sk && sk_fullsock(sk) && sk_is_tcp(sk))
		return vnet_tx_is_awaited_tcp(txq, skb);
	return skb->destructor;
}

/*
 * Does somebody wait for this packet to be sent?  A socket that has used up
 * less than a quarter of what it may send does not: half is what makes it wait.
 * Memory of a user's is waited for.  What has no socket, as what is forwarded,
 * is not.
 */
static bool vnet_tx_is_awaited(struct vnet_txq *txq, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (unlikely(skb_shinfo(skb)->flags & SKBFL_ZEROCOPY_ENABLE))
		return true;
	if (skb->destructor != sock_wfree)
		return vnet_tx_is_awaited_else(txq, skb);
	return refcount_read(&sk->sk_wmem_alloc) >
	       (unsigned int)READ_ONCE(sk->sk_sndbuf) / 4;
}

/*
 * What is this packet, not in the ring yet?  Before somebody has to wait for it,
 * those that nobody was to be interrupted for are looked for: they may be gone.
 */
static enum vnet_tx_kind vnet_tx_kind_of(struct vnet_txq *txq,
					 const struct sk_buff *skb)
{
	if (vnet_tx_is_loose(txq, skb))
		return VNET_TX_LOOSE;
	if (!vnet_tx_is_awaited(txq, skb))
		return VNET_TX_LAZY;
	/* To look moves the event of an interrupt that is due (2.7.7). */
	if (txq->armed || !txq->lazy)
		return VNET_TX_SKB;
	vnet_tx_clean(txq, 0);
	return vnet_tx_is_awaited(txq, skb) ? VNET_TX_SKB : VNET_TX_LAZY;
}

/* A slot's packet, of so many bytes, is in the ring. */
static enum vnet_tx_kind vnet_tx_carry(struct vnet_tx_slot *slot,
				       struct sk_buff *skb, unsigned int bytes,
				       enum vnet_tx_kind kind)
{
	slot->skb = skb;
	slot->kind = kind;
	slot->bytes = bytes;
	if (kind == VNET_TX_LOOSE) {
		skb_orphan(skb);
		nf_reset_ct(skb);
	}
	return kind;
}

/* A packet of one piece, the header included: its only descriptor. */
static int vnet_tx_add_one(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			   const struct sk_buff *skb)
{
	u16 len = txq->vnet->hdr_len;

	return virtqueue_ext_add_one(txq->vq, virt_to_phys(skb->data - len),
				     skb->len + len, false, slot);
}

/* Any other packet. */
static noinline int vnet_tx_add_pieces(struct vnet_txq *txq,
				       struct vnet_tx_slot *slot,
				       const struct sk_buff *skb, bool before)
{
	vnet_tx_begin(txq, slot);
	if (!vnet_tx_head(txq, slot, skb->data, skb_headlen(skb), before) ||
	    !vnet_tx_frags(txq, slot, skb_shinfo(skb)))
		return -ENOMEM;
	return vnet_tx_add(txq, slot);
}

/* Write the header of a packet, and give both to the ring. */
static bool vnet_tx_place(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			  struct sk_buff *skb)
{
	struct vnet *vnet = txq->vnet;
	bool before = vnet_tx_header_before(vnet, skb);
	void *raw = before ? (void *)skb->data - vnet->hdr_len :
			     (void *)slot->block->hdr;

	if (unlikely(!vnet_tx_hdr_fill(&vnet->f, raw, vnet->hdr_len, skb)))
		return false;
	if (before && txq->plain && !skb_is_nonlinear(skb))
		return !vnet_tx_add_one(txq, slot, skb);
	return !vnet_tx_add_pieces(txq, slot, skb, before);
}

/**
 * vnet_tx_send - give a packet to the ring
 * @txq: the queue, up
 * @skb: the packet; the ring's on success
 * @bytes: its bytes
 *
 * Return: what it is to the ring, or %VNET_TX_NONE when it cannot be sent, and
 * is still the caller's.
 */
static enum vnet_tx_kind vnet_tx_send(struct vnet_txq *txq, struct sk_buff *skb,
				      unsigned int bytes)
{
	enum vnet_tx_kind kind = vnet_tx_kind_of(txq, skb);
	struct vnet_tx_slot *slot;

	/* The ring is smaller than what the stack thinks a packet may be. */
	if (skb_is_nonlinear(skb) &&
	    unlikely(skb_shinfo(skb)->nr_frags > txq->max_frags) &&
	    skb_linearize(skb))
		return VNET_TX_NONE;
	slot = vnet_tx_slot_get(txq);
	if (unlikely(!slot))
		return VNET_TX_NONE;
	skb_tx_timestamp(skb);
	if (likely(vnet_tx_place(txq, slot, skb)))
		return vnet_tx_carry(slot, skb, bytes, kind);
	vnet_tx_unmap(txq, slot);
	vnet_tx_slot_put(txq, slot);
	return VNET_TX_NONE;
}

/* The next packet might not fit: the interrupt wakes the queue. */
static noinline void vnet_tx_full(struct vnet_txq *txq)
{
	netif_tx_stop_queue(vnet_tx_queue(txq));
	vnet_tx_count(txq, &txq->stats.stops, 1);
	if (!txq->armed)
		vnet_tx_arm(txq);
}

/*
 * There is to be an interrupt for packets that somebody waits for, and when
 * the byte queue limits let no other packet come.  Else the timer has to run.
 */
static void vnet_tx_see_to_it(struct vnet_txq *txq, enum vnet_tx_kind kind)
{
	if (kind == VNET_TX_LAZY &&
	    likely(!netif_xmit_stopped(vnet_tx_queue(txq)))) {
		vnet_tx_watch(txq);
	} else if (unlikely(!txq->armed)) {
		vnet_tx_arm(txq);
	}
}

/*
 * Is the device to be told of a packet now?  The byte queue limits decide, if
 * it is one of theirs.
 */
static bool vnet_tx_kick_now(struct vnet_txq *txq, unsigned int bytes,
			     enum vnet_tx_kind kind)
{
	struct netdev_queue *q = vnet_tx_queue(txq);
	bool now;

	if (kind == VNET_TX_LOOSE)
		return !netdev_xmit_more() || netif_xmit_stopped(q);
	if (kind == VNET_TX_SKB)
		txq->owed++;
	else
		txq->lazy++;
	now = __netdev_tx_sent_queue(q, bytes, netdev_xmit_more());
	vnet_tx_see_to_it(txq, kind);
	return now;
}

static noinline netdev_tx_t vnet_tx_drop(struct vnet_txq *txq,
					 struct sk_buff *skb)
{
	vnet_tx_count(txq, &txq->stats.drops, 1);
	dev_kfree_skb_any(skb);
	/* Others may wait for this one to be announced with them. */
	if (!netdev_xmit_more() && txq->up)
		vnet_tx_kick(txq);
	return NETDEV_TX_OK;
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
	enum vnet_tx_kind kind;

	if (unlikely(!txq->up))
		return vnet_tx_drop(txq, skb);
	/* To look moves the event of an interrupt that is due (2.7.7). */
	if (unlikely(txq->vq->num_free <
		     (txq->armed ? txq->clean_min : txq->clean_at)))
		vnet_tx_clean(txq, 0);
	kind = vnet_tx_send(txq, skb, bytes);
	if (unlikely(kind == VNET_TX_NONE))
		return vnet_tx_drop(txq, skb);
	vnet_tx_count(txq, &txq->stats.packets, 1);
	vnet_tx_count(txq, &txq->stats.bytes, bytes);
	if (unlikely(txq->vq->num_free < txq->need))
		vnet_tx_full(txq);
	if (vnet_tx_kick_now(txq, bytes, kind))
		vnet_tx_kick(txq);
	return NETDEV_TX_OK;
}
