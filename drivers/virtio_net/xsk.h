/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: AF_XDP without copying, as receive, transmit and XDP see it: xsk*.c
 *
 * On a kernel without CONFIG_XDP_SOCKETS no queue ever has a pool, and all of
 * this is nothing.
 */
#ifndef _VNET_XSK_H
#define _VNET_XSK_H

#include <linux/bitmap.h>
#include <linux/spinlock.h>
#include <net/xdp.h>
#include "vnet.h"

struct vnet_rx_round;
struct xsk_buff_pool;

/**
 * struct vnet_xsk_order - frames of sockets that the device has, oldest first
 * @done: those that it has sent, a bit for each place
 * @num: places
 * @first: place of the oldest one
 * @out: how many there are
 *
 * A pool is told how many frames were sent, and takes that for the oldest ones;
 * a device may use buffers in any order (VIRTIO 1.4, 2.7.13).  Under the
 * transmit lock, or of a queue that is stopped.
 */
struct vnet_xsk_order {
	unsigned long *done;
	unsigned int num;
	unsigned int first;
	unsigned int out;
};

/**
 * struct vnet_xsk - the pool of a pair of queues
 * @pool: buffers of one or several sockets
 * @info: what XDP knows of the receive queue, with such buffers
 * @room: bytes that the device may write to a buffer, the header included
 * @wakes: sockets look whether they have to wake the driver (XDP_USE_NEED_WAKEUP)
 * @held: frames wait for room in the ring
 * @lock: receive and transmit mark the pool, each for itself, in the same byte
 * @order: frames on their way
 */
struct vnet_xsk {
	struct xsk_buff_pool *pool;
	struct xdp_rxq_info info;
	u32 room;
	bool wakes;
	bool held;
	spinlock_t lock;	/* see above */
	struct vnet_xsk_order order;
};

/**
 * vnet_xsk_order_full - is there no place for another frame?
 * @order: the frames
 */
static inline bool vnet_xsk_order_full(const struct vnet_xsk_order *order)
{
	return order->out == order->num;
}

/**
 * vnet_xsk_order_add - a frame goes to the device
 * @order: the frames; there is a place
 *
 * Return: its place.
 */
static inline unsigned int vnet_xsk_order_add(struct vnet_xsk_order *order)
{
	return (order->first + order->out++) % order->num;
}

/**
 * vnet_xsk_order_done - a frame has come back
 * @order: the frames
 * @place: its place
 *
 * Return: how many of the oldest ones are back now that were not reported yet.
 */
static inline unsigned int vnet_xsk_order_done(struct vnet_xsk_order *order,
					       unsigned int place)
{
	unsigned int n = 0;

	__set_bit(place, order->done);
	for (; order->out && test_bit(order->first, order->done); n++) {
		__clear_bit(order->first, order->done);
		order->first = (order->first + 1) % order->num;
		order->out--;
	}
	return n;
}

#ifdef CONFIG_XDP_SOCKETS

/* xsk.c */
int vnet_xsk_setup(struct vnet *vnet, struct xsk_buff_pool *pool, u16 i);
int vnet_xsk_wakeup(struct net_device *dev, u32 i, u32 flags);
bool vnet_xsk_mtu_ok(const struct vnet *vnet, unsigned int mtu);

/* xsk_rx.c */
void vnet_xsk_put(struct vnet_rx_slot *slot);
bool vnet_xsk_refill(struct vnet_rxq *rxq);
int vnet_xsk_packets(struct vnet_rxq *rxq, int budget);
struct sk_buff *vnet_xsk_pass(struct vnet_rxq *rxq, struct xdp_buff *xdp);

/* xsk_tx.c */
bool vnet_xsk_transmit(struct vnet_txq *txq, int budget);
void vnet_xsk_sent(struct vnet_txq *txq, unsigned int place);

/* Is that packet in a buffer of a socket? */
static inline bool vnet_xsk_owns(const struct xdp_buff *xdp)
{
	return xdp->rxq->mem.type == MEM_TYPE_XSK_BUFF_POOL;
}

#else

static inline int vnet_xsk_setup(struct vnet *vnet, struct xsk_buff_pool *pool,
				 u16 i)
{
	return -EOPNOTSUPP;
}

static inline bool vnet_xsk_mtu_ok(const struct vnet *vnet, unsigned int mtu)
{
	return true;
}

static inline void vnet_xsk_put(struct vnet_rx_slot *slot) { }

static inline bool vnet_xsk_refill(struct vnet_rxq *rxq)
{
	return true;
}

static inline int vnet_xsk_packets(struct vnet_rxq *rxq, int budget)
{
	return 0;
}

static inline struct sk_buff *vnet_xsk_pass(struct vnet_rxq *rxq,
					    struct xdp_buff *xdp)
{
	return NULL;
}

static inline bool vnet_xsk_transmit(struct vnet_txq *txq, int budget)
{
	return true;
}

static inline bool vnet_xsk_owns(const struct xdp_buff *xdp)
{
	return false;
}

static inline void vnet_xsk_sent(struct vnet_txq *txq, unsigned int place) { }

#define vnet_xsk_wakeup NULL

#endif /* CONFIG_XDP_SOCKETS */

/* Do frames of sockets wait for room?  Under the transmit lock. */
static inline bool vnet_xsk_held(const struct vnet_txq *txq)
{
	return unlikely(txq->xsk) && txq->xsk->held;
}

/**
 * vnet_xsk_send - send what sockets have
 * @txq: the queue, up
 * @budget: NAPI's; without one nothing is sent
 *
 * Context: the queue's NAPI, transmit lock.
 *
 * Return: false when there may be more: look again at once.
 */
static inline bool vnet_xsk_send(struct vnet_txq *txq, int budget)
{
	if (likely(!txq->xsk) || !budget)
		return true;
	return vnet_xsk_transmit(txq, budget);
}

#endif /* _VNET_XSK_H */
