// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What the header of a received packet says, and whether to believe it
 *
 * Called by receive with the packet as an skb, and by the unit tests.
 *
 * The header is copied once, before anything is decided (VIRTIO 1.4, 5.1.6.4).
 * A packet is refused when what it says cannot be: a kind of segmentation that
 * was not negotiated, offsets outside of the packet, a segment size of nothing.
 * What only costs an optimisation is ignored: flags that nobody knows or that
 * were not negotiated, and hdr_len, which must not be relied on.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "hdr.h"

/* So many extension headers are looked behind (RFC 8504, 5.3). */
#define VNET_RX_OPTIONS	8

/* The checksum is left to us, or to whom we pass the packet on to. */
static bool vnet_rx_csum(const struct vnet_rx_hdr *hdr, struct sk_buff *skb)
{
	u32 end = hdr->csum_start + hdr->csum_offset + sizeof(__sum16);

	if (hdr->csum_start < ETH_HLEN || !pskb_may_pull(skb, end))
		return false;
	return skb_partial_csum_set(skb, hdr->csum_start, hdr->csum_offset);
}

/**
 * struct vnet_rx_l3 - what a packet begins with
 * @proto: ETH_P_* behind the VLAN tags, 0 when it cannot be told
 * @offset: begin of its header, bytes
 */
struct vnet_rx_l3 {
	__be16 proto;
	int offset;
};

static struct vnet_rx_l3 vnet_rx_network(struct sk_buff *skb)
{
	struct vnet_rx_l3 l3 = { };

	if (!pskb_may_pull(skb, ETH_HLEN))
		return l3;
	skb_reset_mac_header(skb);
	l3.proto = __vlan_get_protocol(skb, eth_hdr(skb)->h_proto, &l3.offset);
	/* It says nothing of where a packet without tags goes on. */
	l3.offset = max(l3.offset, ETH_HLEN);
	return l3;
}

/**
 * vnet_rx_gso_kind - which kind of segmentation, and may it come?
 * @f: what was negotiated
 * @type: VIRTIO_NET_HDR_GSO_*, without ECN
 * @proto: network protocol of the packet
 *
 * VIRTIO 1.4, 5.1.6.4: each kind comes only if it was negotiated.
 *
 * Return: SKB_GSO_*, or 0 when the packet is to be refused.
 */
static unsigned int vnet_rx_gso_kind(const struct vnet_features *f, u8 type,
				     __be16 proto)
{
	bool v4 = proto == htons(ETH_P_IP), v6 = proto == htons(ETH_P_IPV6);

	switch (type) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return v4 && f->guest_gso & VNET_GSO_TCP4 ? SKB_GSO_TCPV4 : 0;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return v6 && f->guest_gso & VNET_GSO_TCP6 ? SKB_GSO_TCPV6 : 0;
	case VIRTIO_NET_HDR_GSO_UDP:
		return (v4 || v6) && f->guest_gso & VNET_GSO_UFO ?
		       SKB_GSO_UDP : 0;
	case VIRTIO_NET_HDR_GSO_UDP_L4:
		if (v4)
			return f->guest_gso & VNET_GSO_USO4 ?
			       SKB_GSO_UDP_L4 : 0;
		return v6 && f->guest_gso & VNET_GSO_USO6 ? SKB_GSO_UDP_L4 : 0;
	default:
		return 0;
	}
}

/* Where the payload of a packet of IPv4 begins, if it is this, and whole; or 0. */
static u32 vnet_rx_v4_payload(struct sk_buff *skb, u32 off, u8 ip_proto)
{
	const struct iphdr *ip;

	if (!pskb_may_pull(skb, off + sizeof(*ip)))
		return 0;
	ip = (void *)(skb->data + off);
	if (ip->version != 4 || ip->ihl < 5 || ip_is_fragment(ip) ||
	    ip->protocol != ip_proto)
		return 0;
	return off + 4 * ip->ihl;
}

/* Extension headers that a whole packet has before its payload (RFC 8200, 4.1). */
static bool vnet_rx_v6_may_skip(u8 header)
{
	return header == NEXTHDR_HOP || header == NEXTHDR_ROUTING ||
	       header == NEXTHDR_DEST;
}

/* The same of IPv6, behind some extension headers. */
static u32 vnet_rx_v6_payload(struct sk_buff *skb, u32 off, u8 ip_proto)
{
	const struct ipv6_opt_hdr *option;
	const struct ipv6hdr *ip;
	unsigned int n;
	u8 next;

	if (!pskb_may_pull(skb, off + sizeof(*ip)))
		return 0;
	ip = (void *)(skb->data + off);
	if (ip->version != 6)
		return 0;
	next = ip->nexthdr;
	off += sizeof(*ip);
	for (n = 0; next != ip_proto; n++) {
		if (n == VNET_RX_OPTIONS || !vnet_rx_v6_may_skip(next) ||
		    !pskb_may_pull(skb, off + sizeof(*option)))
			return 0;
		option = (void *)(skb->data + off);
		next = option->nexthdr;
		off += ipv6_optlen(option);
	}
	return off;
}

/*
 * Where the transport header begins, or 0.  With a checksum to be completed
 * it is where that begins; a device that did it all (DATA_VALID) should have
 * set NEEDS_CSUM nevertheless, and not every one does.
 */
static u32 vnet_rx_transport(const struct vnet_rx_hdr *hdr,
			     struct sk_buff *skb, const struct vnet_rx_l3 *l3,
			     u8 ip_proto)
{
	u32 transport;

	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		return hdr->csum_start;
	if (l3->proto == htons(ETH_P_IP))
		transport = vnet_rx_v4_payload(skb, l3->offset, ip_proto);
	else
		transport = vnet_rx_v6_payload(skb, l3->offset, ip_proto);
	skb_set_network_header(skb, l3->offset);
	skb_set_transport_header(skb, transport);
	return transport;
}

/* The fixed part of the network header, and which protocol it announces. */
static bool vnet_rx_carries(struct sk_buff *skb, const struct vnet_rx_l3 *l3,
			    u32 transport, u8 ip_proto)
{
	u32 off = l3->offset;

	if (l3->proto == htons(ETH_P_IP)) {
		const struct iphdr *ip = (void *)(skb->data + off);

		return transport >= off + sizeof(*ip) &&
		       ip->protocol == ip_proto;
	}
	/* Extension headers may lie between the two. */
	return transport >= off + sizeof(struct ipv6hdr);
}

/* UDP datagrams, each with the checksum of its own (5.1.6.2). */
static bool vnet_rx_uso_ok(const struct vnet_rx_hdr *hdr, u32 payload)
{
	return hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	       hdr->csum_offset == offsetof(struct udphdr, check) &&
	       DIV_ROUND_UP(payload, hdr->gso_size) <= UDP_MAX_SEGMENTS;
}

static bool vnet_rx_tso_ok(const struct vnet_rx_hdr *hdr)
{
	return !(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) ||
	       hdr->csum_offset == offsetof(struct tcphdr, check);
}

/*
 * Validated, and without a checksum to be completed: it gets one, so that a
 * device which it is passed on to may cut it (5.1.6.2).  Not one whose extension
 * headers may name another destination, or whose end is not its own.
 */
static void vnet_rx_partial(struct sk_buff *skb, const struct vnet_rx_l3 *l3,
			    u32 transport)
{
	const void *l3_hdr = skb->data + l3->offset;
	u32 len = skb->len - transport, l3_len = skb->len - l3->offset;
	__sum16 sum;

	if (l3->proto == htons(ETH_P_IP)) {
		const struct iphdr *ip = l3_hdr;

		if (ntohs(ip->tot_len) != l3_len)
			return;
		sum = ~tcp_v4_check(len, ip->saddr, ip->daddr, 0);
	} else {
		const struct ipv6hdr *ip = l3_hdr;

		if (len != l3_len - sizeof(*ip) || ntohs(ip->payload_len) != len)
			return;
		sum = ~tcp_v6_check(len, &ip->saddr, &ip->daddr, 0);
	}
	((struct tcphdr *)(skb->data + transport))->check = sum;
	skb_partial_csum_set(skb, transport, offsetof(struct tcphdr, check));
}

/**
 * vnet_rx_gso - a packet that is several ones
 * @f: what was negotiated
 * @hdr: its header
 * @skb: the packet, from the Ethernet header on
 *
 * The stack looks at the headers once more before it cuts the packet, and
 * counts its segments itself (SKB_GSO_DODGY).
 *
 * Return: false when it is to be refused.
 */
static noinline bool vnet_rx_gso(const struct vnet_features *f,
				 const struct vnet_rx_hdr *hdr,
				 struct sk_buff *skb)
{
	struct vnet_rx_l3 l3 = vnet_rx_network(skb);
	unsigned int kind = vnet_rx_gso_kind(f, hdr->gso_type, l3.proto);
	bool udp = kind & (SKB_GSO_UDP | SKB_GSO_UDP_L4);
	u8 ip_proto = udp ? IPPROTO_UDP : IPPROTO_TCP;
	u32 transport, payload;
	u16 size = hdr->gso_size;

	if (!kind || !size || size == GSO_BY_FRAGS || (udp && hdr->ecn))
		return false;
	transport = vnet_rx_transport(hdr, skb, &l3, ip_proto);
	payload = transport + (udp ? sizeof(struct udphdr) :
				     sizeof(struct tcphdr));
	if (!transport || !pskb_may_pull(skb, payload) ||
	    !vnet_rx_carries(skb, &l3, transport, ip_proto))
		return false;
	payload = skb->len - payload;
	if (kind == SKB_GSO_UDP_L4 && !vnet_rx_uso_ok(hdr, payload))
		return false;
	if (!udp && !vnet_rx_tso_ok(hdr))
		return false;
	if (!udp)
		size = max_t(u16, size, TCP_MIN_GSO_SIZE);
	/* A fragment of UDP counts its header as payload. */
	if (kind == SKB_GSO_UDP)
		payload += sizeof(struct udphdr);
	if (payload <= size)
		return true;
	if (!udp && skb->ip_summed == CHECKSUM_UNNECESSARY)
		vnet_rx_partial(skb, &l3, transport);
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_type = kind | SKB_GSO_DODGY |
				    (hdr->ecn ? SKB_GSO_TCP_ECN : 0);
	skb_shinfo(skb)->gso_segs = 0;
	return true;
}

/**
 * vnet_rx_hdr_apply - tell the stack what the device said of a packet
 * @f: what was negotiated
 * @hdr: its header
 * @skb: the packet, from the Ethernet header on; new
 *
 * VIRTIO 1.4, 5.1.6.4.  Context: any.
 *
 * Return: false when the header is a lie, and the packet to be dropped.
 */
bool vnet_rx_hdr_apply(const struct vnet_features *f,
		       const struct vnet_rx_hdr *hdr, struct sk_buff *skb)
{
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		if (!vnet_rx_csum(hdr, skb))
			return false;
	} else if (hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	if (likely(hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE))
		return true;
	return vnet_rx_gso(f, hdr, skb);
}

/**
 * vnet_rx_hdr_hash - the hash that the device computed
 * @hdr: header of the packet; HASH_REPORT was negotiated
 * @skb: the packet
 *
 * VIRTIO 1.4, 5.1.6.4.4.  A kind of hash that nobody knows is none.
 */
void vnet_rx_hdr_hash(const struct vnet_rx_hdr *hdr, struct sk_buff *skb)
{
	switch (hdr->hash_report) {
	case VIRTIO_NET_HASH_REPORT_TCPv4:
	case VIRTIO_NET_HASH_REPORT_UDPv4:
	case VIRTIO_NET_HASH_REPORT_TCPv6:
	case VIRTIO_NET_HASH_REPORT_UDPv6:
	case VIRTIO_NET_HASH_REPORT_TCPv6_EX:
	case VIRTIO_NET_HASH_REPORT_UDPv6_EX:
		skb_set_hash(skb, hdr->hash, PKT_HASH_TYPE_L4);
		break;
	case VIRTIO_NET_HASH_REPORT_IPv4:
	case VIRTIO_NET_HASH_REPORT_IPv6:
	case VIRTIO_NET_HASH_REPORT_IPv6_EX:
		skb_set_hash(skb, hdr->hash, PKT_HASH_TYPE_L3);
		break;
	default:
		break;
	}
}
