// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The header of a packet to be sent
 *
 * Called by transmit, and by the unit tests.  VIRTIO 1.4, 5.1.6.2: what the
 * stack left undone is asked of the device, and nothing that was not
 * negotiated.  The stack knows by the interface's features what it may leave;
 * a packet that asks for more is refused.
 */
#include <linux/tcp.h>
#include <linux/udp.h>
#include "hdr.h"

/**
 * vnet_tx_gso_type - which kind of segmentation a packet asks for
 * @f: what was negotiated
 * @gso: SKB_GSO_* of the packet
 *
 * Return: VIRTIO_NET_HDR_GSO_*, or VIRTIO_NET_HDR_GSO_NONE when it is none
 * that was negotiated.
 */
static u8 vnet_tx_gso_type(const struct vnet_features *f, unsigned int gso)
{
	u8 ecn = gso & SKB_GSO_TCP_ECN ? VIRTIO_NET_HDR_GSO_ECN : 0;

	if (ecn && !f->host_ecn)
		return VIRTIO_NET_HDR_GSO_NONE;
	if (gso & SKB_GSO_TCPV4 && f->host_gso & VNET_GSO_TCP4)
		return VIRTIO_NET_HDR_GSO_TCPV4 | ecn;
	if (gso & SKB_GSO_TCPV6 && f->host_gso & VNET_GSO_TCP6)
		return VIRTIO_NET_HDR_GSO_TCPV6 | ecn;
	if (gso & SKB_GSO_UDP_L4 && f->host_gso & VNET_GSO_USO4)
		return VIRTIO_NET_HDR_GSO_UDP_L4;
	return VIRTIO_NET_HDR_GSO_NONE;
}

/* All headers, the transport's included: exact, as GUEST_HDRLEN wants it. */
static unsigned int vnet_tx_hdr_len(const struct sk_buff *skb)
{
	unsigned int off = skb_transport_offset(skb);

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		return off + sizeof(struct udphdr);
	return off + tcp_hdrlen(skb);
}

/**
 * vnet_tx_hdr_fill - write the header of a packet
 * @f: what was negotiated
 * @raw: where to; any alignment
 * @len: bytes of the header, as in &vnet.hdr_len
 * @skb: the packet, from the Ethernet header on
 *
 * num_buffers stays 0, and so does all that no bit says is valid.
 * Context: any.
 *
 * Return: false when the packet asks for what was not negotiated.
 */
bool vnet_tx_hdr_fill(const struct vnet_features *f, void *raw,
		      unsigned int len, const struct sk_buff *skb)
{
	struct virtio_net_hdr_v1_hash h = { };
	struct virtio_net_hdr_v1 *hdr = &h.hdr;

	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (unlikely(!f->csum))
			return false;
		hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		hdr->csum_start = __cpu_to_virtio16(f->le,
						    skb_checksum_start_offset(skb));
		hdr->csum_offset = __cpu_to_virtio16(f->le, skb->csum_offset);
	}
	if (skb_is_gso(skb)) {
		hdr->gso_type = vnet_tx_gso_type(f, skb_shinfo(skb)->gso_type);
		if (unlikely(!hdr->gso_type || !hdr->flags))
			return false;
		hdr->hdr_len = __cpu_to_virtio16(f->le, vnet_tx_hdr_len(skb));
		hdr->gso_size = __cpu_to_virtio16(f->le,
						  skb_shinfo(skb)->gso_size);
	}
	memcpy(raw, &h, len);
	return true;
}
