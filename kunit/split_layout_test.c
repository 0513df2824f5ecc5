// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_layout: where each byte of a split queue lies
 *
 * Addresses against the tables of VIRTIO 1.4, 2.7 and 2.7.2, and the bytes
 * of one request against images written down here field by field.
 */
#include <linux/io.h>
#include <linux/module.h>

#include <linux/virtio_ring.h>

#include "ring_fix.h"

static const unsigned int layout_sizes[] = { 1, 2, 4, 8, 256, 1024, 32768 };

static struct ring_kinds layout_kinds = {
	.sizes = layout_sizes,
	.num_sizes = ARRAY_SIZE(layout_sizes),
};

static const void *layout_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&layout_kinds, prev, desc);
}

/* The formula of 2.7.2 with a Queue Align of 4096. */
static u64 legacy_used_offset(u64 num)
{
	return (16 * num + 2 * (3 + num) + 4095) & ~4095ULL;
}

/* 2.7.2: where a legacy device looks for the parts. */
static void parts_legacy(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u64 desc = virtqueue_get_desc_addr(f->vq);
	u64 num = f->p->num;

	if (f->p->modern)
		kunit_skip(test, "a modern device is told each address");
	KUNIT_EXPECT_EQ(test, desc % 4096, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_get_avail_addr(f->vq) - desc,
			16 * num);
	KUNIT_EXPECT_EQ(test, virtqueue_get_used_addr(f->vq) - desc,
			legacy_used_offset(num));
}

static void expect_apart(struct kunit *test, u64 a, u64 a_len, u64 b,
			 u64 b_len)
{
	KUNIT_EXPECT_TRUE(test, a + a_len <= b || b + b_len <= a);
}

/* Alignment and sizes of the table in 2.7: no part lies in another. */
static void parts_aligned_and_apart(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u64 desc = virtqueue_get_desc_addr(f->vq);
	u64 avail = virtqueue_get_avail_addr(f->vq);
	u64 used = virtqueue_get_used_addr(f->vq);
	u64 num = f->p->num;

	KUNIT_EXPECT_EQ(test, desc % 16, 0);
	KUNIT_EXPECT_EQ(test, avail % 2, 0);
	KUNIT_EXPECT_EQ(test, used % 4, 0);
	expect_apart(test, desc, 16 * num, avail, 6 + 2 * num);
	expect_apart(test, desc, 16 * num, used, 6 + 8 * num);
	expect_apart(test, avail, 6 + 2 * num, used, 6 + 8 * num);
}

/* virtqueue_get_vring() names the same places. */
static void parts_for_the_cpu(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	const struct vring *v = virtqueue_get_vring(f->vq);

	KUNIT_EXPECT_EQ(test, v->num, f->p->num);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)v->desc, f->w.desc);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)v->avail, f->w.avail);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)v->used, f->w.used);
}

/*
 * Append @bytes low bytes of @v in the byte order of the queue: the guest's
 * own when it is legacy (2.7.3), little-endian else (1.4).
 */
static u8 *put(const struct ring_fix *f, u8 *p, u64 v, int bytes)
{
	bool le = f->p->modern || !IS_ENABLED(CONFIG_CPU_BIG_ENDIAN);
	int i;

	for (i = 0; i < bytes; i++)
		p[i] = v >> 8 * (le ? i : bytes - 1 - i);
	return p + bytes;
}

/* A descriptor as 2.7.5 draws it; @next only when it is meaningful. */
static void expect_desc_bytes(struct ring_fix *f, const u8 *at, u64 addr,
			      u32 len, u16 flags, u16 next)
{
	u8 want[16], *p = want;

	p = put(f, p, addr, 8);
	p = put(f, p, len, 4);
	p = put(f, p, flags, 2);
	put(f, p, next, 2);
	KUNIT_EXPECT_EQ(f->test, 0,
			memcmp(at, want, flags & WALK_NEXT ? 16 : 14));
}

/* A field of 16 bits at a place of its own. */
static void expect_u16_bytes(struct ring_fix *f, const u8 *at, u16 v)
{
	u8 want[2];

	put(f, want, v, 2);
	KUNIT_EXPECT_EQ(f->test, 0, memcmp(at, want, 2));
}

/* 2.7.5, 2.7.6: one descriptor, one entry, and the index behind it. */
static void bytes_of_one_descriptor(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	expect_desc_bytes(f, f->w.desc + 16 * c.id, ring_addr(f, 0),
			  ring_len(0), 2, 0);
	expect_u16_bytes(f, f->w.avail + 2, 1);
	expect_u16_bytes(f, f->w.avail + 4, c.id);
}

/* 2.7.5: NEXT and where it leads; in a table when it was sent as one. */
static void bytes_of_a_chain(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	const u8 *table;
	u16 first, next;

	if (f->p->num < 2)
		kunit_skip(test, "no chain in a queue of one entry");
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	if (c.indirect) {
		/* 2.7.5.3: length in bytes, first entry at its start. */
		expect_desc_bytes(f, f->w.desc + 16 * c.id, c.table, 32, 4,
				  0);
		table = walk_virt(&f->w, c.table);
		first = 0;
	} else {
		table = f->w.desc;
		first = c.id;
	}
	next = c.elem[0].next;
	expect_desc_bytes(f, table + 16 * first, ring_addr(f, 0),
			  ring_len(0), 1, next);
	expect_desc_bytes(f, table + 16 * next, ring_addr(f, 1),
			  ring_len(1), 2, 0);
}

/* The available ring's entries follow each other and wrap (2.7.13.2). */
static void bytes_of_the_available_ring(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, slot, num = f->p->num;
	struct walk_chain c;
	u32 len;

	for (i = 0; i < 2 * min(num, 1024u) + 3; i++) {
		slot = i % num;
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		expect_u16_bytes(f, f->w.avail + 2, i + 1);
		expect_u16_bytes(f, f->w.avail + 4 + 2 * slot, c.id);
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	}
}

/* used_event stands behind the last entry of the available ring (2.7.7). */
static void place_of_used_event(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	if (!f->p->event_idx)
		kunit_skip(test, "no event index negotiated");
	ring_cycle(f, 5);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_u16_bytes(f, f->w.avail + 4 + 2 * f->p->num, 5);
}

/* The bytes of a used entry, 2.7.8, written from here. */
static void bytes_of_a_used_entry(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 9, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	put(f, f->w.used + 4, c.id, 4);
	put(f, f->w.used + 8, 1, 4);
	wmb(); /* the entry before the index, as a device has to */
	put(f, f->w.used + 2, 1, 2);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 9);
	KUNIT_EXPECT_EQ(test, len, 1);
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE_PARAM(parts_legacy, layout_gen_params),
	KUNIT_CASE_PARAM(parts_aligned_and_apart, layout_gen_params),
	KUNIT_CASE_PARAM(parts_for_the_cpu, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_one_descriptor, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_a_chain, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_the_available_ring, layout_gen_params),
	KUNIT_CASE_PARAM(place_of_used_event, layout_gen_params),
	KUNIT_CASE_PARAM(bytes_of_a_used_entry, layout_gen_params),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "virtio_split_layout",
	.test_cases = layout_cases,
};

kunit_test_suites(&layout_suite);

MODULE_DESCRIPTION("Unit tests of the layout of the split ring");
MODULE_LICENSE("GPL");
