// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_order: VIRTIO_F_IN_ORDER
 *
 * A device that uses buffers in the order in which they were made available
 * may say so once for a batch, naming the last one (VIRTIO 1.4, 2.7.9 and
 * 2.8.8).  The ones before it count as used completely.  That the driver
 * keeps to the order of descriptors (2.7.5, 2.7.5.2, 2.7.5.3.1) is checked by
 * the walker, in every suite with such queues.
 */
#include <linux/module.h>

#include "ring_fix.h"

/* Buffers of one batch at most, and what is known of each. */
#define BATCH_MAX	64

/**
 * struct batch - buffers on their way
 * @f: both ends of the queue
 * @num: how many
 * @in_bytes: device-writable bytes of each
 */
struct batch {
	struct ring_fix *f;
	unsigned int num;
	u32 in_bytes[BATCH_MAX];
};

/*
 * Make up to @max buffers of differing shapes available and let the device
 * take them, without using any.
 */
static void batch_start(struct batch *b, struct ring_fix *f, unsigned int max)
{
	unsigned int longest = min(f->p->num, 3u);
	struct walk_chain c;
	unsigned int i;

	b->f = f;
	for (b->num = 0; b->num < min_t(unsigned int, max, BATCH_MAX); b->num++)
		if (ring_add(f, b->num, b->num % longest,
			     1 + b->num % (longest - b->num % longest)))
			break;
	KUNIT_ASSERT_GT(f->test, b->num, 0);
	virtqueue_kick(f->vq);
	for (i = 0; i < b->num; i++) {
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		b->in_bytes[i] = c.in_bytes;
	}
}

/* The next buffer that comes back is @i, with @len bytes. */
static void batch_expect(struct batch *b, unsigned int i, u32 len)
{
	u32 got = 12345;

	KUNIT_ASSERT_EQ(b->f->test, ring_get(b->f, &got), (int)i);
	KUNIT_EXPECT_EQ(b->f->test, got, len);
}

/* Buffers @from to @to were used at once, @len bytes in the last of them. */
static void batch_expect_all(struct batch *b, unsigned int from,
			     unsigned int to, u32 len)
{
	for (; from < to; from++)
		batch_expect(b, from, b->in_bytes[from]);
	batch_expect(b, to, len);
}

static void one_used_element_for_all(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct batch b;
	u32 len;

	batch_start(&b, f, BATCH_MAX);
	walk_push_batch(&f->w, b.num, 1);
	batch_expect_all(&b, 0, b.num - 1, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	ring_expect_once(f);
}

/* Batches of 1, 2, 3 ... until the indices wrapped and the ring went round. */
static void batches_of_all_sizes(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, at, size, rounds = 3 * min(f->p->num, 100u) + 20;
	struct batch b;

	for (i = 0; i < rounds; i++) {
		batch_start(&b, f, 1 + i % 20);
		for (at = 0; at < b.num; at += size) {
			size = min(1 + (i + at) % 7, b.num - at);
			walk_push_batch(&f->w, size, 0);
			batch_expect_all(&b, at, at + size - 1, 0);
		}
		KUNIT_ASSERT_EQ(test, f->vq->num_free, f->p->num);
	}
	ring_expect_once(f);
}

/* Several used elements, each for a batch, before the driver looks. */
static void several_batches_at_once(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, first, round;
	struct batch b;
	u32 len;

	for (round = 0; round < 5; round++) {
		batch_start(&b, f, BATCH_MAX);
		first = b.num / 2;
		if (first)
			walk_push_batch(&f->w, first, 1);
		walk_push_batch(&f->w, b.num - first, 0);
		if (first)
			batch_expect_all(&b, 0, first - 1, 1);
		batch_expect_all(&b, first, b.num - 1, 0);
		for (i = 0; i < 3; i++)
			KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	}
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	ring_expect_once(f);
}

/* More is added and used while a batch is half taken. */
static void add_in_mid_batch(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	struct batch b;
	u32 len;

	if (f->p->num < 8)
		kunit_skip(test, "needs a queue of eight entries");
	batch_start(&b, f, 3);
	walk_push_batch(&f->w, 3, 1);
	batch_expect(&b, 0, b.in_bytes[0]);
	KUNIT_ASSERT_EQ(test, ring_add(f, 70, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 1);
	batch_expect_all(&b, 1, 2, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 70);
	KUNIT_EXPECT_EQ(test, len, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	ring_expect_once(f);
}

/* Buffers of a batch that wait are there for all who ask. */
static void rest_of_batch_is_pending(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int mark;
	struct batch b;

	batch_start(&b, f, 3);
	if (b.num < 2)
		kunit_skip(test, "no room for two buffers");
	virtqueue_disable_cb(f->vq);
	walk_push_batch(&f->w, b.num, 0);
	batch_expect(&b, 0, b.in_bytes[0]);
	KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb(f->vq));
	mark = virtqueue_enable_cb_prepare(f->vq);
	KUNIT_EXPECT_TRUE(test, virtqueue_poll(f->vq, mark));
	KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb_delayed(f->vq));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	batch_expect_all(&b, 1, b.num - 1, 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
}

/* One interrupt for a batch, and the next one is asked for behind it. */
static void batches_interrupt_once(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;
	struct batch b;
	u32 len, mark;

	for (i = 0; i < 10; i++) {
		batch_start(&b, f, 1 + i);
		mark = walk_mark(&f->w);
		walk_push_batch(&f->w, b.num, 0);
		KUNIT_EXPECT_TRUE(test, walk_must_interrupt(&f->w, mark));
		KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
		batch_expect_all(&b, 0, b.num - 1, 0);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	}
	KUNIT_EXPECT_EQ(test, f->callbacks, 10);
}

/* Taken in part, then the device is gone: the rest comes back once. */
static void removed_in_mid_batch(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct batch b;

	batch_start(&b, f, BATCH_MAX);
	walk_push_batch(&f->w, b.num, 0);
	batch_expect(&b, 0, b.num > 1 ? b.in_bytes[0] : 0);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, b.num - 1);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	ring_expect_once(f);
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE_PARAM(one_used_element_for_all, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(batches_of_all_sizes, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(several_batches_at_once, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(add_in_mid_batch, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(rest_of_batch_is_pending, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(batches_interrupt_once, ring_ordered_gen_params),
	KUNIT_CASE_PARAM(removed_in_mid_batch, ring_ordered_gen_params),
	{}
};

static struct kunit_suite order_suite = {
	.name = "virtio_ring_order",
	.test_cases = order_cases,
};

kunit_test_suites(&order_suite);

MODULE_DESCRIPTION("Unit tests of rings whose buffers are used in order");
MODULE_LICENSE("GPL");
