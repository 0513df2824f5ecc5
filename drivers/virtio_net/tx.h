/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Between the files of transmit: tx.c, tx_buf.c, tx_xdp.c
 */
#ifndef _VNET_TX_H
#define _VNET_TX_H

#include "hdr.h"

/* Room for any header, a multiple of a descriptor's size. */
#define VNET_HDR_ROOM		32

static_assert(VNET_HDR_ROOM >= VNET_MAX_HDR);

/**
 * struct vnet_tx_block - memory of a slot that the device can reach
 * @hdr: header of the packet, unless that lies before the packet itself
 * @desc: descriptors, in the ring's layout
 */
struct vnet_tx_block {
	u8 hdr[VNET_HDR_ROOM];
	struct vring_desc desc[VNET_TX_DESCS];
};

/* tx_buf.c */
bool vnet_tx_head(struct vnet_txq *txq, struct vnet_tx_slot *slot, void *data,
		  u32 len, bool before);
bool vnet_tx_frags(struct vnet_txq *txq, struct vnet_tx_slot *slot,
		   const struct skb_shared_info *info);
int vnet_tx_add(struct vnet_txq *txq, struct vnet_tx_slot *slot);
void vnet_tx_undo_maps(struct vnet_txq *txq, struct vnet_tx_slot *slot);

/* tx.c */
void vnet_tx_kick(struct vnet_txq *txq);

/* tx_xdp.c */
struct vnet_txq *vnet_tx_xdp_queue(struct vnet *vnet);
int vnet_tx_frames(struct vnet_txq *txq, struct xdp_frame **frames, int n,
		   bool flush);

/**
 * vnet_tx_slot_get - a slot for a packet
 * @txq: the queue
 *
 * Return: an empty slot, the caller's, or NULL.
 */
static inline struct vnet_tx_slot *vnet_tx_slot_get(struct vnet_txq *txq)
{
	struct vnet_tx_slot *slot = txq->free_slots;

	if (likely(slot))
		txq->free_slots = slot->next;
	return slot;
}

/**
 * vnet_tx_slot_put - a slot is empty
 * @txq: the queue
 * @slot: the slot
 */
static inline void vnet_tx_slot_put(struct vnet_txq *txq,
				    struct vnet_tx_slot *slot)
{
	slot->kind = VNET_TX_NONE;
	slot->next = txq->free_slots;
	txq->free_slots = slot;
}

/**
 * vnet_tx_unmap - the device does not read a packet any more
 * @txq: the queue
 * @slot: the packet's slot
 */
static inline void vnet_tx_unmap(struct vnet_txq *txq,
				 struct vnet_tx_slot *slot)
{
	if (unlikely(slot->nr_maps))
		vnet_tx_undo_maps(txq, slot);
}

/**
 * vnet_tx_begin - describe a packet anew
 * @txq: the queue
 * @slot: the packet's slot
 */
static inline void vnet_tx_begin(struct vnet_txq *txq,
				 struct vnet_tx_slot *slot)
{
	slot->nr_sg = 0;
	if (txq->use_table)
		virtqueue_table_begin(&slot->table);
}

/**
 * vnet_tx_low - is the ring short of room?
 * @txq: the queue
 *
 * There is a slot for each entry of the ring: slots are never short first.
 *
 * Return: true when less than a quarter of the ring is free, or one packet's.
 */
static inline bool vnet_tx_low(const struct vnet_txq *txq)
{
	return txq->vq->num_free < txq->low;
}

/* Have the timer look for lazy packets, a jiffy from now or soon after. */
static inline void vnet_tx_watch(struct vnet_txq *txq)
{
	if (unlikely(!timer_pending(&txq->timer)))
		mod_timer(&txq->timer, jiffies + 1);
}

/* The netdev queue of a transmit queue. */
static inline struct netdev_queue *vnet_tx_queue(const struct vnet_txq *txq)
{
	return txq->queue;
}

#endif /* _VNET_TX_H */
