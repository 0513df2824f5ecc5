// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_packed_notify: the two event suppression structures
 *
 * Which descriptor makes the driver notify the device, and what the driver
 * says about interrupts (VIRTIO 1.4, 2.8.10, 2.8.14, 2.8.21.2).  What holds
 * for both layouts is in virtio_ring_notify.
 */
#include <linux/module.h>

#include "ring_fix.h"

static const struct ring_param event_params[] = {
	{ .num = 8, .packed = true, .event_idx = true },
	{ .num = 8, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 8, .packed = true, .in_order = true, .event_idx = true },
};

static const struct ring_param place_params[] = {
	{ .num = 1, .packed = true, .event_idx = true },
	{ .num = 2, .packed = true, .event_idx = true },
	{ .num = 3, .packed = true, .event_idx = true },
	{ .num = 7, .packed = true, .event_idx = true },
	{ .num = 8, .packed = true, .event_idx = true, .indirect = true },
};

static const struct ring_param mode_params[] = {
	{ .num = 8, .packed = true },
	{ .num = 8, .packed = true, .event_idx = true },
	{ .num = 7, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 1, .packed = true, .event_idx = true },
	{ .num = 32768, .packed = true, .event_idx = true },
};

KUNIT_ARRAY_PARAM(event, event_params, ring_param_desc);
KUNIT_ARRAY_PARAM(place, place_params, ring_param_desc);
KUNIT_ARRAY_PARAM(mode, mode_params, ring_param_desc);

#define W	0x8000

/**
 * struct kick_step - descriptors @start to @start + @add - 1 become available
 * @start: descriptors that went through before; 8 in a lap
 * @add: how many
 * @event: the one that the device asks for: offset, and W in odd laps
 * @notify: is it one of these?
 */
struct kick_step {
	u32 start;
	unsigned int add;
	u16 event;
	bool notify;
};

static const struct kick_step kick_steps[] = {
	/* The first three of the first lap. */
	{ 0, 3, 0 | W, true },
	{ 0, 3, 1 | W, true },
	{ 0, 3, 2 | W, true },
	{ 0, 3, 3 | W, false },
	{ 0, 3, 7 | W, false },
	{ 0, 3, 0, false },
	{ 0, 3, 2, false },
	{ 0, 3, 7, false },
	/* 6 and 7 of one lap, 0 and 1 of the next. */
	{ 6, 4, 5 | W, false },
	{ 6, 4, 6 | W, true },
	{ 6, 4, 7 | W, true },
	{ 6, 4, 0, true },
	{ 6, 4, 1, true },
	{ 6, 4, 2, false },
	{ 6, 4, 0 | W, false },
	{ 6, 4, 1 | W, false },
	{ 6, 4, 6, false },
	{ 6, 4, 7, false },
	/* The last of a lap, and the first of one. */
	{ 7, 1, 7 | W, true },
	{ 7, 1, 7, false },
	{ 7, 1, 0, false },
	{ 8, 1, 0, true },
	{ 8, 1, 0 | W, false },
	{ 8, 1, 7 | W, false },
	{ 8, 1, 1, false },
	/* Out of the second lap. */
	{ 14, 4, 5, false },
	{ 14, 4, 6, true },
	{ 14, 4, 7, true },
	{ 14, 4, 0 | W, true },
	{ 14, 4, 1 | W, true },
	{ 14, 4, 2 | W, false },
	{ 14, 4, 0, false },
	/* As many as the ring has: all of one wrap counter or the other. */
	{ 8, 8, 0, true },
	{ 8, 8, 7, true },
	{ 8, 8, 0 | W, false },
	{ 8, 8, 7 | W, false },
	{ 14, 8, 6, true },
	{ 14, 8, 5 | W, true },
	{ 14, 8, 5, false },
	{ 14, 8, 6 | W, false },
};

/* Go on from descriptor *@at of two laps to @start. */
static void go_to(struct ring_fix *f, u32 *at, u32 start)
{
	u32 twice = 2 * f->p->num;

	ring_cycle(f, (start + twice - *at % twice) % twice);
	*at = start;
}

/* 2.8.10, 2.8.21.2: notify when the descriptor asked for was among them. */
static void kick_at_a_descriptor(struct kunit *test)
{
	const struct kick_step *s = kick_steps;
	struct ring_fix *f = ring_setup(test);
	u32 at = 0;

	for (; s < kick_steps + ARRAY_SIZE(kick_steps); s++) {
		wp_write_event(&f->w, 0, WP_ENABLE);
		go_to(f, &at, s->start);
		ring_add_some(f, s->add);
		wp_write_event(&f->w, s->event, WP_AT_DESC);
		KUNIT_EXPECT_EQ_MSG(test, virtqueue_kick_prepare(f->vq),
				    s->notify, "%u + %u, event %x", s->start,
				    s->add, s->event);
		KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
		ring_finish(f);
		at += s->add;
	}
}

/* The same for each event at each start; as buffers, or as one chain. */
static void kick_everywhere(struct kunit *test, bool chain)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num, add, place, wrong = 0;
	u32 at = 0, start, i;
	bool want;

	for (i = 0; i < 4 * num * num * num; i++) {
		start = i % (2 * num);
		place = i / (2 * num) % (2 * num);
		add = 1 + i / (4 * num * num);
		want = (place + 2 * num - start) % (2 * num) < add;
		go_to(f, &at, start);
		if (chain)
			KUNIT_ASSERT_EQ(test, ring_add(f, 0, add, 0), 0);
		else
			ring_add_some(f, add);
		wp_ask_at(&f->w, place);
		wrong += virtqueue_kick_prepare(f->vq) != want;
		ring_finish(f);
		at += add;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void kick_at_every_place(struct kunit *test)
{
	kick_everywhere(test, false);
}

/* 2.8.10 speaks of descriptors: one inside of a chain counts as well. */
static void kick_inside_of_a_chain(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	if (p->indirect)
		kunit_skip(test, "a table takes one descriptor of the ring");
	kick_everywhere(test, true);
}

/* 2.8.10: ENABLE and DISABLE, with any offset beside them. */
static void kick_with_flags(struct kunit *test)
{
	static const u16 beside[] = { 0, 1, W, 0x7fff, 0xffff };
	struct ring_fix *f = ring_setup(test);
	unsigned int i;

	for (i = 0; i < 4 * ARRAY_SIZE(beside); i++) {
		wp_write_event(&f->w, beside[i / 4],
			       i & 1 ? WP_DISABLE : WP_ENABLE);
		ring_add_some(f, 1);
		KUNIT_EXPECT_EQ(test, virtqueue_kick_prepare(f->vq), !(i & 1));
		ring_finish(f);
	}
}

/* 2.8.14: 14 bits of the flags are reserved; no driver may count on them. */
static void kick_ignores_reserved_bits(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	wp_write_event(&f->w, 0, 0xfffc | WP_DISABLE);
	ring_add_some(f, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	ring_finish(f);
	wp_write_event(&f->w, 0, 0xfffc | WP_ENABLE);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
}

/*
 * 2.8.10: 3 is reserved, and a descriptor can be asked for with EVENT_IDX
 * only.  Too many notifications hurt nobody, one too few does.
 */
static void kick_on_what_means_nothing(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	wp_write_event(&f->w, 5 | W, WP_RESERVED);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	if (f->p->event_idx)
		return;
	wp_write_event(&f->w, 5 | W, WP_AT_DESC);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
}

/* Nothing new, nothing to say, whatever the device asks for. */
static void kick_without_buffers(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	ring_finish(f);
	ring_cycle(f, 3);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
}

/* 2.8.21: available with the add, before anybody kicks. */
static void available_without_a_kick(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_add_some(f, 1);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 1);
}

static void expect_driver_event(struct ring_fix *f, u16 desc, u16 flags)
{
	struct wp_event e;

	wp_driver_event(&f->w, &e);
	KUNIT_EXPECT_EQ(f->test, e.flags, flags);
	if (flags == WP_AT_DESC)
		KUNIT_EXPECT_EQ(f->test, e.desc, desc);
}

/*
 * Interrupts for all buffers at first: no descriptor needs to be named while
 * nobody ever disabled them.  The first virtqueue_enable_cb() changes to one.
 */
static void modes_of_interrupts(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u16 mode = f->p->event_idx ? WP_AT_DESC : WP_ENABLE;

	expect_driver_event(f, 0, WP_ENABLE);
	ring_add_some(f, 1);
	ring_finish(f);
	expect_driver_event(f, 0, WP_ENABLE);
	virtqueue_disable_cb(f->vq);
	expect_driver_event(f, 0, WP_DISABLE);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_driver_event(f, f->p->num == 1 ? 0 : 1 | W, mode);
	virtqueue_disable_cb(f->vq);
	expect_driver_event(f, 0, WP_DISABLE);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb_delayed(f->vq));
	expect_driver_event(f, f->p->num == 1 ? 0 : 1 | W, mode);
}

/* The event moves with what the driver takes, through the wraps (2.8.10). */
static void event_moves_along(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num, i;

	if (!f->p->event_idx)
		kunit_skip(test, "EVENT_IDX was not negotiated");
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	for (i = 1; i < min(5 * num, 1000u) + 2; i++) {
		ring_add_some(f, 1);
		ring_finish(f);
		expect_driver_event(f, i % num | (i / num % 2 ? 0 : W),
				    WP_AT_DESC);
	}
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE_PARAM(kick_at_a_descriptor, event_gen_params),
	KUNIT_CASE_PARAM(kick_at_every_place, place_gen_params),
	KUNIT_CASE_PARAM(kick_inside_of_a_chain, place_gen_params),
	KUNIT_CASE_PARAM(kick_with_flags, mode_gen_params),
	KUNIT_CASE_PARAM(kick_ignores_reserved_bits, mode_gen_params),
	KUNIT_CASE_PARAM(kick_on_what_means_nothing, mode_gen_params),
	KUNIT_CASE_PARAM(kick_without_buffers, mode_gen_params),
	KUNIT_CASE_PARAM(available_without_a_kick, mode_gen_params),
	KUNIT_CASE_PARAM(modes_of_interrupts, mode_gen_params),
	KUNIT_CASE_PARAM(event_moves_along, mode_gen_params),
	{}
};

static struct kunit_suite notify_suite = {
	.name = "virtio_packed_notify",
	.test_cases = notify_cases,
};

kunit_test_suites(&notify_suite);

MODULE_DESCRIPTION("Unit tests of notifications of the packed ring");
MODULE_LICENSE("GPL");
