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
struct vnet_tx_slot *vnet_tx_slot_get(struct vnet_txq *txq);
void vnet_tx_slot_put(struct vnet_txq *txq, struct vnet_tx_slot *slot);
void vnet_tx_begin(struct vnet_txq *txq, struct vnet_tx_slot *slot);
bool vnet_tx_head(struct vnet_txq *txq, struct vnet_tx_slot *slot, void *data,
		  u32 len, bool before);
bool vnet_tx_frags(struct vnet_txq *txq, struct vnet_tx_slot *slot,
		   const struct skb_shared_info *info);
int vnet_tx_add(struct vnet_txq *txq, struct vnet_tx_slot *slot);
void vnet_tx_unmap(struct vnet_txq *txq, struct vnet_tx_slot *slot);

/* tx.c */
bool vnet_tx_low(const struct vnet_txq *txq);
void vnet_tx_kick(struct vnet_txq *txq);

/* tx_xdp.c */
int vnet_tx_frames(struct vnet *vnet, struct xdp_frame **frames, int n,
		   bool flush);

/* The netdev queue of a transmit queue. */
static inline struct netdev_queue *vnet_tx_queue(const struct vnet_txq *txq)
{
	return netdev_get_tx_queue(txq->vnet->dev, txq->index);
}

#endif /* _VNET_TX_H */
