// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_packed_hostile: lies that only a packed ring can hear
 *
 * Driver and device write the same descriptors (VIRTIO 1.4, 2.8), so a device
 * can put anything anywhere in them at any time.  The flags of one descriptor
 * decide: those where the device has to write next (2.8.1).
 */
#include <linux/module.h>

#include "hostile.h"

static const unsigned int packed_sizes[] = { 7, 8, 256 };

static struct ring_kinds all_kinds = {
	.packed = packed_sizes,
	.num_packed = ARRAY_SIZE(packed_sizes),
	.product = true,
};

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

/* With @flags where the device writes next: not used, and nothing wrong. */
static void not_used(struct kunit *test, u16 flags)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	wp_write_used(&f->w, f->w.p.used, c[0].id, 1, flags);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, WP_EVENT_WRAP));
	hostile_expect_honest_end(f, c);
}

/* 2.8.1: in the first lap both bits mean used, and nothing else does. */
static void flags_of_next_lap(struct kunit *test)
{
	not_used(test, 0);
}

static void flags_only_used(struct kunit *test)
{
	not_used(test, WP_USED);
}

static void flags_only_avail(struct kunit *test)
{
	not_used(test, WP_AVAIL);
}

static void flags_all_but_used(struct kunit *test)
{
	not_used(test, U16_MAX ^ WP_USED);
}

/* Used in the second lap is neither bit: both are the lap before. */
static void flags_of_lap_before(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	ring_cycle(f, f->p->num + 1);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	wp_write_used(&f->w, f->w.p.used, c.id, 1, WP_AVAIL | WP_USED);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_lie_chain(f, &c, 1);
	hostile_expect_get(f, 0, 1);
	hostile_expect_removable(f);
}

/* All other bits of the flags mean nothing in a used descriptor. */
static void flags_with_all_else_set(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	wp_write_used(&f->w, f->w.p.used, c[0].id, 1, 0xffff);
	wp_skip(&f->w, c[0].ring_descs);
	hostile_expect_get(f, 0, 1);
	hostile_lie_chain(f, &c[1], 1);
	hostile_expect_get(f, 1, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

/* NEXT in a used descriptor: freeing follows the private note of the chain. */
static void flags_with_next(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 0; i < FLYING; i++) {
		wp_write_used(&f->w, f->w.p.used, c[i].id, 1,
			      WP_AVAIL | WP_USED | WALK_NEXT);
		wp_skip(&f->w, c[i].ring_descs);
		hostile_expect_get(f, i, 1);
	}
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	hostile_expect_removable(f);
}

/* 2.8.4: a length without WRITE beside it is bounded like any other. */
static void len_without_write(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	wp_write_used(&f->w, f->w.p.used, c[0].id, 7777, WP_AVAIL | WP_USED);
	hostile_expect_get(f, 0, ring_len(FLYING_OUT));
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	hostile_expect_removable(f);
}

/* WRITE for a buffer that has nothing to be written. */
static void write_on_readable_buffer(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 2, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	wp_write_used(&f->w, f->w.p.used, c.id, 64,
		      WP_AVAIL | WP_USED | WALK_WRITE);
	hostile_expect_get(f, 0, 0);
	hostile_expect_errors(f, VQ_ERR_LEN, 1);
	hostile_expect_removable(f);
}

/* Seen as used by a poll, then taken back: nothing is believed of it. */
static void flags_flip_back(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int pos = virtqueue_enable_cb_prepare(f->vq);
	int i;

	for (i = 0; i < 100; i++) {
		wp_write_used(&f->w, 0, c[0].id, 1, WP_AVAIL | WP_USED);
		KUNIT_EXPECT_TRUE(test, virtqueue_poll(f->vq, pos));
		KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
		wp_write_used(&f->w, 0, c[0].id, 1, WP_AVAIL);
		hostile_expect_nothing(f);
		KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, pos));
	}
	hostile_expect_honest_end(f, c);
}

/* 2.8.1: used descriptors stand in ring order; one farther on is not seen. */
static void used_farther_on(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 1; i < f->p->num; i++)
		wp_write_used(&f->w, i, c[0].id, 1, WP_AVAIL | WP_USED);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* The whole ring used, by one buffer: good the first time. */
static void whole_ring_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 0; i < f->p->num; i++)
		wp_write_used(&f->w, i, c[0].id, 1, WP_AVAIL | WP_USED);
	hostile_expect_get(f, 0, 1);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/*
 * A used descriptor for each descriptor of a chain instead of one (2.8.6):
 * the driver goes on behind the chain.
 */
static void each_part_of_chain_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	if (f->p->indirect)
		kunit_skip(test, "an indirect buffer takes one descriptor");
	for (i = 0; i < c[0].ring_descs; i++)
		wp_write_used(&f->w, i, c[0].id, 1, WP_AVAIL | WP_USED);
	wp_skip(&f->w, c[0].ring_descs);
	hostile_expect_get(f, 0, 1);
	hostile_expect_nothing(f);
	hostile_lie_chain(f, &c[1], 1);
	hostile_expect_get(f, 1, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
}

/* The device goes on by one descriptor where the chain has two. */
static void chain_skipped_short(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	if (f->p->indirect)
		kunit_skip(test, "an indirect buffer takes one descriptor");
	wp_write_used(&f->w, 0, c[0].id, 1, WP_AVAIL | WP_USED);
	wp_write_used(&f->w, 1, c[1].id, 1, WP_AVAIL | WP_USED);
	hostile_expect_get(f, 0, 1);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING - 1);
}

/* The device thinks that it is in the next lap one descriptor too early. */
static void wraps_too_early(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;

	ring_cycle(f, f->p->num - 1);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	wp_write_used(&f->w, 0, c.id, 1, 0);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_lie_chain(f, &c, 1);
	hostile_expect_get(f, 0, 1);
	hostile_expect_removable(f);
}

/* The used descriptors of a lap, left as they are, mean nothing in the next. */
static void old_laps_mean_nothing(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;

	for (i = 0; i < 4 * f->p->num; i++) {
		ring_cycle(f, 1);
		hostile_expect_nothing(f);
		KUNIT_ASSERT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	}
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_removable(f);
}

/* "Used" on an empty ring, in the second lap. */
static void used_on_empty_ring_second_lap(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_cycle(f, f->p->num);
	wp_write_used(&f->w, f->p->num, 0, 0, 0);
	hostile_expect_broken(f, VQ_ERR_STALE);
}

/* 2.8.16: what is available is overwritten before the device has seen it. */
static void overwritten_before_use(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_desc d = { .addr = ~0ULL, .len = U32_MAX, .id = 0x5555,
			       .flags = WP_AVAIL | WALK_NEXT };
	struct walk_chain c;

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	wp_write_desc(&f->w, f->w.desc, 0, &d);
	wp_write_desc(&f->w, f->w.desc, 1, &d);
	hostile_lie(f, c.id, 1, c.ring_descs);
	hostile_expect_get(f, 0, 1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	hostile_expect_removable(f);
}

/* Free descriptors are written: the driver fills in all of one it uses. */
static void free_descriptors_scribbled(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_desc d = { .addr = ~0ULL, .len = 1, .id = 0x5555,
			       .flags = U16_MAX ^ (WP_AVAIL | WP_USED) };
	struct walk_chain c;
	unsigned int i;

	for (i = 0; i < f->p->num; i++)
		wp_write_desc(&f->w, f->w.desc, i, &d);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 2), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, 1, 2);
	KUNIT_EXPECT_LT(test, c.id, f->p->num);
	hostile_lie_chain(f, &c, 0);
	hostile_expect_get(f, 0, 0);
	hostile_expect_removable(f);
}

/* 2.8.10: the driver's own event structure, rewritten, is not read back. */
static void driver_event_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct wp_event e;

	memset(f->w.avail, 0xff, WP_EVENT_SIZE);
	virtqueue_disable_cb(f->vq);
	wp_driver_event(&f->w, &e);
	KUNIT_EXPECT_EQ(test, e.flags, WP_DISABLE);
	hostile_expect_honest_end(f, c);
}

/* 2.8.10: value 3 of the device's event flags is reserved; so is the rest. */
static void device_event_reserved(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;

	for (i = 0; i < 0x10000; i += 252) {
		wp_write_event(&f->w, i, i | WP_RESERVED);
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
		KUNIT_ASSERT_TRUE(test, virtqueue_kick_prepare(f->vq));
		KUNIT_ASSERT_EQ(test, walk_drain(&f->w), 1);
		hostile_expect_get(f, 0, 0);
	}
	hostile_expect_removable(f);
}

/* Reserved bits beside a value that means something do not change it. */
static void device_event_reserved_bits(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int bit;

	for (bit = 2; bit < 16; bit++) {
		wp_write_event(&f->w, 0, WP_DISABLE | BIT(bit));
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
		KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
		KUNIT_ASSERT_EQ(test, walk_drain(&f->w), 1);
		hostile_expect_get(f, 0, 0);
	}
	hostile_expect_removable(f);
}

/* 2.8.10: a descriptor event that was not negotiated means notify. */
static void device_event_not_negotiated(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	if (f->p->event_idx)
		kunit_skip(test, "EVENT_IDX was negotiated");
	wp_write_event(&f->w, WP_EVENT_WRAP | (f->p->num - 1), WP_AT_DESC);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	hostile_expect_removable(f);
}

#define ON_ALL(f)	KUNIT_CASE_PARAM(f, all_gen_params)

static struct kunit_case hostile_cases[] = {
	ON_ALL(flags_of_next_lap),
	ON_ALL(flags_only_used),
	ON_ALL(flags_only_avail),
	ON_ALL(flags_all_but_used),
	ON_ALL(flags_of_lap_before),
	ON_ALL(flags_with_all_else_set),
	ON_ALL(flags_with_next),
	ON_ALL(len_without_write),
	ON_ALL(write_on_readable_buffer),
	ON_ALL(flags_flip_back),
	ON_ALL(used_farther_on),
	ON_ALL(whole_ring_used),
	ON_ALL(each_part_of_chain_used),
	ON_ALL(chain_skipped_short),
	ON_ALL(wraps_too_early),
	ON_ALL(old_laps_mean_nothing),
	ON_ALL(used_on_empty_ring_second_lap),
	ON_ALL(overwritten_before_use),
	ON_ALL(free_descriptors_scribbled),
	ON_ALL(driver_event_rewritten),
	ON_ALL(device_event_reserved),
	ON_ALL(device_event_reserved_bits),
	ON_ALL(device_event_not_negotiated),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "virtio_packed_hostile",
	.test_cases = hostile_cases,
};

kunit_test_suites(&hostile_suite);

MODULE_DESCRIPTION("Unit tests of the packed ring against a hostile device");
MODULE_LICENSE("GPL");
