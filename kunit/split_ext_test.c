// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_ext: descriptors written by the driver
 *
 * The API of include/virtqueue_ext.h on each kind of queue.  What the device
 * sees must be the same as with a scatterlist: walk_split.c judges it.
 */
#include <linux/io.h>
#include <linux/module.h>

#include "ring_fix.h"
#include "virtqueue_ext.h"

#define TABLE_MAX	32

static const unsigned int ext_sizes[] = { 2, 8, 256 };

static const struct ring_param ext_more[] = {
	{ .num = 32768, .modern = true, .indirect = true },
};

static struct ring_kinds ext_kinds = {
	.sizes = ext_sizes,
	.num_sizes = ARRAY_SIZE(ext_sizes),
	.more = ext_more,
	.num_more = ARRAY_SIZE(ext_more),
};

static const void *ext_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&ext_kinds, prev, desc);
}

static struct ring_fix *ext_setup(struct kunit *test)
{
	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko has no table API");
	return ring_setup(test);
}

/* A table in memory of its own, like a block driver's tag has. */
static void ext_init(struct ring_fix *f, struct virtqueue_table *t,
		     unsigned int max)
{
	void *mem = kunit_kzalloc(f->test, 16 * max, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, mem);
	KUNIT_ASSERT_EQ(f->test, (unsigned long)mem % 16, 0);
	KUNIT_ASSERT_EQ(f->test, virtqueue_table_init(f->vq, t, mem,
						      virt_to_phys(mem), max),
			0);
}

/* The same elements as ring_add() has. */
static void ext_fill(struct ring_fix *f, struct virtqueue_table *t,
		     unsigned int out, unsigned int in)
{
	unsigned int i;

	virtqueue_table_begin(t);
	for (i = 0; i < out; i++)
		virtqueue_table_out(t, ring_addr(f, i), ring_len(i));
	for (; i < out + in; i++)
		virtqueue_table_in(t, ring_addr(f, i), ring_len(i));
}

static int ext_add(struct ring_fix *f, struct virtqueue_table *t,
		   unsigned int token)
{
	int err = virtqueue_add_table(f->vq, t, &f->buf[token]);

	if (!err)
		f->buf[token].added++;
	return err;
}

static void ext_round_trip(struct ring_fix *f, struct virtqueue_table *t,
			   unsigned int out, unsigned int in)
{
	struct kunit *test = f->test;
	unsigned int takes = f->p->indirect ? 1 : out + in;
	struct walk_chain c;
	u32 len;

	ext_fill(f, t, out, in);
	KUNIT_ASSERT_EQ(test, ext_add(f, t, 4), 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - takes);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, out, in);
	KUNIT_EXPECT_EQ(test, c.indirect, f->p->indirect);
	walk_push(&f->w, c.id, c.in_bytes);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 4);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* One table used again and again with other contents. */
static void table_shapes(struct kunit *test)
{
	static const u8 shapes[][2] = {
		{ 1, 1 }, { 1, 0 }, { 0, 1 }, { 2, 0 }, { 0, 2 }, { 1, 7 },
		{ 7, 1 }, { 3, 4 }, { 1, 1 }, { 8, 0 }, { 0, 8 },
	};
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;
	unsigned int i;

	ext_init(f, &t, TABLE_MAX);
	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		if (shapes[i][0] + shapes[i][1] <= f->p->num)
			ext_round_trip(f, &t, shapes[i][0], shapes[i][1]);
	ring_expect_once(f);
}

/* As long as the queue allows, and full to its last entry. */
static void table_full(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	unsigned int num = min_t(unsigned int, f->p->num, TABLE_MAX);
	struct virtqueue_table t;

	ext_init(f, &t, num);
	ext_round_trip(f, &t, 1, num - 1);
}

/* 2.7.5.3.1: longer than the queue, also when it would fit indirectly. */
static void table_too_long(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;

	if (f->p->num >= TABLE_MAX)
		kunit_skip(test, "the queue is longer than the table");
	ext_init(f, &t, TABLE_MAX);
	ext_fill(f, &t, 1, f->p->num);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
}

static void table_empty(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	virtqueue_table_begin(&t);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

static void table_no_room(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;
	unsigned int i, leave = f->p->indirect ? 0 : 1;
	struct walk_chain c;
	u32 len;

	for (i = 0; i < f->p->num - leave; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_EXPECT_EQ(test, virtqueue_add_table(f->vq, &t, f), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, leave);
	virtqueue_kick(f->vq);
	/* With room again the same table is taken. */
	while (walk_pop(&f->w, &c))
		walk_push(&f->w, c.id, 0);
	while (ring_get(f, &len) >= 0)
		;
	ext_round_trip(f, &t, 1, 1);
	ring_expect_once(f);
}

static void table_on_broken_queue(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EIO);
}

/* Tables and scatterlists, as many as fit, given back from the last. */
static void tables_and_lists(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t[8];
	unsigned int i, num = 0, fits;
	struct walk_chain c;
	u16 heads[8];
	u32 len;

	fits = f->p->indirect ? min(f->p->num, 8u) : min(f->p->num / 2, 8u);
	for (i = 0; i < fits; i++, num++) {
		if (i & 1) {
			KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 1), 0);
			continue;
		}
		ext_init(f, &t[i], 4);
		ext_fill(f, &t[i], 1, 1);
		KUNIT_ASSERT_EQ(test, ext_add(f, &t[i], i), 0);
	}
	virtqueue_kick(f->vq);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		ring_expect_chain(f, &c, 1, 1);
		heads[i] = c.id;
	}
	for (i = num; i--;)
		walk_push(&f->w, heads[i], 1);
	for (i = num; i--;)
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), (int)i);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* The bound on the used length is that of the table, in private memory. */
static void table_used_len(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;
	struct walk_desc lie = { .addr = ~0ULL, .len = U32_MAX,
			       .flags = WALK_WRITE };
	struct walk_chain c;
	u32 len;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_ASSERT_EQ(test, ext_add(f, &t, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ws_write_desc(&f->w, (u8 *)t.desc, 0, &lie);
	ws_write_desc(&f->w, (u8 *)t.desc, 1, &lie);
	ws_write_used(&f->w, 0, c.id, U32_MAX);
	ws_set_used_idx(&f->w, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, ring_len(1));
}

/* A table that was never used comes back when the driver goes. */
static void table_detached(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_ASSERT_EQ(test, ext_add(f, &t, 0), 0);
	virtqueue_kick(f->vq);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, 1);
	ring_expect_once(f);
}

/* Without ACCESS_PLATFORM the device takes physical addresses, 6.1. */
static void dma_device(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test);

	KUNIT_EXPECT_PTR_EQ(test, virtqueue_ext_dma_dev(f->vq),
			    (struct device *)NULL);
}

static struct kunit_case ext_cases[] = {
	KUNIT_CASE_PARAM(table_shapes, ext_gen_params),
	KUNIT_CASE_PARAM(table_full, ext_gen_params),
	KUNIT_CASE_PARAM(table_too_long, ext_gen_params),
	KUNIT_CASE_PARAM(table_empty, ext_gen_params),
	KUNIT_CASE_PARAM(table_no_room, ext_gen_params),
	KUNIT_CASE_PARAM(table_on_broken_queue, ext_gen_params),
	KUNIT_CASE_PARAM(tables_and_lists, ext_gen_params),
	KUNIT_CASE_PARAM(table_used_len, ext_gen_params),
	KUNIT_CASE_PARAM(table_detached, ext_gen_params),
	KUNIT_CASE_PARAM(dma_device, ext_gen_params),
	{}
};

static struct kunit_suite ext_suite = {
	.name = "virtio_split_ext",
	.test_cases = ext_cases,
};

kunit_test_suites(&ext_suite);

MODULE_DESCRIPTION("Unit tests of driver-written descriptor tables");
MODULE_LICENSE("GPL");
