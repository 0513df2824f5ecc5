// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_modes: each kind of buffer, and lies about it
 *
 * virtio_net on devices with mergeable buffers, without, with buffers for any
 * packet, with hashes, and legacy ones (VIRTIO 1.4, 5.1.6 to 5.1.6.4): how large
 * buffers and headers are, where headers lie, and that each lie about a packet
 * costs that packet only and counts where it should.
 */
#include <linux/module.h>

#include "net_data_fix.h"

#define FB_ANY_LAYOUT	FB(27)

/**
 * struct mode - a device
 * @name: of the mode
 * @features: that it offers
 * @hdr: bytes of its header
 * @least: bytes of a receive buffer, at the least; 5.1.6.3.1
 */
struct mode {
	const char *name;
	u64 features;
	unsigned int hdr;
	unsigned int least;
};

#define MODERN		(FB_VERSION_1 | FB_MAC)
#define UNCUT		(FB_GUEST_CSUM | FB_GUEST_TSO4)
#define HASHES		(FB_HASH | FB_CTRL_VQ)

static const struct mode modes[] = {
	{ "small", MODERN, HDR, 1526 },
	{ "small, hash", MODERN | HASHES, HDR_HASH, 1534 },
	{ "small, MTU", MODERN | FB_MTU, HDR, 3026 },
	{ "big", MODERN | UNCUT, HDR, 65601 },
	{ "big, hash", MODERN | UNCUT | HASHES, HDR_HASH, 65609 },
	{ "mergeable", MODERN | FB_MERGE, HDR, HDR },
	{ "mergeable, hash", MODERN | FB_MERGE | HASHES, HDR_HASH, HDR_HASH },
	{ "mergeable, uncut", MODERN | FB_MERGE | UNCUT, HDR, HDR },
	{ "legacy", FB_MAC, HDR_LEGACY, 1524 },
	{ "legacy, big", FB_MAC | UNCUT, HDR_LEGACY, 65599 },
	{ "legacy, mergeable", FB_MAC | FB_MERGE, HDR, HDR },
	{ "legacy, any layout", FB_MAC | FB_ANY_LAYOUT, HDR_LEGACY, 1524 },
};

static void mode_name(const struct mode *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mode, modes, mode_name);

static struct data_fix *mode_setup(struct kunit *test)
{
	const struct mode *m = test->param_value;
	struct net_fix *f = net_new_offering(test, m->features);

	f->m->config[CFG_RSS_KEY] = RSS_KEY;
	put_unaligned_le32(0x3f, f->m->config + CFG_HASH_TYPES);
	put_unaligned_le16(3000, f->m->config + CFG_MTU);
	net_start(f);
	return data_open(f, m->hdr);
}

static bool merges(struct kunit *test)
{
	const struct mode *m = test->param_value;

	return m->features & FB_MERGE;
}

/*
 * 5.1.6.3.1 and 5.1.4.2: what fits in.  An MTU that is chosen later, or no longer,
 * finds the same buffers: the device has them.
 */
static void buffers(struct kunit *test)
{
	const struct mode *m = test->param_value;
	struct data_fix *d = mode_setup(test);
	struct net_device *dev = d->f->dev;
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
	KUNIT_EXPECT_GE(test, b.in_len, (size_t)m->least);
	KUNIT_EXPECT_EQ(test, b.out_len, 0);
	if (!merges(test))
		KUNIT_EXPECT_GE(test, b.in_len,
				(size_t)m->hdr + ETH_HLEN + dev->max_mtu);
}

/* A frame of each length, with as many buffers as it needs. */
static void frames(struct kunit *test)
{
	static const unsigned int lens[] = { 14, 60, 128, 129, 1514 };
	struct data_fix *d = mode_setup(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct lie l = { .len = lens[i] };

		data_send(d, &l);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, lens[i]));
	}
	data_expect_counters(d, 0, 0, 0);
}

/* The longest packet that such a buffer, or several, are for. */
static void longest(struct kunit *test)
{
	const struct mode *m = test->param_value;
	unsigned int len = m->least < 2000 ? 1514 :
			   m->features & FB_MTU ? 3014 : 65535;
	struct data_fix *d = mode_setup(test);

	/* A buffer with a header of its own takes two of the 64 descriptors. */
	if (merges(test))
		len = m->features & FB_VERSION_1 ? 65535 : 40000;
	data_send_merged(d, len, merges(test) ? 0 : 1);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, len));
	data_expect_counters(d, 0, 0, 0);
}

/* Used lengths that leave no room for header and Ethernet header. */
static void used_too_short(struct kunit *test)
{
	data_expect_short(mode_setup(test));
}

/* Beyond the buffer: no more than was given is looked at. */
static void used_too_long(struct kunit *test)
{
	struct data_fix *d = mode_setup(test);

	data_expect_beyond(d, 1);
	data_expect_beyond(d, 0x10000000);
	data_expect_beyond(d, U32_MAX);
	data_expect_next(d, d->got + 1);
}

/* num_buffers is a field of its own only with MRG_RXBUF: 5.1.6.4. */
static void num_buffers(struct kunit *test)
{
	data_expect_num_buffers(mode_setup(test), merges(test));
}

/**
 * struct second - the second of two buffers
 * @name: what is wrong with it
 * @used: its used length; 0 for that
 * @missing: it does not come
 */
struct second {
	const char *name;
	u32 used;
	bool missing;
};

static const struct second seconds[] = {
	{ "empty", 0 },
	{ "missing", 0, true },
};

static void second_name(const struct second *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(second, seconds, second_name);

static void second_buffer(struct kunit *test)
{
	const struct second *s = test->param_value;
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 500, .num = 2 };
	struct play_buf a, b;
	unsigned int i;

	for (i = 1; i <= 100; i++) {
		KUNIT_ASSERT_TRUE(test, data_first(d, &l, 2, &a));
		if (s->missing) {
			play_done(d->f->p, &a, HDR + 500);
		} else {
			KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
			play_push(d->f->p, &a, HDR + 500);
			play_done(d->f->p, &b, s->used);
		}
		KUNIT_ASSERT_TRUE(test, play_until(data_dropped(d) == i));
		data_expect_next(d, i);
	}
	data_expect_counters(d, 100, s->missing ? 0 : 100, s->missing ? 100 : 0);
}

/* Headers that cannot be of this frame, which is neither IPv4 nor IPv6. */
static const struct lie headers[] = {
	{ "TCPv4", 1000, .flags = 1, .type = 1, .size = 100, .start = 34,
	  .offset = 16 },
	{ "TCPv6", 1000, .flags = 1, .type = 4, .size = 100, .start = 54,
	  .offset = 16 },
	{ "UDP fragments", 1000, .flags = 1, .type = 3, .size = 100,
	  .start = 34, .offset = 6 },
	{ "UDP segments", 1000, .flags = 1, .type = 5, .size = 100,
	  .start = 34, .offset = 6 },
	{ "a kind that nobody knows", 1000, .type = 2 },
	{ "a kind that nobody knows, 0x7f", 1000, .type = 0x7f },
	{ "a tunnel", 1000, .flags = 1, .type = 0x21, .size = 100,
	  .start = 34, .offset = 16 },
	{ "checksum in the Ethernet header", 1000, .flags = 1, .start = 13 },
	{ "checksum behind the end", 1000, .flags = 1, .start = 1000 },
	{ "checksum across the end", 1000, .flags = 1, .start = 900,
	  .offset = 99 },
	{ "offsets that overflow", 1000, .flags = 1, .start = 0xffff,
	  .offset = 0xffff },
};

static void header_name(const struct lie *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(header, headers, header_name);

#define EVERYTHING	(FB_GUEST_CSUM | FB_GUEST_TSO4 | FB_GUEST_TSO6 |	\
			 FB_GUEST_ECN | FB_GUEST_UFO | FB_GUEST_USO4 |	\
			 FB_GUEST_USO6)

static void bad_header(struct kunit *test)
{
	const struct lie *l = test->param_value;
	struct data_fix *d[] = {
		data_setup(test, EVERYTHING | FB_MERGE),
		data_setup(test, EVERYTHING),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(d); i++) {
		data_send(d[i], l);
		KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d[i]) == 1));
		data_expect_next(d[i], 1);
		data_expect_counters(d[i], 1, 0, 1);
	}
}

/* 5.1.6.2: a header as long as that of receive, and nothing in it. */
static void sent(struct kunit *test)
{
	const struct mode *m = test->param_value;
	struct data_fix *d = mode_setup(test);
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 1000));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, m->hdr + 1000);
	KUNIT_EXPECT_EQ(test, b.in_len, 0);
	KUNIT_EXPECT_TRUE(test, data_header_ok(d, &b));
	/* A legacy device may say that it wrote what it read: 5.1.6.1. */
	play_done(d->f->p, &b, m->hdr + 1000);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 1));
}

/* "Legacy Interface: Framing Requirements": the header by itself. */
static void framing(struct kunit *test)
{
	const struct mode *m = test->param_value;
	bool alone = !(m->features & (FB_VERSION_1 | FB_ANY_LAYOUT));
	struct data_fix *d = mode_setup(test);
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
	KUNIT_EXPECT_EQ(test, b.c.elem[0].len == m->hdr, alone);
	/* Room for 65 KB: pages, and what does not have to lie before them. */
	KUNIT_EXPECT_LE(test, b.c.num, 17U + alone);
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 1000));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	if (alone) {
		KUNIT_EXPECT_EQ(test, b.c.elem[0].len, m->hdr);
		KUNIT_EXPECT_EQ(test, b.c.elem[1].len, 1000);
	} else {
		/* Both in one where that may be. */
		KUNIT_EXPECT_EQ(test, b.c.num, 1);
	}
	play_done(d->f->p, &b, 0);
}

static struct kunit_case net_modes_cases[] = {
	KUNIT_CASE_PARAM(buffers, mode_gen_params),
	KUNIT_CASE_PARAM(frames, mode_gen_params),
	KUNIT_CASE_PARAM(longest, mode_gen_params),
	KUNIT_CASE_PARAM(used_too_short, mode_gen_params),
	KUNIT_CASE_PARAM(used_too_long, mode_gen_params),
	KUNIT_CASE_PARAM(num_buffers, mode_gen_params),
	KUNIT_CASE_PARAM(second_buffer, second_gen_params),
	KUNIT_CASE_PARAM(bad_header, header_gen_params),
	KUNIT_CASE_PARAM(sent, mode_gen_params),
	KUNIT_CASE_PARAM(framing, mode_gen_params),
	{}
};

static struct kunit_suite net_modes_suite = {
	.name = "virtio_net_modes",
	.test_cases = net_modes_cases,
};

kunit_test_suites(&net_modes_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's buffers");
MODULE_LICENSE("GPL");
