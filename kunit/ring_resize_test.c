// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_resize: queues that are made, reset and resized
 *
 * virtqueue_resize() on both layouts (VIRTIO 1.4, 2.6.1: the reset of one
 * queue), and what vring_create_virtqueue() and vring_new_virtqueue() take
 * and refuse.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/virtio_ring.h>

#include "ring_fix.h"
#include "virtqueue_ext.h"

static const struct ring_param resize_params[] = {
	{ .num = 16, .modern = true, .reset = true },
	{ .num = 16, .modern = true, .reset = true, .indirect = true,
	  .event_idx = true },
	{ .num = 16, .in_order = true, .reset = true, .event_idx = true },
	{ .num = 16, .packed = true, .reset = true },
	{ .num = 16, .packed = true, .reset = true, .indirect = true,
	  .event_idx = true },
	{ .num = 15, .packed = true, .reset = true, .event_idx = true },
	{ .num = 16, .packed = true, .reset = true, .in_order = true },
};

static const struct ring_param resize_dma_params[] = {
	{ .num = 16, .modern = true, .reset = true, .platform = true },
	{ .num = 16, .modern = true, .reset = true, .platform = true,
	  .indirect = true },
	{ .num = 16, .packed = true, .reset = true, .platform = true },
	{ .num = 16, .packed = true, .reset = true, .platform = true,
	  .indirect = true },
};

static const struct ring_param plain_params[] = {
	{ .num = 8 },
	{ .num = 8, .modern = true, .indirect = true },
	{ .num = 8, .packed = true },
};

KUNIT_ARRAY_PARAM(resize, resize_params, ring_param_desc);
KUNIT_ARRAY_PARAM(resize_dma, resize_dma_params, ring_param_desc);
KUNIT_ARRAY_PARAM(plain, plain_params, ring_param_desc);

/* The fixture of the case that runs, and what came back in its resize. */
static struct ring_fix *resizing;
static unsigned int recycled;

static void recycle(struct virtqueue *vq, void *buf)
{
	struct ring_fix *f = resizing;
	struct ring_buf *b = buf;

	KUNIT_ASSERT_TRUE(f->test, b >= f->buf && b < f->buf + RING_TOKENS);
	/* 2.6.1.2: until it is reset the device may use the buffer. */
	KUNIT_EXPECT_TRUE(f->test, f->m->vq_down[0]);
	KUNIT_EXPECT_PTR_EQ(f->test, vq, f->vq);
	b->returned++;
	recycled++;
}

static int resize(struct ring_fix *f, u32 num)
{
	int err;

	resizing = f;
	recycled = 0;
	err = virtqueue_resize(f->vq, num, recycle);
	/* The device has been told where the new parts are. */
	if (!err)
		walk_init(&f->w, f->test, f->vq, f->m->accepted,
			  f->p->platform ? MOCK_IOVA : 0);
	return err;
}

/*
 * Seven buffers, from token @first on: two of them went through, two are used
 * and not taken, one is with the device, one is exposed, one was only added.
 */
#define OUT	5

static void spread(struct ring_fix *f, unsigned int first)
{
	struct walk_chain c;
	unsigned int i;
	u32 len;

	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, first + i, 1, i & 1), 0);
	virtqueue_kick(f->vq);
	for (i = 0; i < 5; i++) {
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		if (i < 4)
			walk_push(&f->w, c.id, 0);
	}
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(f->test, ring_get(f, &len), (int)(first + i));
	KUNIT_ASSERT_EQ(f->test, ring_add(f, first + 5, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_EQ(f->test, ring_add(f, first + 6, 0, 1), 0);
}

/* What any new queue can do: nothing of the old one is left. */
static void expect_works(struct ring_fix *f, unsigned int num)
{
	struct kunit *test = f->test;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->vq), num);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	ring_cycle(f, 3 * num + 1);
	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, 100 + i, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, ring_add(f, 100 + num, 1, 0), -ENOSPC);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, ring_finish(f), num);
	ring_expect_once(f);
}

/* 2.6.1: each outstanding buffer comes back once, whatever became of it. */
static void recycles_each_once(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	int reset, enable;

	ring_cycle(f, 5);
	spread(f, 0);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, resize(f, 4), 0);
	KUNIT_EXPECT_EQ(test, recycled, OUT);
	ring_expect_once(f);
	reset = mock_find_access(f->m, MOCK_VQ_RESET, 0);
	enable = mock_find_access(f->m, MOCK_VQ_ENABLE, 0);
	KUNIT_EXPECT_EQ(test, reset, 0);
	KUNIT_EXPECT_EQ(test, enable, 1);
	KUNIT_EXPECT_EQ(test, f->m->log_num, 2);
	KUNIT_EXPECT_FALSE(test, f->m->vq_down[0]);
	expect_works(f, 4);
}

static void shrinks_and_grows(struct kunit *test)
{
	static const u8 split[] = { 8, 1, 16, 2, 4, 16 };
	static const u8 packed[] = { 5, 1, 15, 2, 7, 13 };
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num;

	for (i = 0; i < ARRAY_SIZE(split); i++) {
		num = f->p->packed ? packed[i] : split[i];
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
		KUNIT_ASSERT_EQ(test, resize(f, num), 0);
		KUNIT_EXPECT_EQ(test, recycled, 1);
		KUNIT_EXPECT_EQ(test, f->vq->num_max, f->p->num);
		expect_works(f, num);
	}
}

/* The same size: nothing to do, nothing comes back. */
static void same_size(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtqueue_resize(f->vq, f->p->num, recycle), 0);
	KUNIT_EXPECT_EQ(test, f->m->log_num, 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	virtqueue_kick(f->vq);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, OUT);
	ring_expect_once(f);
}

/* Counters are those of the queue, not of one of its rings. */
static void counters_go_on(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct virtqueue_stats before, after;

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko has no counters");
	ring_cycle(f, 40);
	spread(f, 0);
	mock_interrupt(f->m, 0);
	virtqueue_ext_stats(f->vq, &before);
	KUNIT_EXPECT_EQ(test, before.added, 47);
	KUNIT_EXPECT_EQ(test, before.used, 42);
	KUNIT_EXPECT_EQ(test, resize(f, 8), 0);
	virtqueue_ext_stats(f->vq, &after);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&before, &after, sizeof(after)));
	ring_cycle(f, 3);
	KUNIT_EXPECT_EQ(test, resize(f, 4), 0);
	ring_cycle(f, 2);
	virtqueue_ext_stats(f->vq, &after);
	KUNIT_EXPECT_EQ(test, after.added, before.added + 5);
	KUNIT_EXPECT_EQ(test, after.used, before.used + 5);
	KUNIT_EXPECT_EQ(test, after.out_bytes, before.out_bytes + 5);
	KUNIT_EXPECT_EQ(test, after.interrupts, 1);
}

/* Interrupts are wanted as on a new queue, also when they were not before. */
static void interrupts_as_at_start(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 mark;

	ring_cycle(f, 9);
	virtqueue_disable_cb(f->vq);
	KUNIT_ASSERT_EQ(test, resize(f, 8), 0);
	mark = walk_mark(&f->w);
	ring_add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, walk_drain(&f->w), 1);
	KUNIT_EXPECT_TRUE(test, walk_must_interrupt(&f->w, mark));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
}

/* The queue is as it was: what is out is out, and comes back as ever. */
static void expect_untouched(struct ring_fix *f)
{
	struct kunit *test = f->test;

	KUNIT_EXPECT_EQ(test, recycled, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->vq), f->p->num);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	virtqueue_kick(f->vq);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, OUT);
	ring_expect_once(f);
}

static void refuses_bad_sizes(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, resize(f, f->p->num + 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, resize(f, 65536 + 4), -E2BIG);
	KUNIT_EXPECT_EQ(test, resize(f, U32_MAX), -E2BIG);
	KUNIT_EXPECT_EQ(test, resize(f, 0), -EINVAL);
	if (!f->p->packed)
		/* 2.7: a power of two. */
		KUNIT_EXPECT_EQ(test, resize(f, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->m->log_num, 0);
	expect_untouched(f);
}

/* A transport that cannot reset a queue, in part or at all. */
static void refuses_without_means(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	f->m->ops.enable_vq_after_reset = NULL;
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ENOENT);
	f->m->ops.disable_vq_and_reset = NULL;
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ENOENT);
	expect_untouched(f);
}

/* A transport that could, and a device that did not say that it can (2.6.1). */
static void refuses_without_feature(struct kunit *test)
{
	struct ring_param p = *(const struct ring_param *)test->param_value;
	struct ring_fix *f;

	p.reset = false;
	f = ring_new(test, &p);
	ring_start(f);
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ENOENT);
	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->vq), p.num);
}

/* The transport finds out only now that it cannot: nothing has happened. */
static void reset_not_to_be_had(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int callbacks;

	spread(f, 0);
	callbacks = f->callbacks;
	f->m->refuse_vq_reset = -ENOENT;
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ENOENT);
	/* Two used buffers wait: whoever used them may have said so by now. */
	KUNIT_EXPECT_EQ(test, f->callbacks, callbacks + 1);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_VQ_ENABLE, 0), -1);
	expect_untouched(f);
}

static void expect_lost(struct ring_fix *f)
{
	struct kunit *test = f->test;
	struct virtqueue_stats s;
	u32 len;

	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_add(f, 50, 1, 0), -EIO);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick(f->vq));
	if (!virtqueue_ext_available())
		return;
	virtqueue_ext_stats(f->vq, &s);
	KUNIT_EXPECT_EQ(test, s.errors[VQ_ERR_RESET], 1);
	KUNIT_EXPECT_EQ(test, s.added, 7);
}

/*
 * 2.6.1: the device may still use what it has: nothing comes back before it
 * is reset as a whole, and the queue is of no use any more.
 */
static void reset_fails(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	f->m->refuse_vq_reset = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_VQ_ENABLE, 0), -1);
	KUNIT_EXPECT_EQ(test, recycled, 0);
	expect_lost(f);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, OUT);
	ring_expect_once(f);
}

/* The buffers are back, and the queue is of no use any more. */
static void enable_fails(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	f->m->refuse_vq_enable = -EIO;
	KUNIT_EXPECT_EQ(test, resize(f, 4), -EBUSY);
	KUNIT_EXPECT_EQ(test, recycled, OUT);
	expect_lost(f);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, 0);
	ring_expect_once(f);
}

/* The new ring first: without memory for it the old one stays. */
static void no_memory(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	spread(f, 0);
	f->m->coherent_max = 0;
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, resize(f, 4), -ENOMEM);
	KUNIT_EXPECT_EQ(test, f->m->log_num, 0);
	expect_untouched(f);
}

/* What was mapped is not mapped any more, and the old ring is gone. */
static void mappings_undone(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	size_t coherent = f->m->coherent;

	spread(f, 0);
	KUNIT_EXPECT_NE(test, f->m->num_maps, 0);
	KUNIT_EXPECT_EQ(test, resize(f, 8), 0);
	KUNIT_EXPECT_EQ(test, recycled, OUT);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	KUNIT_EXPECT_LE(test, f->m->coherent, coherent);
	expect_works(f, 8);
	KUNIT_EXPECT_EQ(test, resize(f, 16), 0);
	KUNIT_EXPECT_EQ(test, f->m->coherent, coherent);
	expect_works(f, 16);
}

static bool own_notify(struct virtqueue *vq)
{
	return true;
}

/* A second queue in memory of the test's own, on the device of @f. */
static struct virtqueue *new_vq(struct ring_fix *f, unsigned int num,
				void *pages)
{
	return vring_new_virtqueue(1, num, f->m->vq_align, &f->m->vdev, true,
				   false, pages, own_notify, NULL, "own");
}

#define PAGES_SIZE	(4 * PAGE_SIZE)

static void *own_pages(struct kunit *test)
{
	void *pages = alloc_pages_exact(PAGES_SIZE, GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pages);
	return pages;
}

/*
 * 2.7, eight entries: the table at 0, the available ring at 128, the used ring
 * behind it, aligned.  One buffer through it, byte by byte.
 */
static void caller_has_the_memory(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u8 *pages = own_pages(test), *used;
	unsigned int align = f->m->vq_align;
	struct virtqueue *vq;
	u32 len;

	if (f->p->packed)
		goto out;
	vq = new_vq(f, 8, pages);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, vq);
	if (!vq)
		goto out;
	used = pages + ALIGN(128 + 4 + 16 + 2, align);
	sg_init_one(f->sg, ring_virt(f, 0), 5);
	KUNIT_EXPECT_EQ(test, virtqueue_add_inbuf(vq, f->sg, 1, f, GFP_KERNEL),
			0);
	virtqueue_kick(vq);
	KUNIT_EXPECT_EQ(test, walk_get64(&f->w, pages + 16 * pages[132]),
			ring_addr(f, 0));
	KUNIT_EXPECT_EQ(test, walk_get16(&f->w, pages + 130), 1);
	walk_put32(&f->w, used + 4, walk_get16(&f->w, pages + 132));
	walk_put32(&f->w, used + 8, 5);
	walk_put16(&f->w, used + 2, 1);
	KUNIT_EXPECT_PTR_EQ(test, virtqueue_get_buf(vq, &len), (void *)f);
	KUNIT_EXPECT_EQ(test, len, 5);
	/* It is not the ring's to exchange. */
	KUNIT_EXPECT_EQ(test, virtqueue_resize(vq, 4, recycle), -EPERM);
	vring_del_virtqueue(vq);
out:
	free_pages_exact(pages, PAGES_SIZE);
}

/* Sizes that 2.7 does not have, and the layout that this call cannot place. */
static void caller_asks_too_much(struct kunit *test)
{
	static const unsigned int bad[] = { 0, 3, 12, 32767, 65536 };
	struct ring_fix *f = ring_setup(test);
	void *pages = own_pages(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_NULL(test, new_vq(f, bad[i], pages));
	if (f->p->packed)
		KUNIT_EXPECT_NULL(test, new_vq(f, 8, pages));
	free_pages_exact(pages, PAGES_SIZE);
}

/* A second queue, made by the ring; @reduce: a smaller one will do. */
static struct virtqueue *create_vq(struct ring_fix *f, unsigned int num,
				   unsigned int align, bool reduce)
{
	return vring_create_virtqueue(1, num, align, &f->m->vdev, true, reduce,
				      false, own_notify, NULL, "own");
}

/* 2.7: powers of two; 2.8: any number; both: 1 to 32768. */
static void transport_asks_too_much(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct virtqueue *vq;

	KUNIT_EXPECT_NULL(test, create_vq(f, 0, 4096, true));
	KUNIT_EXPECT_NULL(test, create_vq(f, 32769, 4096, true));
	KUNIT_EXPECT_NULL(test, create_vq(f, 65536, 4096, true));
	KUNIT_EXPECT_NULL(test, create_vq(f, 8, 3, false));
	KUNIT_EXPECT_NULL(test, create_vq(f, 8, 0, false));
	vq = create_vq(f, 12, 4096, false);
	KUNIT_EXPECT_EQ(test, !!vq, f->p->packed);
	if (vq)
		vring_del_virtqueue(vq);
}

/* Memory for an eighth of the ring: enough when that will do. */
static void short_of_memory(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct virtqueue *vq;

	f->m->coherent_max = f->p->packed ? 16 * 2048 + PAGE_SIZE :
					    26 * 2048 + PAGE_SIZE;
	KUNIT_EXPECT_NULL(test, create_vq(f, 16384, 64, false));
	vq = create_vq(f, 16384, 64, true);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vq);
	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(vq), 2048);
	KUNIT_EXPECT_EQ(test, vq->num_free, 2048);
	vring_del_virtqueue(vq);
	f->m->coherent_max = 0;
	KUNIT_EXPECT_NULL(test, create_vq(f, 16384, 64, true));
}

static struct kunit_case resize_cases[] = {
	KUNIT_CASE_PARAM(recycles_each_once, resize_gen_params),
	KUNIT_CASE_PARAM(shrinks_and_grows, resize_gen_params),
	KUNIT_CASE_PARAM(same_size, resize_gen_params),
	KUNIT_CASE_PARAM(counters_go_on, resize_gen_params),
	KUNIT_CASE_PARAM(interrupts_as_at_start, resize_gen_params),
	KUNIT_CASE_PARAM(refuses_bad_sizes, resize_gen_params),
	KUNIT_CASE_PARAM(refuses_without_means, resize_gen_params),
	KUNIT_CASE_PARAM(refuses_without_feature, resize_gen_params),
	KUNIT_CASE_PARAM(reset_not_to_be_had, resize_gen_params),
	KUNIT_CASE_PARAM(reset_fails, resize_gen_params),
	KUNIT_CASE_PARAM(enable_fails, resize_gen_params),
	KUNIT_CASE_PARAM(no_memory, resize_dma_gen_params),
	KUNIT_CASE_PARAM(mappings_undone, resize_dma_gen_params),
	KUNIT_CASE_PARAM(caller_has_the_memory, plain_gen_params),
	KUNIT_CASE_PARAM(caller_asks_too_much, plain_gen_params),
	KUNIT_CASE_PARAM(transport_asks_too_much, plain_gen_params),
	KUNIT_CASE_PARAM(short_of_memory, resize_dma_gen_params),
	{}
};

static struct kunit_suite resize_suite = {
	.name = "virtio_ring_resize",
	.test_cases = resize_cases,
};

kunit_test_suites(&resize_suite);

MODULE_DESCRIPTION("Unit tests of making and resizing queues");
MODULE_LICENSE("GPL");
