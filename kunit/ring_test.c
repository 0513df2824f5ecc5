// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring: buffers through a queue of any kind
 *
 * Every case runs on the full product: split (legacy, modern) and packed, in
 * order or not, indirect descriptors or not, event index or not, ACCESS_PLATFORM
 * or not, sizes from 1 to 32768.  What the driver's side writes is judged by
 * the walkers while it is read.  The available index of a split ring may be
 * published when a buffer is added or when the queue is kicked (VIRTIO 1.4,
 * 2.7.13 allows both): cases look at it after a kick only.
 */
#include <linux/module.h>

#include "ring_fix.h"

/* Readable and writable elements of a buffer that any queue size can take. */
static unsigned int some_out(const struct ring_fix *f)
{
	return (min(f->p->num, 5u) + 1) / 2;
}

static unsigned int some_in(const struct ring_fix *f)
{
	return min(f->p->num, 5u) - some_out(f);
}

static void one_buffer(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len = 99;

	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_ASSERT_EQ(test, ring_add(f, 7, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	KUNIT_ASSERT_EQ(test, walk_poll(&f->w), 1);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, 1, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 7);
	KUNIT_EXPECT_EQ(test, len, 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
}

static void readable_before_writable(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int out = some_out(f), in = some_in(f);
	struct walk_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 1, out, in), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, out, in);
	KUNIT_EXPECT_EQ(test, c.ring_descs, c.indirect ? 1 : out + in);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - c.ring_descs);
	walk_push(&f->w, c.id, c.in_bytes);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 1);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* Several lists per direction become one chain, in the order given. */
static void several_lists(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct scatterlist *sgs[4], *sg = f->sg;
	unsigned int i, num = min(f->p->num, 4u), out = (num + 1) / 2;
	struct walk_chain c;

	sg_init_table(sg, 4);
	for (i = 0; i < num; i++) {
		sg_init_one(&sg[i], ring_virt(f, i),
			    ring_len(i));
		sgs[i] = &sg[i];
	}
	KUNIT_ASSERT_EQ(test, virtqueue_add_sgs(f->vq, sgs, out, num - out,
						&f->buf[0], GFP_KERNEL), 0);
	f->buf[0].added++;
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, out, num - out);
}

/* virtqueue_add_outbuf() and virtqueue_add_inbuf(). */
static void out_and_in_buffers(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num = min(f->p->num, 3u);
	struct walk_chain c;
	bool in;

	for (in = false; ; in = true) {
		sg_init_table(f->sg, num);
		for (i = 0; i < num; i++)
			sg_set_buf(&f->sg[i], ring_virt(f, i),
				   ring_len(i));
		KUNIT_ASSERT_EQ(test, in ?
			virtqueue_add_inbuf(f->vq, f->sg, num, &f->buf[0],
					    GFP_KERNEL) :
			virtqueue_add_outbuf(f->vq, f->sg, num, &f->buf[0],
					     GFP_KERNEL), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		ring_expect_chain(f, &c, in ? 0 : num, in ? num : 0);
		walk_push(&f->w, c.id, in ? 1 : 0);
		KUNIT_ASSERT_PTR_EQ(test, virtqueue_get_buf(f->vq, &i),
				    (void *)&f->buf[0]);
		if (in)
			break;
	}
}

/* The longest chain that 2.7.5.3.1 allows, up to what the fixture has. */
static void longest_chain(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = min_t(unsigned int, f->p->num, RING_MAX_SG);
	struct walk_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, num - 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, 1, num - 1);
	walk_push(&f->w, c.id, c.in_bytes);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* Indirect and direct buffers share the table without touching each other. */
static void mixed_chains(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int round, i, added, num = f->p->num;
	struct walk_chain c;
	u32 len;

	for (round = 0; round < 20; round++) {
		for (added = 0; added < 16; added++)
			if (ring_add(f, added, 1,
				     (added + round) % min(num, 4u)))
				break;
		KUNIT_ASSERT_GT(test, added, 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_EQ(test, walk_poll(&f->w), added);
		for (i = 0; i < added; i++) {
			KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
			ring_expect_chain(f, &c, 1,
					  (i + round) % min(num, 4u));
			walk_push(&f->w, c.id, c.in_bytes);
		}
		while (ring_get(f, &len) >= 0)
			;
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num);
	}
	ring_expect_once(f);
}

static void used_lengths(struct kunit *test)
{
	static const u32 lens[] = { 0, 1, 2, 3 };
	struct ring_fix *f = ring_setup(test);
	unsigned int i;
	struct walk_chain c;
	u32 len;

	/* Elements 0 and 1 of a buffer have 1 and 2 bytes. */
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		unsigned int in = min(f->p->num, 2u);

		KUNIT_ASSERT_EQ(test, ring_add(f, i, 0, in), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		if (lens[i] > c.in_bytes)
			break;
		walk_push(&f->w, c.id, lens[i]);
		len = 1000;
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), (int)i);
		KUNIT_EXPECT_EQ(test, len, lens[i]);
	}
}

static void get_buf_ctx(struct kunit *test)
{
	struct ring_param p = *(const struct ring_param *)test->param_value;
	struct ring_fix *f;
	struct walk_chain c;
	void *ctx = NULL;
	u32 len;
	int mark;

	p.ctx = true;
	f = ring_new(test, &p);
	ring_start(f);
	sg_init_one(f->sg, f->mem, 16);
	KUNIT_ASSERT_EQ(test, virtqueue_add_inbuf_ctx(f->vq, f->sg, 1,
						      &f->buf[3], &mark,
						      GFP_KERNEL), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 5);
	KUNIT_EXPECT_PTR_EQ(test, virtqueue_get_buf_ctx(f->vq, &len, &ctx),
			    (void *)&f->buf[3]);
	KUNIT_EXPECT_PTR_EQ(test, ctx, (void *)&mark);
	KUNIT_EXPECT_EQ(test, len, 5);
	ring_remove(f);
}

/* Removing the driver with buffers out returns all of them. */
static void remove_with_buffers_out(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num = min(f->p->num, 8u), elems = f->p->indirect ?
						min(f->p->num, 3u) : 1;

	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, elems - 1), 0);
	virtqueue_kick(f->vq);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, num);
	ring_expect_once(f);
}

static void break_and_unbreak(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len;

	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_add(f, 1, 1, 0), -EIO);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	__virtqueue_unbreak(f->vq);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	ring_cycle(f, 3);
}

static void break_device(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtio_break_device(&f->m->vdev);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	__virtio_unbreak_device(&f->m->vdev);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	virtio_break_device(&f->m->vdev);
	ring_remove(f);
	ring_expect_once(f);
}

/* A notification that does not reach the device breaks the queue. */
static void failed_notification(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	f->m->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_add(f, 1, 1, 0), -EIO);
	f->m->dead = false;
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE_PARAM(one_buffer, ring_all_gen_params),
	KUNIT_CASE_PARAM(readable_before_writable, ring_all_gen_params),
	KUNIT_CASE_PARAM(several_lists, ring_all_gen_params),
	KUNIT_CASE_PARAM(out_and_in_buffers, ring_all_gen_params),
	KUNIT_CASE_PARAM(longest_chain, ring_all_gen_params),
	KUNIT_CASE_PARAM(mixed_chains, ring_all_gen_params),
	KUNIT_CASE_PARAM(used_lengths, ring_all_gen_params),
	KUNIT_CASE_PARAM(get_buf_ctx, ring_all_gen_params),
	KUNIT_CASE_PARAM(remove_with_buffers_out, ring_all_gen_params),
	KUNIT_CASE_PARAM(break_and_unbreak, ring_all_gen_params),
	KUNIT_CASE_PARAM(break_device, ring_all_gen_params),
	KUNIT_CASE_PARAM(failed_notification, ring_all_gen_params),
	{}
};

static struct kunit_suite ring_suite = {
	.name = "virtio_ring",
	.test_cases = ring_cases,
};

kunit_test_suites(&ring_suite);

MODULE_DESCRIPTION("Unit tests of rings of all kinds");
MODULE_LICENSE("GPL");
