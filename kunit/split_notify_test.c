// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_notify: which entries the device is told of
 *
 * Notifications to the device (VIRTIO 1.4, 2.7.10, 2.7.13.4) with flags and
 * with the event index.  What the driver must do stands in the tables here,
 * worked out by hand.  What holds for both layouts, and interrupts, are in
 * virtio_ring_notify.
 */
#include <linux/module.h>

#include "ring_fix.h"

static const struct ring_param event_params[] = {
	{ .num = 8, .event_idx = true },
	{ .num = 8, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 256, .modern = true, .event_idx = true },
};

static const struct ring_param flag_params[] = {
	{ .num = 8 },
	{ .num = 8, .modern = true, .indirect = true },
	{ .num = 256, .modern = true },
};

KUNIT_ARRAY_PARAM(event, event_params, ring_param_desc);
KUNIT_ARRAY_PARAM(flag, flag_params, ring_param_desc);

/**
 * struct kick_step - the available index goes from @start to @start + @add
 * @start: buffers that went through before
 * @add: buffers added since the last notification decision
 * @event: avail_event as the device has it
 * @notify: is @event one of the indices @start to @start + @add - 1?
 */
struct kick_step {
	u32 start;
	u16 add;
	u16 event;
	bool notify;
};

static const struct kick_step kick_steps[] = {
	/* The very first entry, asked for by an event index of 0. */
	{ 0, 1, 0, true },
	{ 0, 1, 1, false },
	{ 0, 1, 65535, false },
	/* A batch of three: 10, 11, 12. */
	{ 10, 3, 9, false },
	{ 10, 3, 10, true },
	{ 10, 3, 11, true },
	{ 10, 3, 12, true },
	{ 10, 3, 13, false },
	{ 10, 3, 32780, false },
	/* Across the wrap: 65534, 65535, 0, 1. */
	{ 65534, 4, 65533, false },
	{ 65534, 4, 65534, true },
	{ 65534, 4, 65535, true },
	{ 65534, 4, 0, true },
	{ 65534, 4, 1, true },
	{ 65534, 4, 2, false },
	/* As many as the smallest queue here can hold. */
	{ 100, 8, 99, false },
	{ 100, 8, 107, true },
	{ 100, 8, 108, false },
};

/* 2.7.10.1: must notify when an entry had the index avail_event, else not. */
static void kick_with_event_index(struct kunit *test)
{
	const struct kick_step *s = kick_steps;
	struct ring_fix *f = ring_setup(test);
	u32 at = 0;

	for (; s < kick_steps + ARRAY_SIZE(kick_steps); s++) {
		u32 skip = (u16)(s->start - at);

		ring_cycle(f, skip);
		ring_add_some(f, s->add);
		ws_set_avail_event(&f->w, s->event);
		KUNIT_EXPECT_EQ_MSG(test, virtqueue_kick_prepare(f->vq),
				    s->notify, "%u + %u, event %u", s->start,
				    s->add, s->event);
		KUNIT_ASSERT_EQ(test, ring_finish(f), s->add);
		at = s->start + s->add;
	}
}

/* The device may not write used flags with the event index: 2.7.10.1. */
static void kick_ignores_flags_with_event_index(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ws_set_avail_event(&f->w, 0);
	ws_set_used_flags(&f->w, 1);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
}

static void kick_with_flags(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	int i;

	for (i = 0; i < 6; i++) {
		ws_set_no_notify(&f->w, i & 1);
		ring_add_some(f, 2);
		KUNIT_EXPECT_EQ(test, virtqueue_kick_prepare(f->vq), !(i & 1));
		KUNIT_ASSERT_EQ(test, ring_finish(f), 2);
	}
}

/* Without the event index, where avail_event would stand means nothing. */
static void kick_ignores_event_without(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ws_set_avail_event(&f->w, 0x5555);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	ws_set_no_notify(&f->w, true);
	ws_set_avail_event(&f->w, 1);
	ring_add_some(f, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE_PARAM(kick_with_event_index, event_gen_params),
	KUNIT_CASE_PARAM(kick_ignores_flags_with_event_index,
			 event_gen_params),
	KUNIT_CASE_PARAM(kick_with_flags, flag_gen_params),
	KUNIT_CASE_PARAM(kick_ignores_event_without, flag_gen_params),
	{}
};

static struct kunit_suite notify_suite = {
	.name = "virtio_split_notify",
	.test_cases = notify_cases,
};

kunit_test_suites(&notify_suite);

MODULE_DESCRIPTION("Unit tests of notifications of the split ring");
MODULE_LICENSE("GPL");
