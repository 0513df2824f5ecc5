// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_fill: queues of any kind, full to the last entry
 *
 * The full product of kinds, as in suite virtio_ring.  Whether a buffer of
 * several elements is sent as a chain or in an indirect table is the ring's
 * choice (VIRTIO 1.4, 2.7.5.3, 2.8.7), and it may choose by how full it is:
 * cases count what the device saw.
 */
#include <linux/module.h>

#include "ring_fix.h"

/* Which of @num buffers goes back as number @i: from the last, if it may. */
static unsigned int turn(const struct ring_fix *f, unsigned int i,
			 unsigned int num)
{
	return f->p->in_order ? i : num - 1 - i;
}

/* As many buffers as the queue has entries. */
static void fill_with_single(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, t, num = f->p->num;
	u16 *ids = walk_zalloc(test, num, sizeof(*ids));
	struct walk_chain c;
	u32 len;

	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 0, 1), 0);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, num - 1 - i);
	}
	KUNIT_EXPECT_EQ(test, ring_add(f, num - 1, 0, 1), -ENOSPC);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_EQ(test, walk_poll(&f->w), num);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.num_in, 1);
		ids[i] = c.id;
	}
	for (i = 0; i < num; i++) {
		t = turn(f, i, num);
		walk_push(&f->w, ids[t], t & 1);
	}
	for (i = 0; i < num; i++) {
		t = turn(f, i, num);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), (int)t);
		KUNIT_ASSERT_EQ(test, len, t & 1);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, i + 1);
	}
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	ring_expect_once(f);
}

/* Writable elements of a buffer of @elems, as many as it has memory for. */
static unsigned int fill_in(const struct ring_fix *f, unsigned int elems)
{
	return f->room ? min(f->room, elems - 1) : elems - 1;
}

/* Add buffers of @elems elements until one is refused; return how many. */
static unsigned int fill(struct ring_fix *f, unsigned int elems)
{
	unsigned int i, before, takes, in = fill_in(f, elems);
	int err;

	for (i = 0; ; i++) {
		before = f->vq->num_free;
		err = ring_add(f, i, elems - in, in);
		if (err)
			break;
		takes = before - f->vq->num_free;
		KUNIT_ASSERT_TRUE(f->test, takes == elems || takes == 1);
	}
	KUNIT_EXPECT_EQ(f->test, err, -ENOSPC);
	KUNIT_EXPECT_EQ(f->test, f->vq->num_free, before);
	KUNIT_EXPECT_LT(f->test, before, elems);
	return i;
}

/* Chains until there is no room; a refused one changes nothing. */
static void fill_with_chains(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num = f->p->num, elems = min(num, 3u), descs = 0;
	unsigned int left, fits = fill(f, elems);
	struct walk_chain c;
	u32 len;

	left = f->vq->num_free;
	if (!f->p->indirect)
		KUNIT_EXPECT_EQ(test, fits, num / elems);
	else if (num >= 8 && num <= 1024)
		KUNIT_EXPECT_GT(test, fits, num / elems);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_EQ(test, walk_poll(&f->w), fits);
	for (i = 0; i < fits; i++) {
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		KUNIT_ASSERT_EQ(test, c.num, elems);
		KUNIT_ASSERT_EQ(test, c.num_in, fill_in(f, elems));
		KUNIT_ASSERT_EQ(test, c.ring_descs, c.indirect ? 1 : elems);
		descs += c.ring_descs;
		walk_push(&f->w, c.id, c.in_bytes);
	}
	KUNIT_EXPECT_EQ(test, descs + left, num);
	for (i = 0; i < fits; i++)
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), (int)i);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	ring_expect_once(f);
}

/* Buffers added, kicked or not, all come back once the device is reset. */
static void detach_unused(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num = f->p->num, got = 0;
	struct walk_chain c;
	u32 len;

	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
		if (i == num / 2)
			virtqueue_kick(f->vq);
	}
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	virtio_reset_device(&f->m->vdev);
	while (ring_detach(f) >= 0)
		got++;
	KUNIT_EXPECT_EQ(test, got, num - 1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	KUNIT_EXPECT_EQ(test, ring_detach(f), -1);
	ring_expect_once(f);
}

/*
 * A buffer that does not fit exposes those before it: its driver may be
 * waiting for one of them to come back, and has not kicked yet.
 */
static void exposed_when_full(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, num = f->p->num;

	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), num);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
}

/* 2.7.5.3.1, 2.8.17: it fits no ring of this size, so there is no waiting. */
static void longer_than_queue(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num;

	if (num >= RING_MAX_SG)
		kunit_skip(test, "the fixture has no buffer that long");
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, num + 1, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, num, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
}

/* 2.7.13.4, 2.8.21.2: nothing new is nothing to notify the device of. */
static void idle_kick(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
}

static struct kunit_case fill_cases[] = {
	KUNIT_CASE_PARAM(fill_with_single, ring_all_gen_params),
	KUNIT_CASE_PARAM(fill_with_chains, ring_all_gen_params),
	KUNIT_CASE_PARAM(detach_unused, ring_all_gen_params),
	KUNIT_CASE_PARAM(exposed_when_full, ring_all_gen_params),
	KUNIT_CASE_PARAM(longer_than_queue, ring_all_gen_params),
	KUNIT_CASE_PARAM(idle_kick, ring_all_gen_params),
	{}
};

static struct kunit_suite fill_suite = {
	.name = "virtio_ring_fill",
	.test_cases = fill_cases,
};

kunit_test_suites(&fill_suite);

MODULE_DESCRIPTION("Unit tests of full rings of all kinds");
MODULE_LICENSE("GPL");
