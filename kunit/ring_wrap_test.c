// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_wrap: queues of any kind, round and round
 *
 * A split queue's indices wrap at 65536 (VIRTIO 1.4, 2.7.6, 2.7.8), whatever
 * its size; a packed queue's wrap counters flip at its end (2.8.1), which may
 * be inside of a chain.  Both happen here many times.
 */
#include <linux/module.h>

#include "ring_fix.h"

/* Laps of cases on the full product, and buffers that are enough for any. */
#define LAPS		7
#define LAPS_BUFFERS	70000U

/* For cases that move tens of thousands of buffers. */
static const struct ring_param long_params[] = {
	{ .num = 1 },
	{ .num = 2, .modern = true, .event_idx = true },
	{ .num = 8 },
	{ .num = 8, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 8, .in_order = true, .event_idx = true },
	{ .num = 256, .modern = true, .indirect = true, .platform = true },
	{ .num = 32768, .modern = true, .event_idx = true },
	{ .num = 32768, .in_order = true },
	{ .num = 1, .packed = true },
	{ .num = 3, .packed = true, .event_idx = true },
	{ .num = 24, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 255, .packed = true, .in_order = true },
	{ .num = 32767, .packed = true, .event_idx = true },
	{ .num = 32768, .packed = true, .in_order = true, .event_idx = true },
};

KUNIT_ARRAY_PARAM(long, long_params, ring_param_desc);

/* For cases in which one buffer is overtaken. */
static const struct ring_param behind_params[] = {
	{ .num = 2 },
	{ .num = 8, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 256, .modern = true, .event_idx = true },
	{ .num = 32768, .modern = true },
	{ .num = 2, .packed = true },
	{ .num = 3, .packed = true, .event_idx = true },
	{ .num = 24, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 32767, .packed = true },
};

KUNIT_ARRAY_PARAM(behind, behind_params, ring_param_desc);

/* Chains of all lengths in turn, so that they end anywhere in the ring. */
static void laps_of_chains(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num, longest = min(num, 5u), i;
	struct walk_chain c;
	u64 descs = 0;
	u32 len;

	for (i = 0; descs < LAPS * num && i < LAPS_BUFFERS; i++) {
		unsigned int elems = 1 + i % longest, out = i % (elems + 1);

		KUNIT_ASSERT_EQ(test, ring_add(f, i % 100, out, elems - out),
				0);
		virtqueue_kick_prepare(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.num, elems);
		KUNIT_ASSERT_EQ(test, c.num_in, elems - out);
		walk_push(&f->w, c.id, c.in_bytes);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), (int)(i % 100));
		KUNIT_ASSERT_EQ(test, len, c.in_bytes);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num);
		descs += c.ring_descs;
	}
	ring_expect_once(f);
}

/* The 16-bit indices wrap many times, with a queue that is half full. */
static void index_wraps(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, done = 0, batch = f->p->num / 2 + 1;
	u32 len;

	while (done < 3 * 65536 + 10) {
		for (i = 0; i < batch; i++)
			if (ring_add(f, i, 1, 0))
				break;
		KUNIT_ASSERT_EQ(test, i, batch);
		virtqueue_kick_prepare(f->vq);
		KUNIT_ASSERT_EQ(test, walk_poll(&f->w), batch);
		KUNIT_ASSERT_EQ(test, walk_drain(&f->w), batch);
		for (i = 0; ring_get(f, &len) == (int)i; i++)
			;
		KUNIT_ASSERT_EQ(test, i, batch);
		done += batch;
	}
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	if (!f->p->packed)
		KUNIT_EXPECT_EQ(test, ws_avail_idx(&f->w), (u16)done);
	ring_expect_once(f);
}

/* The device keeps one buffer, however many others pass it. */
static void stay_behind(struct kunit *test, unsigned int rounds)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;
	struct walk_chain kept, c;
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 100, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &kept));
	for (i = 0; i < rounds; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 1, 1, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 1);
	}
	walk_push(&f->w, kept.id, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 100);
	KUNIT_EXPECT_EQ(test, len, 1);
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
 * After exactly one lap of the indices the next buffer, added and not yet
 * available, has the same position mod 65536 as the one that stayed.
 */
static void one_stays_a_lap(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain kept, c;
	unsigned int i;
	u32 len;

	KUNIT_ASSERT_EQ(test, ring_add(f, 100, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &kept));
	for (i = 0; i < 65535; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 1, 1, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 1);
	}
	KUNIT_ASSERT_EQ(test, ring_add(f, 2, 1, 0), 0);
	walk_push(&f->w, kept.id, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 100);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 2);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

static struct kunit_case wrap_cases[] = {
	KUNIT_CASE_PARAM(laps_of_chains, ring_all_gen_params),
	KUNIT_CASE_PARAM(index_wraps, long_gen_params),
	KUNIT_CASE_PARAM(one_stays_half_a_lap, behind_gen_params),
	KUNIT_CASE_PARAM(one_stays_behind, behind_gen_params),
	KUNIT_CASE_PARAM(one_stays_a_lap, behind_gen_params),
	{}
};

static struct kunit_suite wrap_suite = {
	.name = "virtio_ring_wrap",
	.test_cases = wrap_cases,
};

kunit_test_suites(&wrap_suite);

MODULE_DESCRIPTION("Unit tests of the wrapping of rings of all kinds");
MODULE_LICENSE("GPL");
