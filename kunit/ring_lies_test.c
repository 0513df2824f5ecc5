// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_lies: a device that lies about what it used
 *
 * Used elements that name the wrong buffer, the wrong order or the wrong
 * length (VIRTIO 1.4, 2.7.8, 2.7.9, 2.8.4, 2.8.8, 2.8.22), on queues of both
 * layouts.  What only one layout can lie about is in virtio_split_hostile and
 * virtio_packed_hostile.
 */
#include <linux/module.h>

#include "hostile.h"

static const unsigned int split_sizes[] = { 8 };
static const unsigned int packed_sizes[] = { 7 };

static const struct ring_param more_kinds[] = {
	{ .num = 256, .modern = true, .event_idx = true },
	{ .num = 8, .batch = true },
	{ .num = 8, .modern = true, .event_idx = true, .batch = true },
	{ .num = 256, .modern = true, .indirect = true, .batch = true },
	{ .num = 256, .packed = true, .modern = true, .event_idx = true },
	{ .num = 1000, .packed = true, .modern = true, .indirect = true },
};

#define LIES_KINDS					\
	.sizes = split_sizes,				\
	.num_sizes = ARRAY_SIZE(split_sizes),		\
	.packed = packed_sizes,				\
	.num_packed = ARRAY_SIZE(packed_sizes),		\
	.product = true,				\
	.more = more_kinds,				\
	.num_more = ARRAY_SIZE(more_kinds)

static struct ring_kinds all_kinds = { LIES_KINDS };
static struct ring_kinds ordered_kinds = { LIES_KINDS, .ordered = true };
static struct ring_kinds unordered_kinds = { LIES_KINDS, .unordered = true };

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

static const void *ordered_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&ordered_kinds, prev, desc);
}

static const void *unordered_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&unordered_kinds, prev, desc);
}

/* With buffers in flight, the device says that @id was used. */
static void claim(struct kunit *test, u32 id, enum virtqueue_error kind)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, id, 0, 1);
	hostile_expect_broken(f, kind);
}

/* 2.7.8, 2.8.22: the first number that is no entry of the queue. */
static void id_is_queue_size(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	claim(test, p->num, VQ_ERR_ID);
}

static void id_far_out_of_range(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	claim(test, 10 * p->num + 3, VQ_ERR_ID);
}

/* Most entries beyond the slots that can be reached by 16 bits. */
static void id_all_ones(struct kunit *test)
{
	claim(test, U32_MAX, VQ_ERR_ID);
}

/* The sign bit of 16, if somebody computes with one. */
static void id_sign_bit(struct kunit *test)
{
	claim(test, 0x8000, VQ_ERR_ID);
}

/* The last entry of the queue: never part of a buffer here. */
static void id_never_available(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	claim(test, p->num - 1, VQ_ERR_STALE);
}

/* Part of a buffer in flight, but not what names it (2.7.8, 2.8.6). */
static void id_inside_chain(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .next = c[0].id + 1 };

	if (!f->p->packed)
		ws_read_desc(&f->w, f->w.desc, c[0].id, &d);
	if (f->p->indirect)
		d.next = FLYING;
	KUNIT_ASSERT_FALSE(test, walk_in_flight(&f->w, d.next));
	hostile_lie(f, d.next, 0, 1);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* The longest chain that there is: each of its inner entries in turn. */
static void id_inside_long_chain(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int longest = min(f->p->num, 20u);
	struct walk_chain c;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, longest - 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	hostile_lie(f, (c.id + longest - 1) % f->p->num, 0, 1);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* One buffer is given back twice in a row. */
static void completed_twice(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, 0);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* The same before the driver has looked. */
static void completed_twice_in_batch(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, 0);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* The same with another one between the two. */
static void completed_twice_later(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_lie_chain(f, &c[1], 3);
	hostile_expect_get(f, 0, 0);
	hostile_expect_get(f, 1, 2);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

/* The last buffer of all twice: nothing is outstanding the second time. */
static void completed_twice_when_last(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	hostile_lie_chain(f, &c, 0);
	hostile_expect_get(f, 0, 0);
	hostile_lie_chain(f, &c, 0);
	hostile_expect_broken(f, f->p->packed ? VQ_ERR_STALE : VQ_ERR_INDEX);
}

/*
 * Ids of two buffers that came back are parts of a new one now.  The ring may
 * have put them in any order: the id that is not its head is claimed.
 */
static void completed_as_part_of_next(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	int i;

	for (i = 0; i < FLYING; i++) {
		hostile_lie_chain(f, &c[i], 0);
		walk_forget(&f->w, c[i].id);
		hostile_expect_get(f, i, 0);
	}
	KUNIT_ASSERT_EQ(test, ring_add(f, 9, 4, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c[1]));
	hostile_lie_chain(f, c[1].id == c[0].id ? &c[2] : &c[0], 0);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* "Used" when nothing was ever made available. */
static void used_on_new_ring(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	hostile_lie(f, 0, 0, 1);
	hostile_expect_broken(f, f->p->packed ? VQ_ERR_STALE : VQ_ERR_INDEX);
}

/* "Used" when all has come back, with indices all over the ring. */
static void used_on_drained_ring(struct kunit *test)
{
	const struct ring_param *p = test->param_value;
	struct ring_fix *f = ring_setup(test);

	ring_cycle(f, 2 * p->num + 3);
	hostile_lie(f, 0, 0, 1);
	hostile_expect_broken(f, f->p->packed ? VQ_ERR_STALE : VQ_ERR_INDEX);
}

/* In each lap of the wrap counter, at the last and at the first place. */
static void id_out_of_range_after_laps(struct kunit *test)
{
	const struct ring_param *p = test->param_value;
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	ring_cycle(f, 2 * p->num - 1);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	hostile_lie(f, p->num, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* An honest buffer in front of the lie is the driver's all the same. */
static void lie_behind_honest(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 1);
	hostile_lie(f, f->p->num, 1, 1);
	hostile_expect_get(f, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* And one behind it is not: the device is not believed any more. */
static void honest_behind_lie(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, f->p->num, 1, 1);
	hostile_lie_chain(f, &c[0], 1);
	hostile_expect_nothing(f);
	hostile_expect_nothing(f);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* Many lies are one reason to give up, and counted once. */
static void lies_without_end(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	hostile_lie(f, f->p->num, 1, 1);
	hostile_expect_nothing(f);
	for (i = 0; i < 1000; i++) {
		hostile_lie(f, i, 1, 1);
		hostile_expect_nothing(f);
		mock_interrupt(f->m, 0);
	}
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* Several at once stop at the lie. */
static void batch_stops_at_lie(struct kunit *test)
{
	struct virtqueue_used used[FLYING + 1];
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko takes no batches");
	hostile_lie_chain(f, &c[0], 1);
	hostile_lie_chain(f, &c[1], 1);
	hostile_lie(f, f->p->num, 1, 1);
	KUNIT_ASSERT_EQ(test, virtqueue_ext_get_batch(f->vq, used, 4), 2);
	KUNIT_EXPECT_PTR_EQ(test, used[0].data, (void *)&f->buf[0]);
	KUNIT_EXPECT_PTR_EQ(test, used[1].data, (void *)&f->buf[1]);
	f->buf[0].returned++;
	f->buf[1].returned++;
	KUNIT_EXPECT_EQ(test, virtqueue_ext_get_batch(f->vq, used, 4), 0);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* 2.7.8.2, 2.8.22: bounded by what the device could write, and counted. */
static void len_clamped(struct kunit *test, u32 len)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	KUNIT_ASSERT_EQ(test, c[0].in_bytes, ring_len(FLYING_OUT));
	hostile_lie_chain(f, &c[0], len);
	hostile_expect_get(f, 0, c[0].in_bytes);
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	hostile_lie_chain(f, &c[1], 1);
	hostile_expect_get(f, 1, 1);
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

static void len_one_too_long(struct kunit *test)
{
	len_clamped(test, ring_len(FLYING_OUT) + 1);
}

static void len_counts_readable(struct kunit *test)
{
	len_clamped(test, ring_len(0) + ring_len(1));
}

static void len_sign_bit(struct kunit *test)
{
	len_clamped(test, 0x80000000);
}

static void len_all_ones(struct kunit *test)
{
	len_clamped(test, U32_MAX);
}

/* Without a writable element nothing can have been written (2.8.4). */
static void len_of_readable_buffer(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	unsigned int out;

	for (out = 1; out <= 3; out++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, out, out, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 4096);
		hostile_expect_get(f, out, 0);
		hostile_expect_errors(f, VQ_ERR_LEN, out);
	}
	hostile_expect_removable(f);
}

/* The bound is that of this buffer, not of one that had its place before. */
static void len_bound_is_fresh(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	unsigned int in;

	for (in = 5; in; in--) {
		KUNIT_ASSERT_EQ(test, ring_add(f, in, 0, in), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 100000);
		hostile_expect_get(f, in, c.in_bytes);
		hostile_expect_errors(f, VQ_ERR_LEN, 6 - in);
	}
	hostile_expect_removable(f);
}

/* What the counters add up is what was believed. */
static void len_counted_as_believed(struct kunit *test)
{
	struct virtqueue_stats stats;
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko has no counters");
	hostile_lie_chain(f, &c[0], U32_MAX);
	hostile_expect_get(f, 0, c[0].in_bytes);
	virtqueue_ext_stats(f->vq, &stats);
	KUNIT_EXPECT_EQ(test, stats.in_bytes, c[0].in_bytes);
	hostile_expect_removable(f);
}

/* A strict queue breaks on the same lies. */
static void len_strict(struct kunit *test, unsigned int out, unsigned int in,
		       u32 len)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko is never strict");
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, out, in), 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 1, out, in), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	virtqueue_ext_strict(f->vq, true);
	hostile_lie_chain(f, &c, len);
	hostile_expect_broken(f, VQ_ERR_LEN);
}

static void len_strict_one_too_long(struct kunit *test)
{
	len_strict(test, 1, 1, ring_len(1) + 1);
}

static void len_strict_all_ones(struct kunit *test)
{
	len_strict(test, 1, 2, U32_MAX);
}

static void len_strict_of_readable_buffer(struct kunit *test)
{
	len_strict(test, 2, 0, 1);
}

/* Zero, part and all of a buffer are no lies; strictness can be given up. */
static void len_strict_bears_honest(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko is never strict");
	virtqueue_ext_strict(f->vq, true);
	hostile_lie_chain(f, &c[0], 0);
	hostile_lie_chain(f, &c[1], ring_len(FLYING_OUT));
	hostile_expect_get(f, 0, 0);
	hostile_expect_get(f, 1, ring_len(FLYING_OUT));
	hostile_expect_errors(f, NO_ERROR, 0);
	virtqueue_ext_strict(f->vq, false);
	hostile_lie_chain(f, &c[2], U32_MAX);
	hostile_expect_get(f, 2, ring_len(FLYING_OUT));
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	hostile_expect_removable(f);
}

/* Used elements in the wrong order are no lie without IN_ORDER. */
static void reversed_without_in_order(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	int i;

	for (i = FLYING - 1; i >= 0; i--)
		hostile_lie_chain(f, &c[i], i);
	for (i = FLYING - 1; i >= 0; i--)
		hostile_expect_get(f, i, i);
	hostile_go_on(f, 3 * f->p->num);
	hostile_expect_removable(f);
}

/* A batch of two, by raw means: one element in the place of the first. */
static void lie_batch_of_two(struct ring_fix *f, const struct walk_chain *c,
			     u32 len)
{
	hostile_lie(f, c[1].id, len, c[0].ring_descs + c[1].ring_descs);
	if (!f->p->packed)
		ws_set_used_idx(&f->w, f->w.s.used_idx + 1);
}

/* 2.7.9, 2.8.8: with a batch the first is used, too; then again by itself. */
static void batch_then_its_first(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 0);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_get(f, 1, 0);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* The last of a batch once more. */
static void batch_then_its_last(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 1);
	hostile_lie_chain(f, &c[1], 1);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_get(f, 1, 1);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* What a batch means was read when it began: rewritten it means the same. */
static void batch_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 place = f->w.p.used;

	lie_batch_of_two(f, c, 1);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	if (f->p->packed)
		memset(f->w.desc + WALK_DESC_SIZE * wp_offset(&f->w, place),
		       0xff, 2 * WALK_DESC_SIZE);
	else
		memset(f->w.used + WS_RING_ENTRIES, 0xff, 2 * WS_USED_SIZE);
	hostile_expect_get(f, 1, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

/* Given up in the middle of a batch: the rest is returned exactly once. */
static void batch_cut_by_break(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 1);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	__virtqueue_break(f->vq);
	hostile_expect_broken(f, NO_ERROR);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING - 1);
}

static void batch_cut_by_removal(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 1);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING - 1);
}

/* The length is that of the last one (2.7.9, 2.8.8), and bounded by it. */
static void batch_len_too_long(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 1000);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_errors(f, NO_ERROR, 0);
	hostile_expect_get(f, 1, ring_len(FLYING_OUT));
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	hostile_expect_removable(f);
}

static void batch_len_strict(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko is never strict");
	virtqueue_ext_strict(f->vq, true);
	lie_batch_of_two(f, c, 1000);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_broken(f, VQ_ERR_LEN);
}

/* An interrupt in the middle of a batch is for what is left of it. */
static void batch_interrupted(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_batch_of_two(f, c, 1);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb(f->vq));
	hostile_expect_get(f, 1, 1);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	hostile_expect_removable(f);
}

/* The newest buffer named first: all before it count as used completely. */
static void batch_of_all(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	hostile_lie(f, c[2].id, 0, 3 * c[0].ring_descs);
	if (!f->p->packed)
		ws_set_used_idx(&f->w, FLYING);
	for (i = 0; i + 1 < FLYING; i++)
		hostile_expect_get(f, i, ring_len(FLYING_OUT));
	hostile_expect_get(f, i, 0);
	hostile_go_on(f, 2 * f->p->num + 1);
	hostile_expect_removable(f);
}

#define ON_ALL(f)	KUNIT_CASE_PARAM(f, all_gen_params)
#define ON_ORDERED(f)	KUNIT_CASE_PARAM(f, ordered_gen_params)
#define ON_UNORDERED(f)	KUNIT_CASE_PARAM(f, unordered_gen_params)

static struct kunit_case lies_cases[] = {
	ON_ALL(id_is_queue_size),
	ON_ALL(id_far_out_of_range),
	ON_ALL(id_all_ones),
	ON_ALL(id_sign_bit),
	ON_ALL(id_never_available),
	ON_ALL(id_inside_chain),
	ON_ALL(id_inside_long_chain),
	ON_ALL(completed_twice),
	ON_ALL(completed_twice_in_batch),
	ON_ALL(completed_twice_later),
	ON_ALL(completed_twice_when_last),
	ON_ALL(completed_as_part_of_next),
	ON_ALL(used_on_new_ring),
	ON_ALL(used_on_drained_ring),
	ON_ALL(id_out_of_range_after_laps),
	ON_ALL(lie_behind_honest),
	ON_ALL(honest_behind_lie),
	ON_ALL(lies_without_end),
	ON_ALL(batch_stops_at_lie),
	ON_ALL(len_one_too_long),
	ON_ALL(len_counts_readable),
	ON_ALL(len_sign_bit),
	ON_ALL(len_all_ones),
	ON_ALL(len_of_readable_buffer),
	ON_ALL(len_bound_is_fresh),
	ON_ALL(len_counted_as_believed),
	ON_ALL(len_strict_one_too_long),
	ON_ALL(len_strict_all_ones),
	ON_ALL(len_strict_of_readable_buffer),
	ON_ALL(len_strict_bears_honest),
	ON_UNORDERED(reversed_without_in_order),
	ON_ORDERED(batch_then_its_first),
	ON_ORDERED(batch_then_its_last),
	ON_ORDERED(batch_rewritten),
	ON_ORDERED(batch_cut_by_break),
	ON_ORDERED(batch_cut_by_removal),
	ON_ORDERED(batch_len_too_long),
	ON_ORDERED(batch_len_strict),
	ON_ORDERED(batch_interrupted),
	ON_ORDERED(batch_of_all),
	{}
};

static struct kunit_suite lies_suite = {
	.name = "virtio_ring_lies",
	.test_cases = lies_cases,
};

kunit_test_suites(&lies_suite);

MODULE_DESCRIPTION("Unit tests of the rings against lies about used buffers");
MODULE_LICENSE("GPL");
