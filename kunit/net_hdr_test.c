// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_hdr: headers of packets, true and false
 *
 * What virtio_net makes of the header before a received packet, and what it
 * writes before one to be sent (VIRTIO 1.4, 5.1.6.2, 5.1.6.4).  The functions
 * are the driver's own source: they need no device.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../drivers/virtio_net/rx_hdr.c"
#include "../drivers/virtio_net/tx_hdr.c"

/* Everything that has to do with headers was negotiated. */
static const struct vnet_features all = {
	.le = true, .any_layout = true, .csum = true, .guest_csum = true,
	.host_gso = 0xff, .host_ecn = true, .guest_gso = 0xff,
	.guest_hdrlen = true, .hash_report = true, .mergeable = true,
};

/* Bytes of a legacy header without MRG_RXBUF. */
#define HDR_LEGACY	10

/* Flags and kinds by their numbers: 5.1.6. */
enum {
	NEEDS_CSUM = 1, DATA_VALID = 2, RSC_INFO = 4,
	TCP4 = 1, UFO = 3, TCP6 = 4, UDP_L4 = 5, ECN = 0x80,
	TUNNEL4 = 0x20, TUNNEL6 = 0x40,
};

/* Kinds of packets: Ethernet, perhaps a tag, IP, TCP or UDP; more behind it. */
enum {
	V6 = 1, UDP = 2, TAG = 4, TRAILER = 8,
	/* More in the network header, or behind it. */
	OPTIONS = 16, FRAGMENT = 32,
	/* Its version is neither. */
	VERSION = 64,
	/* With OPTIONS of IPv6: nine headers of them, one too many. */
	MANY = 128,
};

static unsigned int network(unsigned int kind)
{
	return kind & TAG ? 18 : 14;
}

static unsigned int transport(unsigned int kind)
{
	unsigned int len = network(kind) + (kind & V6 ? 40 : 20);

	if (kind & OPTIONS)
		len += kind & V6 ? 8 : 4;
	if (kind & MANY)
		len += 8 * 8;
	if (kind & FRAGMENT && kind & V6)
		len += 8;
	return len;
}

/* Destination options of padding, or a first fragment: RFC 8200, 4.5, 4.6. */
static void put_extension(u8 *p, unsigned int kind)
{
	unsigned int i;

	p[40] = p[6];
	if (kind & OPTIONS) {
		p[6] = 60;
		p[42] = 1;
		p[43] = 4;
		if (kind & MANY) {
			p[104] = p[40];
			for (i = 0; i < 8; i++)
				p[40 + 8 * i] = 60;
		}
	} else {
		p[6] = 44;
		p[43] = 1;
	}
}

static void put_network(u8 *p, unsigned int kind, u16 len)
{
	u8 proto = kind & UDP ? IPPROTO_UDP : IPPROTO_TCP;

	if (kind & V6) {
		p[0] = kind & VERSION ? 0x50 : 0x60;
		p[4] = (len - 40) >> 8;
		p[5] = len - 40;
		p[6] = proto;
		/* fd00::1 to fd00::2 */
		p[8] = 0xfd;
		p[23] = 1;
		p[24] = 0xfd;
		p[39] = 2;
		if (kind & (OPTIONS | FRAGMENT))
			put_extension(p, kind);
		return;
	}
	p[0] = (kind & VERSION ? 0x50 : 0x40) | (kind & OPTIONS ? 6 : 5);
	p[2] = len >> 8;
	p[3] = len;
	/* More fragments follow: RFC 791, 3.1. */
	p[6] = kind & FRAGMENT ? 0x20 : 0;
	p[8] = 64;
	p[9] = proto;
	/* 10.0.0.1 to 10.0.0.2 */
	p[12] = 10;
	p[15] = 1;
	p[16] = 10;
	p[19] = 2;
}

/* A packet of so many bytes of payload. */
static struct sk_buff *packet(struct kunit *test, unsigned int kind,
			      unsigned int payload)
{
	unsigned int hdrs = transport(kind) + (kind & UDP ? 8 : 20);
	struct sk_buff *skb = alloc_skb(64 + hdrs + payload, GFP_KERNEL);
	u16 type = kind & V6 ? 0x86dd : 0x0800;
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	p = skb_put_zero(skb, hdrs + payload);
	if (kind & TAG) {
		p[12] = 0x81;
		p[15] = 7;
	}
	p[network(kind) - 2] = type >> 8;
	p[network(kind) - 1] = type;
	put_network(p + network(kind), kind, skb->len - network(kind) -
		    (kind & TRAILER ? 4 : 0));
	if (!(kind & UDP))
		p[transport(kind) + 12] = 0x50;
	return skb;
}

/**
 * struct rx_case - a received packet
 * @name: what is special
 * @f: what was negotiated; NULL for everything
 * @kind: of the packet
 * @payload: its bytes
 * @flags: of the header
 * @type: gso_type
 * @size: gso_size
 * @start: csum_start, 0 for the right one
 * @offset: csum_offset, 0 for the right one
 * @refused: it must not get to the stack
 * @summed: what the stack is told of the checksum
 * @gso: SKB_GSO_* that the stack is told, without DODGY
 * @sum: what stands in the checksum's place, of the pseudo header; 0 for the
 *	packet's own
 */
struct rx_case {
	const char *name;
	const struct vnet_features *f;
	unsigned int kind;
	unsigned int payload;
	u8 flags;
	u8 type;
	u16 size;
	u16 start;
	u16 offset;
	bool refused;
	u8 summed;
	unsigned int gso;
	u16 sum;
};

static const struct vnet_features nothing = { .le = true };
static const struct vnet_features csum_only = {
	.le = true, .guest_csum = true,
};

static const struct vnet_features no_uso6 = {
	.le = true, .guest_csum = true,
	.guest_gso = VNET_GSO_TCP4 | VNET_GSO_TCP6 | VNET_GSO_USO4,
};

static const struct vnet_features no_uso4 = {
	.le = true, .guest_csum = true, .guest_gso = VNET_GSO_USO6,
};

static const struct vnet_features no_ufo = {
	.le = true, .guest_csum = true,
	.guest_gso = VNET_GSO_TCP4 | VNET_GSO_TCP6,
};

static const struct vnet_features no_tcp6 = {
	.le = true, .guest_csum = true, .guest_gso = VNET_GSO_TCP4,
};

static const struct rx_case rx_cases[] = {
	{ "nothing special", .payload = 100, .summed = CHECKSUM_NONE },
	{ "validated", .payload = 100, .flags = DATA_VALID,
	  .summed = CHECKSUM_UNNECESSARY },
	{ "validated, not negotiated", &nothing, .payload = 100,
	  .flags = DATA_VALID, .summed = CHECKSUM_NONE },
	{ "incomplete", .payload = 100, .flags = NEEDS_CSUM,
	  .summed = CHECKSUM_PARTIAL },
	{ "incomplete UDP over IPv6", .kind = UDP | V6, .payload = 9,
	  .flags = NEEDS_CSUM, .summed = CHECKSUM_PARTIAL },
	{ "incomplete, not negotiated", &nothing, .payload = 100,
	  .flags = NEEDS_CSUM, .summed = CHECKSUM_NONE },
	{ "incomplete, with coalescing info", .payload = 100,
	  .flags = NEEDS_CSUM | RSC_INFO, .summed = CHECKSUM_NONE },
	{ "flags that nobody knows", .payload = 100, .flags = 0xf0,
	  .summed = CHECKSUM_NONE },
	{ "checksum behind the end", .payload = 100, .flags = NEEDS_CSUM,
	  .start = 1000, .refused = true },
	{ "checksum across the end", .payload = 100, .flags = NEEDS_CSUM,
	  .start = 150, .offset = 3, .refused = true },
	{ "offsets that overflow", .payload = 100, .flags = NEEDS_CSUM,
	  .start = 0xffff, .offset = 0xffff, .refused = true },
	{ "checksum of the Ethernet header", .payload = 100,
	  .flags = NEEDS_CSUM, .start = 1, .refused = true },
	{ "TCPv4", .payload = 3000, .flags = NEEDS_CSUM, .type = TCP4,
	  .size = 1448, .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV4 },
	{ "TCPv4 with a tag", .kind = TAG, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP4, .size = 1448,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV4 },
	{ "TCPv6", .kind = V6, .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP6, .size = 1428, .summed = CHECKSUM_PARTIAL,
	  .gso = SKB_GSO_TCPV6 },
	{ "TCPv4 with ECN", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4 | ECN, .size = 1448, .summed = CHECKSUM_PARTIAL,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN },
	{ "ECN alone", .payload = 100, .type = ECN, .summed = CHECKSUM_NONE },
	/*
	 * As if incomplete: whoever it is sent on to needs it so (5.1.6.2).
	 * 0a00 + 0001 + 0a00 + 0002 + 6 + 3020 bytes of TCP
	 */
	{ "TCPv4, validated only", .payload = 3000, .flags = DATA_VALID,
	  .type = TCP4, .size = 1448, .summed = CHECKSUM_PARTIAL,
	  .gso = SKB_GSO_TCPV4, .sum = 0x1fd5 },
	{ "TCPv4, validated only, tagged", .kind = TAG, .payload = 3000,
	  .flags = DATA_VALID, .type = TCP4, .size = 1448,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV4, .sum = 0x1fd5 },
	/* fd00 + 0001 + fd00 + 0002 + 6 + 3020, the carry added */
	{ "TCPv6, validated only", .kind = V6, .payload = 3000,
	  .flags = DATA_VALID, .type = TCP6, .size = 1448,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV6, .sum = 0x05d7 },
	{ "TCPv4, validated only, with options", .kind = OPTIONS,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP4, .size = 1448,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV4, .sum = 0x1fd5 },
	/* They may name another destination: the sum stays as it is. */
	{ "TCPv6, validated only, with options", .kind = V6 | OPTIONS,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP6, .size = 1448,
	  .summed = CHECKSUM_UNNECESSARY, .gso = SKB_GSO_TCPV6 },
	{ "TCPv6, validated only, nine headers of options",
	  .kind = V6 | OPTIONS | MANY, .payload = 3000, .flags = DATA_VALID,
	  .type = TCP6, .size = 1448, .refused = true },
	{ "TCPv4, validated only, a fragment", .kind = FRAGMENT,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP4, .size = 1448,
	  .refused = true },
	{ "TCPv6, validated only, a fragment", .kind = V6 | FRAGMENT,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP6, .size = 1448,
	  .refused = true },
	{ "TCPv4 that is UDP, validated only", .kind = UDP, .payload = 3000,
	  .flags = DATA_VALID, .type = TCP4, .size = 1448, .refused = true },
	{ "TCPv6 that is UDP, validated only", .kind = V6 | UDP,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP6, .size = 1448,
	  .refused = true },
	{ "TCPv4 of another version", .kind = VERSION, .payload = 3000,
	  .flags = DATA_VALID, .type = TCP4, .size = 1448, .refused = true },
	{ "TCPv6 of another version", .kind = V6 | VERSION, .payload = 3000,
	  .flags = DATA_VALID, .type = TCP6, .size = 1448, .refused = true },
	/* The length in it is not the packet's: nobody could cut it so. */
	{ "TCPv4, validated only, with a trailer", .kind = TRAILER,
	  .payload = 3000, .flags = DATA_VALID, .type = TCP4, .size = 1448,
	  .summed = CHECKSUM_UNNECESSARY, .gso = SKB_GSO_TCPV4 },
	{ "TCPv4, validated only, one segment", .payload = 1000,
	  .flags = DATA_VALID, .type = TCP4, .size = 1448,
	  .summed = CHECKSUM_UNNECESSARY },
	{ "UDP fragments", .kind = UDP, .payload = 3000, .flags = NEEDS_CSUM,
	  .type = UFO, .size = 1480, .summed = CHECKSUM_PARTIAL,
	  .gso = SKB_GSO_UDP },
	{ "UDPv4 segments", .kind = UDP, .payload = 3000, .flags = NEEDS_CSUM,
	  .type = UDP_L4, .size = 1000, .summed = CHECKSUM_PARTIAL,
	  .gso = SKB_GSO_UDP_L4 },
	{ "UDPv6 segments", .kind = UDP | V6, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UDP_L4, .size = 1000,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_UDP_L4 },
	{ "UDPv6 segments, only UDPv4 negotiated", &no_uso6, UDP | V6,
	  .payload = 3000, .flags = NEEDS_CSUM, .type = UDP_L4, .size = 1000,
	  .refused = true },
	{ "UDP segments, checksum complete", .kind = UDP, .payload = 3000,
	  .flags = DATA_VALID, .type = UDP_L4, .size = 1000, .refused = true },
	{ "too many UDP segments", .kind = UDP, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UDP_L4, .size = 10, .refused = true },
	{ "UDP segments with ECN", .kind = UDP, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UDP_L4 | ECN, .size = 1000,
	  .refused = true },
	{ "UDP fragments over IPv6", .kind = UDP | V6, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UFO, .size = 1448,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_UDP },
	{ "UDP fragments with ECN", .kind = UDP, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UFO | ECN, .size = 1480,
	  .refused = true },
	{ "UDP fragments, only TCP negotiated", &no_ufo, UDP, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = UFO, .size = 1480, .refused = true },
	{ "TCPv6, only TCPv4 negotiated", &no_tcp6, V6, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP6, .size = 1428, .refused = true },
	{ "UDPv4 segments, only UDPv6 negotiated", &no_uso4, UDP,
	  .payload = 3000, .flags = NEEDS_CSUM, .type = UDP_L4, .size = 1000,
	  .refused = true },
	{ "TCPv4, nobody looked at its checksum", .payload = 3000,
	  .type = TCP4, .size = 1448, .summed = CHECKSUM_NONE,
	  .gso = SKB_GSO_TCPV4 },
	{ "TCPv6 with a tag", .kind = V6 | TAG, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP6, .size = 1428,
	  .summed = CHECKSUM_PARTIAL, .gso = SKB_GSO_TCPV6 },
	{ "incomplete and validated", .payload = 100,
	  .flags = NEEDS_CSUM | DATA_VALID, .summed = CHECKSUM_PARTIAL },
	{ "no longer than a segment", .payload = 1448, .flags = NEEDS_CSUM,
	  .type = TCP4, .size = 1448, .summed = CHECKSUM_PARTIAL },
	{ "not negotiated", &csum_only, .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4, .size = 1448, .refused = true },
	{ "segments of nothing", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4, .size = 0, .refused = true },
	{ "segments as the stack marks lists", .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP4, .size = 0xffff, .refused = true },
	{ "TCPv4 over IPv6", .kind = V6, .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4, .size = 1448, .refused = true },
	{ "TCPv6 over IPv4", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP6, .size = 1448, .refused = true },
	{ "TCP that is UDP", .kind = UDP, .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP4, .size = 1448, .offset = 16,
	  .refused = true },
	{ "TCP with the checksum of UDP", .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP4, .size = 1448, .offset = 6,
	  .refused = true },
	{ "transport inside of the network header", .payload = 3000,
	  .flags = NEEDS_CSUM, .type = TCP4, .size = 1448, .start = 20,
	  .refused = true },
	{ "transport at the end", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4, .size = 1448, .start = 3050, .offset = 2,
	  .refused = true },
	{ "a kind that nobody knows", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = 2, .size = 1448, .refused = true },
	{ "a tunnel, not negotiated", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4 | TUNNEL4, .size = 1448, .refused = true },
	{ "a tunnel, checksum complete", .payload = 3000, .flags = DATA_VALID,
	  .type = TCP4 | TUNNEL4, .size = 1448, .refused = true },
	{ "a tunnel, no checksum", .kind = V6, .payload = 3000,
	  .type = TCP6 | TUNNEL6, .size = 1448, .refused = true },
	{ "a tunnel of nothing", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TUNNEL4, .size = 1448, .refused = true },
	{ "a tunnel of both kinds", .payload = 3000, .flags = NEEDS_CSUM,
	  .type = TCP4 | TUNNEL4 | TUNNEL6, .size = 1448, .refused = true },
};

static void rx_name(const struct rx_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rx, rx_cases, rx_name);

static void expect_accepted(struct kunit *test, const struct rx_case *c,
			    const struct vnet_rx_hdr *hdr, struct sk_buff *skb)
{
	unsigned int gso = skb_shinfo(skb)->gso_type;
	__be16 sum;

	KUNIT_EXPECT_EQ(test, (u8)skb->ip_summed, c->summed);
	KUNIT_EXPECT_EQ(test, gso & ~SKB_GSO_DODGY, c->gso);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, c->gso ? c->size : 0);
	/* The stack has to look at the headers itself. */
	KUNIT_EXPECT_EQ(test, !!(gso & SKB_GSO_DODGY), !!c->gso);
	if (c->summed == CHECKSUM_PARTIAL) {
		KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(skb),
				hdr->csum_start);
		KUNIT_EXPECT_EQ(test, skb->csum_offset, hdr->csum_offset);
	}
	if (!(c->kind & UDP)) {
		KUNIT_EXPECT_EQ(test, skb_copy_bits(skb, transport(c->kind) + 16,
						    &sum, sizeof(sum)), 0);
		KUNIT_EXPECT_EQ(test, be16_to_cpu(sum), c->sum);
	}
}

static void receive_it(struct kunit *test, struct sk_buff *skb)
{
	const struct rx_case *c = test->param_value;
	const struct vnet_features *f = c->f ?: &all;
	struct virtio_net_hdr_v1_hash raw = { };
	struct vnet_rx_hdr hdr;
	bool ok;

	raw.hdr.flags = c->flags;
	raw.hdr.gso_type = c->type;
	raw.hdr.gso_size = (__force __virtio16)cpu_to_le16(c->size);
	raw.hdr.csum_start = (__force __virtio16)
		cpu_to_le16(c->start ?: transport(c->kind));
	raw.hdr.csum_offset = (__force __virtio16)
		cpu_to_le16(c->offset ?: c->kind & UDP ? 6 : 16);
	/* It must not be relied on. */
	raw.hdr.hdr_len = (__force __virtio16)cpu_to_le16(0xfffe);
	vnet_rx_hdr_parse(f, &raw, &hdr);
	ok = vnet_rx_hdr_apply(f, &hdr, skb);
	KUNIT_EXPECT_EQ(test, ok, !c->refused);
	if (ok && !c->refused)
		expect_accepted(test, c, &hdr, skb);
	kfree_skb(skb);
}

/* Received: what is told to the stack, and what is refused. */
static void receive(struct kunit *test)
{
	const struct rx_case *c = test->param_value;

	receive_it(test, packet(test, c->kind, c->payload));
}

/* In two pieces, not even a tag is in one: the same is understood. */
static void receive_fragments(struct kunit *test)
{
	const struct rx_case *c = test->param_value;
	struct sk_buff *skb = packet(test, c->kind, c->payload);
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int cut = 16, rest = skb->len - cut;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_LE(test, rest, PAGE_SIZE);
	memcpy(page_address(page), skb->data + cut, rest);
	/* What is read without a look at where it lies is not the packet's. */
	memset(skb->data + cut, 0xff, rest);
	skb_trim(skb, cut);
	skb_add_rx_frag(skb, 0, page, 0, rest, PAGE_SIZE);
	receive_it(test, skb);
}

/* 5.1.6.1: ten bytes, of a big-endian guest; no num_buffers. */
static void parse_legacy(struct kunit *test)
{
	struct vnet_features f = { .legacy = true, .guest_csum = true };
	const u16 fields[] = { 54, 1448, 34, 16, 0xffff };
	u8 raw[12] = { 1, 0x84 };
	struct vnet_rx_hdr hdr;

	memcpy(raw + 2, fields, sizeof(fields));
	vnet_rx_hdr_parse(&f, raw, &hdr);
	KUNIT_EXPECT_EQ(test, hdr.flags, 1);
	KUNIT_EXPECT_EQ(test, hdr.gso_type, TCP6);
	KUNIT_EXPECT_TRUE(test, hdr.ecn);
	KUNIT_EXPECT_EQ(test, hdr.hdr_len, 54);
	KUNIT_EXPECT_EQ(test, hdr.gso_size, 1448);
	KUNIT_EXPECT_EQ(test, hdr.csum_start, 34);
	KUNIT_EXPECT_EQ(test, hdr.csum_offset, 16);
	KUNIT_EXPECT_EQ(test, hdr.num_buffers, 1);
	f.mergeable = true;
	vnet_rx_hdr_parse(&f, raw, &hdr);
	KUNIT_EXPECT_EQ(test, hdr.num_buffers, 0xffff);
}

/* 5.1.6.4.4: a hash, of a kind that is known. */
static void hashes(struct kunit *test)
{
	struct vnet_rx_hdr hdr = { .hash = 0x12345678 };
	struct sk_buff *skb = packet(test, 0, 0);

	vnet_rx_hdr_hash(&hdr, skb);
	KUNIT_EXPECT_EQ(test, skb->hash, 0);
	hdr.hash_report = 10;
	vnet_rx_hdr_hash(&hdr, skb);
	KUNIT_EXPECT_EQ(test, skb->hash, 0);
	hdr.hash_report = VIRTIO_NET_HASH_REPORT_IPv6;
	vnet_rx_hdr_hash(&hdr, skb);
	KUNIT_EXPECT_EQ(test, skb->hash, 0x12345678);
	KUNIT_EXPECT_FALSE(test, skb->l4_hash);
	hdr.hash_report = VIRTIO_NET_HASH_REPORT_UDPv6_EX;
	vnet_rx_hdr_hash(&hdr, skb);
	KUNIT_EXPECT_TRUE(test, skb->l4_hash);
	kfree_skb(skb);
}

/* 5.1.6.1: the same, sent, in the CPU's order. */
static void fill_legacy(struct kunit *test)
{
	const struct vnet_features f = {
		.legacy = true, .csum = true, .host_gso = VNET_GSO_TCP4,
	};
	static const u16 fields[] = { 54, 1000, 34, 16 };
	struct sk_buff *skb = packet(test, 0, 3000);
	u8 raw[HDR_LEGACY + 1], want[HDR_LEGACY] = { 1, 1 };

	memcpy(want + 2, fields, sizeof(fields));
	raw[HDR_LEGACY] = 0xaa;
	skb_set_transport_header(skb, transport(0));
	skb_partial_csum_set(skb, transport(0), 16);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 1000;
	KUNIT_EXPECT_TRUE(test, vnet_tx_hdr_fill(&f, raw, HDR_LEGACY, skb));
	KUNIT_EXPECT_EQ(test, memcmp(raw, want, HDR_LEGACY), 0);
	KUNIT_EXPECT_EQ(test, raw[HDR_LEGACY], 0xaa);
	kfree_skb(skb);
}

/**
 * struct tx_case - a packet to be sent
 * @name: what is special
 * @f: what was negotiated; NULL for everything
 * @kind: of the packet
 * @csum: its checksum is left to the device
 * @gso: SKB_GSO_* of it
 * @refused: it cannot be sent
 * @type: gso_type of the header
 */
struct tx_case {
	const char *name;
	const struct vnet_features *f;
	unsigned int kind;
	bool csum;
	unsigned int gso;
	bool refused;
	u8 type;
};

static const struct vnet_features tx_csum = { .le = true, .csum = true };
static const struct vnet_features tx_no_ecn = {
	.le = true, .csum = true, .host_gso = 0xff,
};

static const struct vnet_features tx_tcp4 = {
	.le = true, .csum = true, .host_gso = VNET_GSO_TCP4,
};

static const struct tx_case tx_cases[] = {
	{ "complete" },
	{ "complete, nothing negotiated", &nothing },
	{ "checksum", .csum = true },
	{ "checksum of UDP over IPv6", .kind = UDP | V6, .csum = true },
	{ "checksum, not negotiated", &nothing, .csum = true, .refused = true },
	{ "TCPv4", .csum = true, .gso = SKB_GSO_TCPV4, .type = TCP4 },
	{ "TCPv6", .kind = V6, .csum = true, .gso = SKB_GSO_TCPV6,
	  .type = TCP6 },
	{ "TCPv4 with IDs that may repeat", .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID, .type = TCP4 },
	{ "TCPv4 with ECN", .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN, .type = TCP4 | ECN },
	{ "ECN, not negotiated", &tx_no_ecn, .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN, .refused = true },
	{ "UDP segments", .kind = UDP, .csum = true, .gso = SKB_GSO_UDP_L4,
	  .type = UDP_L4 },
	{ "segments, not negotiated", &tx_csum, .csum = true,
	  .gso = SKB_GSO_TCPV4, .refused = true },
	{ "segments without a checksum", .gso = SKB_GSO_TCPV4,
	  .refused = true },
	{ "segments of a kind without a name", .csum = true,
	  .gso = SKB_GSO_SCTP, .refused = true },
	{ "segments in a tunnel over UDP", .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_UDP_TUNNEL, .refused = true },
	{ "in a tunnel, with a checksum of its own", .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_UDP_TUNNEL_CSUM, .refused = true },
	{ "segments in a tunnel over IP", .kind = V6, .csum = true,
	  .gso = SKB_GSO_TCPV6 | SKB_GSO_IPXIP6, .refused = true },
	{ "TCPv4 of somebody who is not trusted", .csum = true,
	  .gso = SKB_GSO_TCPV4 | SKB_GSO_DODGY, .type = TCP4 },
	{ "only TCPv4 negotiated", &tx_tcp4, .csum = true,
	  .gso = SKB_GSO_TCPV4, .type = TCP4 },
	{ "TCPv6, only TCPv4 negotiated", &tx_tcp4, .kind = V6, .csum = true,
	  .gso = SKB_GSO_TCPV6, .refused = true },
	{ "UDP segments, only TCPv4 negotiated", &tx_tcp4, .kind = UDP,
	  .csum = true, .gso = SKB_GSO_UDP_L4, .refused = true },
};

static void tx_name(const struct tx_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tx, tx_cases, tx_name);

static void expect_header(struct kunit *test, const struct tx_case *c,
			  const u8 *raw)
{
	u8 want[sizeof(struct virtio_net_hdr_v1_hash)] = { };
	unsigned int off = transport(c->kind);

	if (c->csum) {
		want[0] = NEEDS_CSUM;
		want[6] = off;
		want[8] = c->kind & UDP ? 6 : 16;
	}
	want[1] = c->type;
	/* All of it is in one piece, and so are its headers. */
	put_unaligned_le16(off + (c->kind & UDP ? 8 : 20) + (c->gso ? 0 : 3000),
			   want + 2);
	if (c->gso)
		put_unaligned_le16(1000, want + 4);
	KUNIT_EXPECT_EQ(test, memcmp(raw, want, sizeof(want)), 0);
}

/* Sent: each byte of the header, num_buffers being 0 (5.1.6.2). */
static void transmit(struct kunit *test)
{
	const struct tx_case *c = test->param_value;
	struct sk_buff *skb = packet(test, c->kind, 3000);
	u8 raw[sizeof(struct virtio_net_hdr_v1_hash) + 1];
	bool ok;

	memset(raw, 0xaa, sizeof(raw));
	skb_set_transport_header(skb, transport(c->kind));
	if (c->csum)
		skb_partial_csum_set(skb, transport(c->kind),
				     c->kind & UDP ? 6 : 16);
	skb_shinfo(skb)->gso_type = c->gso;
	skb_shinfo(skb)->gso_size = c->gso ? 1000 : 0;
	ok = vnet_tx_hdr_fill(c->f ?: &all, raw, sizeof(raw) - 1, skb);
	KUNIT_EXPECT_EQ(test, ok, !c->refused);
	if (ok && !c->refused)
		expect_header(test, c, raw);
	/* What is behind it is the packet's. */
	KUNIT_EXPECT_EQ(test, raw[sizeof(raw) - 1], 0xaa);
	kfree_skb(skb);
}

static struct kunit_case net_hdr_cases[] = {
	KUNIT_CASE_PARAM(receive, rx_gen_params),
	KUNIT_CASE_PARAM(receive_fragments, rx_gen_params),
	KUNIT_CASE(parse_legacy),
	KUNIT_CASE(fill_legacy),
	KUNIT_CASE(hashes),
	KUNIT_CASE_PARAM(transmit, tx_gen_params),
	{}
};

static struct kunit_suite net_hdr_suite = {
	.name = "virtio_net_hdr",
	.test_cases = net_hdr_cases,
};

kunit_test_suites(&net_hdr_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's headers");
MODULE_LICENSE("GPL");
