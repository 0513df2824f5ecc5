// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split: the ring towards a well-behaved device
 *
 * Every case runs on each kind of queue (size, indirect descriptors, event
 * index, modern or legacy).  What the driver's side writes is judged by
 * walk_split.c while it is read.  The available index may be published when
 * a buffer is added or when the queue is kicked (VIRTIO 1.4, 2.7.13 allows
 * both): cases look at it after a kick only.
 */
#include <linux/module.h>

#include "split_fix.h"

static const unsigned int split_all_sizes[] = { 1, 2, 4, 8, 256, 1024, 32768 };

static struct split_kinds split_all_kinds = {
	.sizes = split_all_sizes,
	.num_sizes = ARRAY_SIZE(split_all_sizes),
};

static const void *split_all_gen_params(const void *prev, char *desc)
{
	return split_next_kind(&split_all_kinds, prev, desc);
}

static const unsigned int split_few_sizes[] = { 8 };

static const struct split_param split_few_more[] = {
	{ .num = 1 },
	{ .num = 1, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 256, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 1024, .event_idx = true },
	{ .num = 32768, .modern = true, .event_idx = true },
	{ .num = 256, .modern = true, .indirect = true, .platform = true },
};

static struct split_kinds split_few_kinds = {
	.sizes = split_few_sizes,
	.num_sizes = ARRAY_SIZE(split_few_sizes),
	.more = split_few_more,
	.num_more = ARRAY_SIZE(split_few_more),
};

static const void *split_few_gen_params(const void *prev, char *desc)
{
	return split_next_kind(&split_few_kinds, prev, desc);
}

/* For cases that move tens of thousands of buffers one by one. */
static const struct split_param split_slow[] = {
	{ .num = 2 },
	{ .num = 8, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 256, .modern = true, .event_idx = true },
	{ .num = 32768, .modern = true },
};

KUNIT_ARRAY_PARAM(split_slow, split_slow, split_param_desc);

/*
 * An indirect table is a driver's choice (2.7.5.3): a ring may do without in
 * a queue that is long anyway, but has to take it in one of the usual size.
 */
static bool wants_indirect(const struct split_fix *f, unsigned int elems)
{
	return f->p->indirect && elems > 1 && f->p->num <= 1024;
}

/* Readable and writable elements of a buffer that any queue size can take. */
static unsigned int some_out(const struct split_fix *f)
{
	return (min(f->p->num, 5u) + 1) / 2;
}

static unsigned int some_in(const struct split_fix *f)
{
	return min(f->p->num, 5u) - some_out(f);
}

static void one_buffer(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	struct ws_chain c;
	u32 len = 99;

	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_ASSERT_EQ(test, split_add(f, 7, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	KUNIT_ASSERT_EQ(test, ws_poll(&f->w), 1);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	split_expect_chain(f, &c, 1, 0);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), -1);
	ws_push(&f->w, c.head, 0);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 7);
	KUNIT_EXPECT_EQ(test, len, 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), -1);
}

static void readable_before_writable(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int out = some_out(f), in = some_in(f);
	struct ws_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 1, out, in), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	split_expect_chain(f, &c, out, in);
	if (wants_indirect(f, out + in))
		KUNIT_EXPECT_TRUE(test, c.indirect);
	KUNIT_EXPECT_EQ(test, c.ring_descs, c.indirect ? 1 : out + in);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - c.ring_descs);
	ws_push(&f->w, c.head, c.in_bytes);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 1);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* Several lists per direction become one chain, in the order given. */
static void several_lists(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	struct scatterlist *sgs[4], *sg = f->sg;
	unsigned int i, num = min(f->p->num, 4u), out = (num + 1) / 2;
	struct ws_chain c;

	sg_init_table(sg, 4);
	for (i = 0; i < num; i++) {
		sg_init_one(&sg[i], split_virt(f, i),
			    split_len(i));
		sgs[i] = &sg[i];
	}
	KUNIT_ASSERT_EQ(test, virtqueue_add_sgs(f->vq, sgs, out, num - out,
						&f->buf[0], GFP_KERNEL), 0);
	f->buf[0].added++;
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	split_expect_chain(f, &c, out, num - out);
}

/* virtqueue_add_outbuf() and virtqueue_add_inbuf(). */
static void out_and_in_buffers(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, num = min(f->p->num, 3u);
	struct ws_chain c;
	bool in;

	for (in = false; ; in = true) {
		sg_init_table(f->sg, num);
		for (i = 0; i < num; i++)
			sg_set_buf(&f->sg[i], split_virt(f, i),
				   split_len(i));
		KUNIT_ASSERT_EQ(test, in ?
			virtqueue_add_inbuf(f->vq, f->sg, num, &f->buf[0],
					    GFP_KERNEL) :
			virtqueue_add_outbuf(f->vq, f->sg, num, &f->buf[0],
					     GFP_KERNEL), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		split_expect_chain(f, &c, in ? 0 : num, in ? num : 0);
		ws_push(&f->w, c.head, in ? 1 : 0);
		KUNIT_ASSERT_PTR_EQ(test, virtqueue_get_buf(f->vq, &i),
				    (void *)&f->buf[0]);
		if (in)
			break;
	}
}

/* As many buffers as the queue has entries, given back from the last. */
static void fill_with_single(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, num = f->p->num;
	u16 *heads = kunit_kcalloc(test, num, sizeof(*heads), GFP_KERNEL);
	struct ws_chain c;
	u32 len;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, heads);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_EQ(test, split_add(f, i, 0, 1), 0);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num - 1 - i);
	}
	KUNIT_EXPECT_EQ(test, split_add(f, num - 1, 0, 1), -ENOSPC);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_EQ(test, ws_poll(&f->w), num);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.num_in, 1);
		heads[i] = c.head;
	}
	for (i = num; i--;)
		ws_push(&f->w, heads[i], i & 1);
	for (i = num; i--;) {
		KUNIT_ASSERT_EQ(test, split_get(f, &len), (int)i);
		KUNIT_ASSERT_EQ(test, len, i & 1);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num - i);
	}
	split_expect_once(f);
}

/* Chains until there is no room; a refused one changes nothing. */
static void fill_with_chains(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, num = f->p->num, elems = min(num, 3u), each, fits;
	struct ws_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 0, 1, elems - 1), 0);
	each = num - f->vq->num_free;
	KUNIT_ASSERT_TRUE(test, each == elems || each == 1);
	if (wants_indirect(f, elems))
		KUNIT_EXPECT_EQ(test, each, 1);
	fits = num / each;
	for (i = 1; i < fits; i++)
		KUNIT_ASSERT_EQ(test, split_add(f, i, 1, elems - 1), 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num - fits * each);
	KUNIT_EXPECT_EQ(test, split_add(f, fits - 1, 1, elems - 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num - fits * each);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_EQ(test, ws_poll(&f->w), fits);
	for (i = 0; i < fits; i++) {
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.num, elems);
		KUNIT_ASSERT_EQ(test, c.num_in, elems - 1);
		ws_push(&f->w, c.head, c.in_bytes);
	}
	for (i = 0; i < fits; i++)
		KUNIT_ASSERT_EQ(test, split_get(f, &len), (int)i);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	split_expect_once(f);
}

/* The longest chain that 2.7.5.3.1 allows, up to what the fixture has. */
static void longest_chain(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int num = min_t(unsigned int, f->p->num, SPLIT_MAX_SG);
	struct ws_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 0, 1, num - 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	split_expect_chain(f, &c, 1, num - 1);
	ws_push(&f->w, c.head, c.in_bytes);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* Indirect and direct buffers share the table without touching each other. */
static void mixed_chains(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int round, i, added, num = f->p->num;
	struct ws_chain c;
	u32 len;

	for (round = 0; round < 20; round++) {
		for (added = 0; added < 16; added++)
			if (split_add(f, added, 1,
				      (added + round) % min(num, 4u)))
				break;
		KUNIT_ASSERT_GT(test, added, 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_EQ(test, ws_poll(&f->w), added);
		for (i = 0; i < added; i++) {
			KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
			split_expect_chain(f, &c, 1,
					   (i + round) % min(num, 4u));
			ws_push(&f->w, c.head, c.in_bytes);
		}
		while (split_get(f, &len) >= 0)
			;
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num);
	}
	split_expect_once(f);
}

/*
 * Out of order: the device keeps one buffer, however many others pass it.
 * The index wraps meanwhile, once and a half.
 */
static void stay_behind(struct kunit *test, unsigned int rounds)
{
	struct split_fix *f = split_setup(test);
	unsigned int i;
	struct ws_chain kept, c;
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 100, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &kept));
	for (i = 0; i < rounds; i++) {
		KUNIT_ASSERT_EQ(test, split_add(f, 1, 1, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		ws_push(&f->w, c.head, 0);
		KUNIT_ASSERT_EQ(test, split_get(f, &len), 1);
	}
	ws_push(&f->w, kept.head, 1);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 100);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

static void one_stays_half_a_lap(struct kunit *test)
{
	stay_behind(test, 40000);
}

static void one_stays_behind(struct kunit *test)
{
	stay_behind(test, 65536 + 40000);
}

/*
 * After exactly one lap the next buffer, added and not yet available, has
 * the same position mod 65536 as the one that stayed.
 */
static void one_stays_a_lap(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	struct ws_chain kept, c;
	unsigned int i;
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 100, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &kept));
	for (i = 0; i < 65535; i++) {
		KUNIT_ASSERT_EQ(test, split_add(f, 1, 1, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		ws_push(&f->w, c.head, 0);
		KUNIT_ASSERT_EQ(test, split_get(f, &len), 1);
	}
	KUNIT_ASSERT_EQ(test, split_add(f, 2, 1, 0), 0);
	ws_push(&f->w, kept.head, 1);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 100);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	ws_push(&f->w, c.head, 0);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 2);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

static void used_lengths(struct kunit *test)
{
	static const u32 lens[] = { 0, 1, 2, 3 };
	struct split_fix *f = split_setup(test);
	unsigned int i;
	struct ws_chain c;
	u32 len;

	/* Elements 0 and 1 of a buffer have 1 and 2 bytes. */
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		unsigned int in = min(f->p->num, 2u);

		KUNIT_ASSERT_EQ(test, split_add(f, i, 0, in), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
		if (lens[i] > c.in_bytes)
			break;
		ws_push(&f->w, c.head, lens[i]);
		len = 1000;
		KUNIT_EXPECT_EQ(test, split_get(f, &len), (int)i);
		KUNIT_EXPECT_EQ(test, len, lens[i]);
	}
}

/* The 16-bit indices wrap many times, alone and with a full ring. */
static void index_wraps(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, done = 0, batch = f->p->num / 2 + 1;
	struct ws_chain c;
	u32 len;

	while (done < 3 * 65536 + 10) {
		for (i = 0; i < batch; i++)
			if (split_add(f, i, 1, 0))
				break;
		KUNIT_ASSERT_EQ(test, i, batch);
		virtqueue_kick_prepare(f->vq);
		KUNIT_ASSERT_EQ(test, ws_poll(&f->w), batch);
		while (ws_pop(&f->w, &c))
			ws_push(&f->w, c.head, 0);
		for (i = 0; split_get(f, &len) == (int)i; i++)
			;
		KUNIT_ASSERT_EQ(test, i, batch);
		done += batch;
	}
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_EQ(test, ws_avail_idx(&f->w), (u16)done);
	split_expect_once(f);
}

static void get_buf_ctx(struct kunit *test)
{
	struct split_param p = *(const struct split_param *)test->param_value;
	struct split_fix *f;
	struct ws_chain c;
	void *ctx = NULL;
	u32 len;
	int mark;

	p.ctx = true;
	f = split_new(test, &p);
	split_start(f);
	sg_init_one(f->sg, f->mem, 16);
	KUNIT_ASSERT_EQ(test, virtqueue_add_inbuf_ctx(f->vq, f->sg, 1,
						      &f->buf[3], &mark,
						      GFP_KERNEL), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	ws_push(&f->w, c.head, 5);
	KUNIT_EXPECT_PTR_EQ(test, virtqueue_get_buf_ctx(f->vq, &len, &ctx),
			    (void *)&f->buf[3]);
	KUNIT_EXPECT_PTR_EQ(test, ctx, (void *)&mark);
	KUNIT_EXPECT_EQ(test, len, 5);
	split_remove(f);
}

/* Buffers added, kicked or not, all come back once the device is reset. */
static void detach_unused(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, num = f->p->num, got = 0;
	struct ws_chain c;
	u32 len;

	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_EQ(test, split_add(f, i, 1, 0), 0);
		if (i == num / 2)
			virtqueue_kick(f->vq);
	}
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	ws_push(&f->w, c.head, 0);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 0);
	virtio_reset_device(&f->m->vdev);
	while (split_detach(f) >= 0)
		got++;
	KUNIT_EXPECT_EQ(test, got, num - 1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	KUNIT_EXPECT_EQ(test, split_detach(f), -1);
	split_expect_once(f);
}

/* Removing the driver with buffers out returns all of them. */
static void remove_with_buffers_out(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	unsigned int i, num = min(f->p->num, 8u), elems = f->p->indirect ?
						min(f->p->num, 3u) : 1;

	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, split_add(f, i, 1, elems - 1), 0);
	virtqueue_kick(f->vq);
	split_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, num);
	split_expect_once(f);
}

static void break_and_unbreak(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	struct ws_chain c;
	u32 len;

	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_ASSERT_EQ(test, split_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, ws_pop(&f->w, &c));
	ws_push(&f->w, c.head, 0);
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, split_add(f, 1, 1, 0), -EIO);
	KUNIT_EXPECT_EQ(test, split_get(f, &len), -1);
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	__virtqueue_unbreak(f->vq);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, split_get(f, &len), 0);
	split_cycle(f, 3);
}

static void break_device(struct kunit *test)
{
	struct split_fix *f = split_setup(test);
	u32 len;

	KUNIT_ASSERT_EQ(test, split_add(f, 0, 1, 0), 0);
	virtio_break_device(&f->m->vdev);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, split_get(f, &len), -1);
	__virtio_unbreak_device(&f->m->vdev);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	virtio_break_device(&f->m->vdev);
	split_remove(f);
	split_expect_once(f);
}

/* A notification that does not reach the device breaks the queue. */
static void failed_notification(struct kunit *test)
{
	struct split_fix *f = split_setup(test);

	KUNIT_ASSERT_EQ(test, split_add(f, 0, 1, 0), 0);
	f->m->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, split_add(f, 1, 1, 0), -EIO);
	f->m->dead = false;
}

static struct kunit_case split_cases[] = {
	KUNIT_CASE_PARAM(one_buffer, split_all_gen_params),
	KUNIT_CASE_PARAM(readable_before_writable, split_all_gen_params),
	KUNIT_CASE_PARAM(several_lists, split_all_gen_params),
	KUNIT_CASE_PARAM(out_and_in_buffers, split_few_gen_params),
	KUNIT_CASE_PARAM(fill_with_single, split_all_gen_params),
	KUNIT_CASE_PARAM(fill_with_chains, split_all_gen_params),
	KUNIT_CASE_PARAM(longest_chain, split_all_gen_params),
	KUNIT_CASE_PARAM(mixed_chains, split_all_gen_params),
	KUNIT_CASE_PARAM(one_stays_behind, split_slow_gen_params),
	KUNIT_CASE_PARAM(one_stays_half_a_lap, split_slow_gen_params),
	KUNIT_CASE_PARAM(one_stays_a_lap, split_slow_gen_params),
	KUNIT_CASE_PARAM(used_lengths, split_few_gen_params),
	KUNIT_CASE_PARAM(index_wraps, split_few_gen_params),
	KUNIT_CASE_PARAM(get_buf_ctx, split_few_gen_params),
	KUNIT_CASE_PARAM(detach_unused, split_all_gen_params),
	KUNIT_CASE_PARAM(remove_with_buffers_out, split_few_gen_params),
	KUNIT_CASE_PARAM(break_and_unbreak, split_few_gen_params),
	KUNIT_CASE_PARAM(break_device, split_few_gen_params),
	KUNIT_CASE_PARAM(failed_notification, split_few_gen_params),
	{}
};

static struct kunit_suite split_suite = {
	.name = "virtio_split",
	.test_cases = split_cases,
};

kunit_test_suites(&split_suite);

MODULE_DESCRIPTION("Unit tests of the split ring");
MODULE_LICENSE("GPL");
