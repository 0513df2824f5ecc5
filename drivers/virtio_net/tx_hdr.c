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

/* What a packet may ask for; others have headers that a device cannot know. */
#define VNET_TX_GSO							\
	(SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 |		\
	 SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID | SKB_GSO_DODGY)

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

	if (gso & ~VNET_TX_GSO || (ecn && !f->host_ecn))
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
 * vnet_tx_hdr_gso - what a packet asks for that the device cuts
 * @f: what was negotiated
 * @raw: the rest of the header is there
 * @skb: the packet, from the Ethernet header on
 *
 * Context: any.
 *
 * Return: false when the packet asks for what was not negotiated.
 */
bool vnet_tx_hdr_gso(const struct vnet_features *f, struct vnet_tx_raw *raw,
		     const struct sk_buff *skb)
{
	bool le = virtio_legacy_is_little_endian() || f->le;
	u8 type = vnet_tx_gso_type(f, skb_shinfo(skb)->gso_type);

	raw->h.gso_type = type;
	raw->h.hdr_len = __cpu_to_virtio16(le, vnet_tx_hdr_len(skb));
	raw->h.gso_size = __cpu_to_virtio16(le, skb_shinfo(skb)->gso_size);
	return type && skb->ip_summed == CHECKSUM_PARTIAL;
}
