/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The header before each packet, VIRTIO 1.4, 5.1.6
 *
 * Pure functions between the header and what the kernel knows of a packet:
 * no queue, no device, nothing that the device can reach.  Used by receive and
 * transmit, and by the unit tests, which need no device either.
 */
#ifndef _VNET_HDR_H
#define _VNET_HDR_H

#include "vnet.h"

/* 5.1.6: each segment of the packet is a UDP datagram of its own. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4	5
#endif

/*
 * &vnet_features.guest_gso and .host_gso: what may come, and go, uncut.
 * UDP datagrams have a bit for each version of IP (5.1.3).
 */
#define VNET_GSO_TCP4	BIT(0)
#define VNET_GSO_TCP6	BIT(1)
#define VNET_GSO_UFO	BIT(2)
#define VNET_GSO_USO4	BIT(3)
#define VNET_GSO_USO6	BIT(4)

/**
 * struct vnet_rx_hdr - header of a received packet, in private memory
 * @flags: VIRTIO_NET_HDR_F_*, those that may be used
 * @gso_type: VIRTIO_NET_HDR_GSO_*, without ECN
 * @ecn: VIRTIO_NET_HDR_GSO_ECN was set
 * @hdr_len: the device's idea of where the payload begins: a hint
 * @gso_size: payload of a segment, bytes
 * @csum_start: where the checksum begins, bytes from the start of the packet
 * @csum_offset: where it is stored, bytes behind @csum_start
 * @num_buffers: buffers that the packet lies in; 1 unless mergeable
 * @hash_report: VIRTIO_NET_HASH_REPORT_*
 * @hash: the hash, unless that says none
 */
struct vnet_rx_hdr {
	u8 flags;
	u8 gso_type;
	bool ecn;
	u16 hdr_len;
	u16 gso_size;
	u16 csum_start;
	u16 csum_offset;
	u16 num_buffers;
	u16 hash_report;
	u32 hash;
};

/* rx_hdr.c */
void vnet_rx_hdr_parse(const struct vnet_features *f, const void *raw,
		       struct vnet_rx_hdr *hdr);
bool vnet_rx_hdr_apply(const struct vnet_features *f,
		       const struct vnet_rx_hdr *hdr, struct sk_buff *skb);
void vnet_rx_hdr_hash(const struct vnet_rx_hdr *hdr, struct sk_buff *skb);

/* tx_hdr.c */
bool vnet_tx_hdr_fill(const struct vnet_features *f, void *raw,
		      unsigned int len, const struct sk_buff *skb);

#endif /* _VNET_HDR_H */
