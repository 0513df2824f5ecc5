/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Between the files of receive: rx_buf.c, rx.c, xdp.c
 */
#ifndef _VNET_RX_H
#define _VNET_RX_H

#include "hdr.h"

/* Descriptors of the longest receive buffer: header, first piece, pages. */
#define VNET_RX_DESCS		(2 + VNET_BIG_PAGES)

/* No packet is longer, with a VLAN tag. */
#define VNET_RX_MAX		(VNET_MAX_RX_PACKET + VLAN_HLEN)

/* What a round of XDP leaves to be done at its end. */
#define VNET_XDP_REDIRECT	BIT(0)
#define VNET_XDP_TX		BIT(1)

/* rx_buf.c */
u32 vnet_rx_max_len(u16 hdr_len);
void vnet_rx_sync(struct vnet_rxq *rxq, void *va, u32 len);
void *vnet_rx_alloc(struct vnet_rxq *rxq, u32 size);
void vnet_rx_free(void *va, bool napi);

/**
 * vnet_rx_sync_for_cpu - see what the device wrote
 * @rxq: the queue
 * @va: where
 * @len: bytes, checked: no more than were given to the device
 */
static inline void vnet_rx_sync_for_cpu(struct vnet_rxq *rxq, void *va, u32 len)
{
	if (unlikely(rxq->dma_dev))
		vnet_rx_sync(rxq, va, len);
}

/**
 * vnet_rx_slot_put - a slot is not in the ring any more
 * @rxq: the queue
 * @slot: the slot; what memory it still has goes with the next buffer
 */
static inline void vnet_rx_slot_put(struct vnet_rxq *rxq,
				    struct vnet_rx_slot *slot)
{
	slot->next = rxq->free_slots;
	rxq->free_slots = slot;
}

/**
 * vnet_rx_kick - tell the device of buffers that were added
 * @rxq: the queue
 */
static inline void vnet_rx_kick(struct vnet_rxq *rxq)
{
	if (virtqueue_kick_prepare(rxq->vq)) {
		virtqueue_notify(rxq->vq);
		vnet_rx_count(rxq, &rxq->stats.kicks, 1);
	}
}

/**
 * struct vnet_rx_round - one round of receive
 * @rxq: the queue
 * @prog: XDP program that runs on each packet, or NULL
 * @xdp: VNET_XDP_* that were seen
 * @txq: where frames went with %VNET_XDP_TX: the number of queues may change
 *	before the round ends
 */
struct vnet_rx_round {
	struct vnet_rxq *rxq;
	struct bpf_prog *prog;
	unsigned int xdp;
	struct vnet_txq *txq;
};

/* rx.c */
struct vnet_rx_slot *vnet_rx_pop(struct vnet_rxq *rxq, u32 *len);
void vnet_rx_drop(struct vnet_rxq *rxq, unsigned int num);
void vnet_rx_give(struct vnet_rxq *rxq, const struct vnet_rx_hdr *hdr,
		  struct sk_buff *skb);

/* A packet with work left to do is none that a program understands. */
static inline bool vnet_xdp_unfinished(const struct vnet_rx_hdr *hdr)
{
	return hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE ||
	       hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
}

/* xdp.c */
struct sk_buff *vnet_xdp_run(struct vnet_rx_round *round,
			     struct vnet_rx_slot *slot, u32 len,
			     struct vnet_rx_hdr *hdr);
struct sk_buff *vnet_xdp_act(struct vnet_rx_round *round,
			     struct xdp_buff *xdp);
bool vnet_xdp_mtu_ok(const struct vnet *vnet, const struct bpf_prog *prog,
		     unsigned int mtu);
void vnet_xdp_finish(struct vnet_rx_round *round);

#endif /* _VNET_RX_H */
