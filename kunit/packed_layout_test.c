// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_packed_layout: where each byte of a packed queue lies
 *
 * Addresses against the table of VIRTIO 1.4, 2.8.10.1, and the bytes of
 * descriptors (2.8.13) and event suppression structures (2.8.14) against
 * images written down here field by field.  All of it is little-endian,
 * whatever the guest.
 */
#include <linux/module.h>

#include "ring_fix.h"

static const unsigned int layout_sizes[] = {
	1, 2, 3, 4, 7, 8, 255, 256, 1000, 32767, 32768,
};

static struct ring_kinds layout_kinds = {
	.packed = layout_sizes,
	.num_packed = ARRAY_SIZE(layout_sizes),
};

static const void *layout_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&layout_kinds, prev, desc);
}

/* What stands in a descriptor's flags, 2.8.1, 2.8.6, 2.8.7. */
#define F_NEXT		0x0001
#define F_WRITE		0x0002
#define F_INDIRECT	0x0004
#define F_AVAIL		0x0080
#define F_USED		0x8000

static struct ring_fix *layout_setup(struct kunit *test, unsigned int needs)
{
	const struct ring_param *p = test->param_value;

	if (p->num < needs)
		kunit_skip(test, "needs a queue of %u entries", needs);
	return ring_setup(test);
}

static bool apart(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a + a_len <= b || b + b_len <= a;
}

/* 2.8.11: alignment and sizes of the table, no part lies in another. */
static void parts_aligned_and_apart(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u64 ring = virtqueue_get_desc_addr(f->vq);
	u64 driver = virtqueue_get_avail_addr(f->vq);
	u64 device = virtqueue_get_used_addr(f->vq);
	u64 size = 16 * (u64)f->p->num;

	KUNIT_EXPECT_EQ(test, ring % 16, 0);
	KUNIT_EXPECT_EQ(test, driver % 4, 0);
	KUNIT_EXPECT_EQ(test, device % 4, 0);
	KUNIT_EXPECT_TRUE(test, apart(ring, size, driver, 4));
	KUNIT_EXPECT_TRUE(test, apart(ring, size, device, 4));
	KUNIT_EXPECT_TRUE(test, apart(driver, 4, device, 4));
}

/* 2.8.1: with bits of 0 in all flags no descriptor is available or used. */
static void ring_starts_zeroed(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 len;

	KUNIT_EXPECT_TRUE(test, !memchr_inv(f->w.desc, 0, 16 * f->p->num));
	KUNIT_EXPECT_TRUE(test, !memchr_inv(f->w.used, 0, 4));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
}

/* Append the @bytes low bytes of @v, low ones first. */
static u8 *put(u8 *p, u64 v, int bytes)
{
	int i;

	for (i = 0; i < bytes; i++)
		p[i] = v >> 8 * i;
	return p + bytes;
}

/* A descriptor as 2.8.13 draws it. */
static void expect_desc(struct ring_fix *f, const u8 *at, u64 addr, u32 len,
			u16 id, u16 flags)
{
	u8 want[16], *p = want;

	p = put(p, addr, 8);
	p = put(p, len, 4);
	p = put(p, id, 2);
	put(p, flags, 2);
	KUNIT_EXPECT_EQ(f->test, 0, memcmp(at, want, 16));
}

/* An event suppression structure as 2.8.14 draws it; @desc if it matters. */
static void expect_event(struct ring_fix *f, const u8 *at, u16 desc, u16 flags)
{
	u8 want[4];

	put(want, desc, 2);
	put(want + 2, flags, 2);
	if (flags == 2)
		KUNIT_EXPECT_EQ(f->test, 0, memcmp(at, want, 2));
	KUNIT_EXPECT_EQ(f->test, 0, memcmp(at + 2, want + 2, 2));
}

/* 2.8.1: the two bits of what is made available in lap @lap, from 0. */
static u16 avail_bits(unsigned int lap)
{
	return lap % 2 ? F_USED : F_AVAIL;
}

/* The device gives @c back, the driver takes it. */
static void finish(struct ring_fix *f, struct walk_chain *c, u32 written)
{
	u32 len;

	walk_push(&f->w, c->id, written);
	KUNIT_ASSERT_EQ(f->test, ring_get(f, &len), 0);
	KUNIT_ASSERT_EQ(f->test, len, written);
}

/* 2.8.13, and the bits of 2.8.1 through three laps. */
static void bytes_of_single_descriptors(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, at, laps = f->p->num > 1000 ? 1 : 3;
	struct walk_chain c;

	if (laps == 1)
		ring_cycle(f, f->p->num - 2);
	for (i = laps == 1 ? f->p->num - 2 : 0; i < laps * f->p->num + 2; i++) {
		at = i % f->p->num;
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, !(i & 1), i & 1), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.first, at);
		expect_desc(f, f->w.desc + 16 * at, ring_addr(f, 0),
			    ring_len(0), c.id, avail_bits(i / f->p->num) |
					       (i & 1 ? F_WRITE : 0));
		finish(f, &c, i & 1);
	}
}

/*
 * 2.8.6: NEXT in all but the last one, which names the buffer; the
 * third of these begins a lap.
 */
static void bytes_of_a_chain(struct kunit *test)
{
	struct ring_fix *f = layout_setup(test, 3);
	unsigned int num = f->p->num, i, at;
	u16 want[3] = { F_NEXT, F_NEXT | F_WRITE, F_WRITE }, id;
	struct walk_chain c;
	const u8 *p;

	if (f->p->indirect)
		kunit_skip(test, "the ring may prefer a table");
	ring_cycle(f, num - 2);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 2), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	for (i = 0; i < 3; i++) {
		at = (num - 2 + i) % num;
		p = f->w.desc + 16 * at;
		/* Only the id of the last one means something. */
		id = i < 2 ? p[12] | p[13] << 8 : c.id;
		expect_desc(f, p, ring_addr(f, i), ring_len(i), id,
			    want[i] | avail_bits(i == 2));
	}
	finish(f, &c, 5);
}

/* 2.8.7, 2.8.19: one descriptor, a table with nothing but WRITE. */
static void bytes_of_a_table(struct kunit *test)
{
	struct ring_fix *f = layout_setup(test, 3);
	unsigned int lap, i;
	struct walk_chain c;
	const u8 *table;

	if (!f->p->indirect)
		kunit_skip(test, "INDIRECT_DESC was not negotiated");
	for (lap = 0; lap < 2; lap++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 2), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		if (!c.indirect)
			kunit_skip(test, "sent as a chain: too few entries fit");
		expect_desc(f, f->w.desc + 16 * c.first, c.table, 3 * 16, c.id,
			    F_INDIRECT | avail_bits(lap));
		KUNIT_EXPECT_EQ(test, c.first, 0);
		table = walk_virt(&f->w, c.table);
		/* Their ids mean nothing. */
		for (i = 0; i < 3; i++, table += 16)
			expect_desc(f, table, ring_addr(f, i), ring_len(i),
				    table[12] | table[13] << 8,
				    i ? F_WRITE : 0);
		finish(f, &c, 5);
		ring_cycle(f, f->p->num - 1);
	}
}

/* 2.8.6: a used descriptor of bytes written here. */
static void bytes_of_a_used_descriptor(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int lap;
	struct walk_chain c;
	u8 *at;
	u32 len;

	for (lap = 0; lap < 2; lap++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 9, 0, 1), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		at = f->w.desc + 16 * c.first;
		memset(at, 0x5a, 8);
		put(at + 8, 1, 4);
		put(at + 12, c.id, 2);
		/* Not with both bits as they have to be: not used. */
		put(at + 14, F_WRITE | (lap ? F_AVAIL : F_USED), 2);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
		put(at + 14, F_WRITE | avail_bits(lap), 2);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
		put(at + 14, F_WRITE | (lap ? 0 : F_AVAIL | F_USED), 2);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), 9);
		KUNIT_EXPECT_EQ(test, len, 1);
		walk_forget(&f->w, c.id);
		wp_skip(&f->w, 1);
		ring_cycle(f, f->p->num - 1);
	}
}

/* 2.8.14: what the driver says about interrupts, byte by byte. */
static void bytes_of_driver_events(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u16 mode = f->p->event_idx ? 2 : 0;
	unsigned int num = f->p->num;

	expect_event(f, f->w.avail, 0, 0);
	virtqueue_disable_cb(f->vq);
	expect_event(f, f->w.avail, 0, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_event(f, f->w.avail, 0x8000, mode);
	ring_cycle(f, num - 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_event(f, f->w.avail, (num - 1) | 0x8000, mode);
	ring_cycle(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_event(f, f->w.avail, 0, mode);
	ring_cycle(f, num);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_event(f, f->w.avail, 0x8000, mode);
}

/* 2.8.14: what the device says about notifications, byte by byte. */
static void bytes_of_device_events(struct kunit *test)
{
	struct ring_fix *f = layout_setup(test, 2);
	unsigned int num = f->p->num;
	u32 len;

	put(f->w.used + 2, 1, 2);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_drain(&f->w), 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	put(f->w.used + 2, 0, 2);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_drain(&f->w), 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	if (!f->p->event_idx)
		return;
	/* Not the last descriptor of the second lap, but the one behind. */
	ring_cycle(f, 2 * num - 3);
	put(f->w.used, 0, 2);
	put(f->w.used + 2, 2, 2);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	put(f->w.used, 0x8000, 2);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE_PARAM(parts_aligned_and_apart, layout_gen_params),
	KUNIT_CASE_PARAM(ring_starts_zeroed, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_single_descriptors, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_a_chain, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_a_table, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_a_used_descriptor, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_driver_events, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_device_events, layout_gen_params),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "virtio_packed_layout",
	.test_cases = layout_cases,
};

kunit_test_suites(&layout_suite);

MODULE_DESCRIPTION("Unit tests of the layout of the packed ring");
MODULE_LICENSE("GPL");
