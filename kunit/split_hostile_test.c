// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_hostile: lies that only a split ring can hear
 *
 * The used idx, ids of 32 bits, the available ring and buffers that were added
 * but not exposed (VIRTIO 1.4, 2.7.6, 2.7.8, 2.7.9).  Lies that the packed
 * ring can hear as well are in virtio_ring_lies and virtio_ring_hostile.
 */
#include <linux/module.h>

#include "hostile.h"

static const unsigned int split_sizes[] = { 8, 256 };

static const struct ring_param more_kinds[] = {
	{ .num = 8, .batch = true },
	{ .num = 8, .modern = true, .event_idx = true, .batch = true },
};

static struct ring_kinds all_kinds = {
	.sizes = split_sizes,
	.num_sizes = ARRAY_SIZE(split_sizes),
	.product = true,
	.more = more_kinds,
	.num_more = ARRAY_SIZE(more_kinds),
};

static struct ring_kinds ordered_kinds = {
	.sizes = split_sizes,
	.num_sizes = ARRAY_SIZE(split_sizes),
	.product = true,
	.ordered = true,
};

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

static const void *ordered_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&ordered_kinds, prev, desc);
}

/* 2.7.8: right in its low 16 bits only: the field has 32. */
static void id_right_in_low_bits(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, c[0].id | 0x10000, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
}

static void id_right_in_low_31_bits(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, c[0].id | 0x80000000, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* A buffer that was added but never made available by a kick. */
static void completed_before_kick(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	if (ws_avail_idx(&f->w))
		kunit_skip(test, "this ring publishes when it adds");
	hostile_lie(f, 0, 0, 1);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

/* The same beside one that was: the index alone does not show the lie. */
static void completed_before_kick_in_place(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	KUNIT_ASSERT_EQ(test, ring_add(f, 1, 1, 0), 0);
	if (walk_poll(&f->w))
		kunit_skip(test, "this ring publishes when it adds");
	/* Where it stands is known from the entry not yet published. */
	i = walk_get16(&f->w, f->w.avail + WS_RING_ENTRIES + 2);
	KUNIT_ASSERT_LT(test, i, f->p->num);
	KUNIT_ASSERT_NE(test, i, c.id);
	hostile_lie(f, i, 0, 1);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* An interrupt for such a buffer is for none that the driver gave. */
static void interrupt_before_kick(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	if (ws_avail_idx(&f->w))
		kunit_skip(test, "this ring publishes when it adds");
	hostile_lie(f, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

/* All entries are good, the used idx is ahead of what is out (2.7.8). */
static void used_idx_jumps(struct kunit *test, unsigned int beyond)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	int i;

	for (i = 0; i < FLYING; i++)
		ws_write_used(&f->w, i, c[i].id, 0);
	ws_set_used_idx(&f->w, FLYING + beyond);
	hostile_expect_broken(f, VQ_ERR_INDEX);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

static void used_idx_one_too_far(struct kunit *test)
{
	used_idx_jumps(test, 1);
}

static void used_idx_half_way_round(struct kunit *test)
{
	used_idx_jumps(test, 32768);
}

static void used_idx_more_than_queue(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	used_idx_jumps(test, p->num + 1);
}

static void used_idx_last_value(struct kunit *test)
{
	used_idx_jumps(test, 0xffff - FLYING);
}

/* One before zero, before anything was used. */
static void used_idx_below_zero(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	ws_set_used_idx(&f->w, 0xffff);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

/* 2.7.8: it "increases"; here it decreases. */
static void used_idx_goes_back(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_lie_chain(f, &c[1], 0);
	hostile_expect_get(f, 0, 0);
	hostile_expect_get(f, 1, 0);
	ws_set_used_idx(&f->w, 1);
	hostile_expect_broken(f, VQ_ERR_INDEX);
	KUNIT_EXPECT_EQ(test, f->detached, 1);
}

/* After part of a batch: what was seen of it is in the ring all the same. */
static void used_idx_goes_back_in_batch(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_lie_chain(f, &c[1], 0);
	hostile_expect_get(f, 0, 0);
	ws_set_used_idx(&f->w, 0);
	hostile_expect_get(f, 1, 0);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

/* Ahead after 65536 buffers: the index has wrapped, the bound has not. */
static void used_idx_too_far_after_wrap(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	ring_cycle(f, 65535);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ws_write_used(&f->w, 65535, c.id, 0);
	ws_set_used_idx(&f->w, 1);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

/* The used idx moves on, and the entries are those of before. */
static void used_entries_left_alone(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, 0);
	/* Entry 1 is as it was made: zero, the id of the first buffer. */
	ws_set_used_idx(&f->w, 2);
	hostile_expect_nothing(f);
	hostile_expect_dead(f, VQ_ERR_STALE);
	hostile_expect_removable(f);
}

/* The entry changes while the driver looks: read once, or never believed. */
static void used_entry_after_get(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 1);
	hostile_expect_get(f, 0, 1);
	ws_write_used(&f->w, 0, f->p->num, U32_MAX);
	hostile_lie_chain(f, &c[1], 1);
	hostile_expect_get(f, 1, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

/* 2.7.6: entries of the available ring are the driver's, never read back. */
static void avail_ring_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	memset(f->w.avail, 0xff, WS_RING_ENTRIES + 2 * f->p->num + 2);
	hostile_expect_honest_end(f, c);
}

/* The driver's index, set back by the device: the driver goes on from its own. */
static void avail_idx_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	walk_put16(&f->w, f->w.avail + WS_RING_IDX, 0x1234);
	KUNIT_ASSERT_EQ(test, ring_add(f, 3, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, ws_avail_idx(&f->w), FLYING + 1);
	hostile_expect_removable(f);
}

/* used_event is the driver's: rewritten, it is written again when armed. */
static void used_event_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (!f->p->event_idx)
		kunit_skip(test, "EVENT_IDX was not negotiated");
	walk_put16(&f->w, f->w.avail + WS_RING_ENTRIES + 2 * f->p->num,
		   0x4321);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	KUNIT_EXPECT_EQ(test, ws_used_event(&f->w), 1);
	hostile_expect_removable(f);
}

/* Garbage where the device may write but the driver has no need to read. */
static void garbage_in_padding(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 0; i < f->p->num; i++)
		ws_write_used(&f->w, i, 0xdead0000 | i, U32_MAX);
	ws_set_avail_event(&f->w, 0xbeef);
	if (!f->p->modern && !f->p->in_order)
		memset(f->w.avail + 6 + 2 * f->p->num, 0xa5,
		       f->w.used - f->w.avail - 6 - 2 * f->p->num);
	hostile_expect_honest_end(f, c);
}

/* 2.7.10: an avail_event of any value costs a notification, no more. */
static void avail_event_of_any_value(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int event;

	for (event = 0; event < 0x10000; event += 1021) {
		ws_set_avail_event(&f->w, event);
		ring_cycle(f, 1);
	}
	hostile_expect_errors(f, NO_ERROR, 0);
	hostile_expect_removable(f);
}

/* 2.7.9: one element for two buffers, and the used idx says one. */
static void batch_beyond_used_idx(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, c[1].id, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ORDER);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* One for all, and the used idx says one less. */
static void batch_one_beyond_used_idx(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	ws_write_used(&f->w, 0, c[FLYING - 1].id, 0);
	ws_set_used_idx(&f->w, FLYING - 1);
	hostile_expect_broken(f, VQ_ERR_ORDER);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* A good batch, and behind it one that goes too far. */
static void second_batch_beyond_used_idx(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	hostile_lie(f, c[2].id, 0, 1);
	hostile_expect_get(f, 0, 0);
	hostile_expect_broken(f, VQ_ERR_ORDER);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING - 1);
}

/* The used idx says three, the element two: the rest is looked up. */
static void batch_short_of_used_idx(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	ws_write_used(&f->w, 0, c[1].id, 0);
	ws_write_used(&f->w, 2, f->p->num, 0);
	ws_set_used_idx(&f->w, FLYING);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_get(f, 1, 0);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* In the middle of a batch the used idx does not count. */
static void batch_and_used_idx_back(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	ws_write_used(&f->w, 0, c[2].id, 1);
	ws_set_used_idx(&f->w, FLYING);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	ws_set_used_idx(&f->w, 1);
	hostile_expect_get(f, 1, ring_len(FLYING_OUT));
	hostile_expect_get(f, 2, 1);
	hostile_expect_broken(f, VQ_ERR_INDEX);
}

#define ON_ALL(f)	KUNIT_CASE_PARAM(f, all_gen_params)
#define ON_ORDERED(f)	KUNIT_CASE_PARAM(f, ordered_gen_params)

static struct kunit_case hostile_cases[] = {
	ON_ALL(id_right_in_low_bits),
	ON_ALL(id_right_in_low_31_bits),
	ON_ALL(completed_before_kick),
	ON_ALL(completed_before_kick_in_place),
	ON_ALL(interrupt_before_kick),
	ON_ALL(used_idx_one_too_far),
	ON_ALL(used_idx_half_way_round),
	ON_ALL(used_idx_more_than_queue),
	ON_ALL(used_idx_last_value),
	ON_ALL(used_idx_below_zero),
	ON_ALL(used_idx_goes_back),
	ON_ALL(used_idx_goes_back_in_batch),
	ON_ALL(used_idx_too_far_after_wrap),
	ON_ALL(used_entries_left_alone),
	ON_ALL(used_entry_after_get),
	ON_ALL(avail_ring_rewritten),
	ON_ALL(avail_idx_rewritten),
	ON_ALL(used_event_rewritten),
	ON_ALL(garbage_in_padding),
	ON_ALL(avail_event_of_any_value),
	ON_ORDERED(batch_beyond_used_idx),
	ON_ORDERED(batch_one_beyond_used_idx),
	ON_ORDERED(second_batch_beyond_used_idx),
	ON_ORDERED(batch_short_of_used_idx),
	ON_ORDERED(batch_and_used_idx_back),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "virtio_split_hostile",
	.test_cases = hostile_cases,
};

kunit_test_suites(&hostile_suite);

MODULE_DESCRIPTION("Unit tests of the split ring against a hostile device");
MODULE_LICENSE("GPL");
