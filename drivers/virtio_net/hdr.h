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
 * @hash_report: VIRTIO_NET_HASH_REPORT_*; set only if negotiated
 * @hash: the hash, unless that says none; the same
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

/**
 * vnet_rx_hdr_parse - copy a header out of the device's reach
 * @f: what was negotiated
 * @raw: the header in a receive buffer, of the length that @f implies
 * @hdr: the copy, in the CPU's byte order
 *
 * A legacy header has no num_buffers unless MRG_RXBUF was negotiated (5.1.6.1).
 * Context: any.
 */
static inline void vnet_rx_hdr_parse(const struct vnet_features *f,
				     const void *raw, struct vnet_rx_hdr *hdr)
{
	bool le = virtio_legacy_is_little_endian() || f->le;
	struct virtio_net_hdr_v1_hash h;

	h.hdr.num_buffers = 0;
	if (unlikely(f->hash_report))
		memcpy(&h, raw, sizeof(h));
	else if (likely(f->mergeable))
		memcpy(&h, raw, sizeof(struct virtio_net_hdr_v1));
	else
		memcpy(&h, raw, sizeof(struct virtio_net_hdr));
	/* The copy, and not the buffer, is what is looked at from here on. */
	barrier();

	hdr->flags = f->guest_csum ? h.hdr.flags : 0;
	/* 5.1.6.4.1: the fields are something else then. */
	if (hdr->flags & VIRTIO_NET_HDR_F_RSC_INFO)
		hdr->flags &= ~VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->gso_type = h.hdr.gso_type & ~VIRTIO_NET_HDR_GSO_ECN;
	hdr->ecn = h.hdr.gso_type & VIRTIO_NET_HDR_GSO_ECN;
	hdr->hdr_len = __virtio16_to_cpu(le, h.hdr.hdr_len);
	hdr->gso_size = __virtio16_to_cpu(le, h.hdr.gso_size);
	hdr->csum_start = __virtio16_to_cpu(le, h.hdr.csum_start);
	hdr->csum_offset = __virtio16_to_cpu(le, h.hdr.csum_offset);
	hdr->num_buffers = f->mergeable ?
			   __virtio16_to_cpu(le, h.hdr.num_buffers) : 1;
	if (unlikely(f->hash_report)) {
		hdr->hash_report = le16_to_cpu(h.hash_report);
		hdr->hash = le32_to_cpu(h.hash_value);
	}
}

/* rx_hdr.c */
bool vnet_rx_hdr_apply(const struct vnet_features *f,
		       const struct vnet_rx_hdr *hdr, struct sk_buff *skb);
void vnet_rx_hdr_hash(const struct vnet_rx_hdr *hdr, struct sk_buff *skb);

/**
 * struct vnet_tx_raw - the header of a packet to be sent, wherever it stands
 * @h: its fields
 */
struct vnet_tx_raw {
	struct virtio_net_hdr_v1 h;
} __packed;

/* tx_hdr.c */
bool vnet_tx_hdr_gso(const struct vnet_features *f, struct vnet_tx_raw *raw,
		     const struct sk_buff *skb);

/**
 * vnet_tx_hdr_fill - write the header of a packet
 * @f: what was negotiated
 * @where: where to; any alignment
 * @len: bytes of the header, as in &vnet.hdr_len
 * @skb: the packet, from the Ethernet header on
 *
 * num_buffers stays 0, and so does all that no bit says is valid.
 * Context: any.
 *
 * Return: false when the packet asks for what was not negotiated.
 */
static inline bool vnet_tx_hdr_fill(const struct vnet_features *f, void *where,
				    unsigned int len,
				    const struct sk_buff *skb)
{
	bool le = virtio_legacy_is_little_endian() || f->le;
	bool gso = skb_is_gso(skb);
	struct vnet_tx_raw *raw = where;
	u16 start, head;

	if (likely(len == sizeof(*raw)))
		memset(raw, 0, sizeof(*raw));
	else
		memset(raw, 0, len);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (unlikely(!f->csum))
			return false;
		start = skb_checksum_start_offset(skb);
		raw->h.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		raw->h.csum_start = __cpu_to_virtio16(le, start);
		raw->h.csum_offset = __cpu_to_virtio16(le, skb->csum_offset);
	}
	if (unlikely(gso))
		return vnet_tx_hdr_gso(f, raw, skb);
	/* No less than the headers (5.1.6.2.1), which are in one piece. */
	head = min_t(unsigned int, skb_headlen(skb), U16_MAX);
	raw->h.hdr_len = __cpu_to_virtio16(le, head);
	return true;
}

#endif /* _VNET_HDR_H */
