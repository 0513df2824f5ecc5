// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_notify: who tells whom, and when
 *
 * Notifications to the device (VIRTIO 1.4, 2.7.10, 2.7.13.4) and interrupts
 * from it (2.7.7), with flags and with the event index.  What the device
 * must or should do is decided by walk_split.c from what the driver wrote;
 * what the driver must do stands in the tables here, worked out by hand.
 */
#include <linux/module.h>

#include "ring_fix.h"

static const unsigned int notify_sizes[] = { 8 };

static const struct ring_param notify_more[] = {
	{ .num = 1, .event_idx = true },
	{ .num = 256, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 32768, .modern = true, .event_idx = true },
};

static struct ring_kinds notify_kinds = {
	.sizes = notify_sizes,
	.num_sizes = ARRAY_SIZE(notify_sizes),
	.more = notify_more,
	.num_more = ARRAY_SIZE(notify_more),
};

static const void *notify_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&notify_kinds, prev, desc);
}

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

/* Add @num buffers of one element. */
static void add_some(struct ring_fix *f, unsigned int num)
{
	while (num--)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, 0, 1, 0), 0);
}

/* The device takes and gives back all that is there, then the driver. */
static unsigned int drain(struct ring_fix *f)
{
	struct walk_chain c;
	unsigned int got = 0;
	u32 len;

	while (walk_pop(&f->w, &c))
		walk_push(&f->w, c.id, 0);
	while (ring_get(f, &len) >= 0)
		got++;
	return got;
}

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
		add_some(f, s->add);
		ws_set_avail_event(&f->w, s->event);
		KUNIT_EXPECT_EQ_MSG(test, virtqueue_kick_prepare(f->vq),
				    s->notify, "%u + %u, event %u", s->start,
				    s->add, s->event);
		KUNIT_ASSERT_EQ(test, drain(f), s->add);
		at = s->start + s->add;
	}
}

/* The device may not write used flags with the event index: 2.7.10.1. */
static void kick_ignores_flags_with_event_index(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ws_set_avail_event(&f->w, 0);
	ws_set_used_flags(&f->w, 1);
	add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
}

static void kick_with_flags(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	int i;

	for (i = 0; i < 6; i++) {
		ws_set_no_notify(&f->w, i & 1);
		add_some(f, 2);
		KUNIT_EXPECT_EQ(test, virtqueue_kick_prepare(f->vq), !(i & 1));
		KUNIT_ASSERT_EQ(test, drain(f), 2);
	}
}

/* Without the event index, where avail_event would stand means nothing. */
static void kick_ignores_event_without(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ws_set_avail_event(&f->w, 0x5555);
	add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	ws_set_no_notify(&f->w, true);
	ws_set_avail_event(&f->w, 1);
	add_some(f, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
}

/* Many buffers, one kick, one notification; none before the kick. */
static void one_notification_per_batch(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num;

	ws_set_avail_event(&f->w, num - 1);
	add_some(f, num);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), num);
}

/* virtqueue_kick() that need not notify succeeds all the same. */
static void suppressed_kick_succeeds(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ws_set_avail_event(&f->w, 0x8000);
	if (!f->p->event_idx)
		ws_set_no_notify(&f->w, true);
	add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 1);
}

/*
 * With a full ring nothing new is made available, so no notification is due
 * (2.7.13.4); what was added must be reachable for a device that polls.
 */
static void full_ring_does_not_notify(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	add_some(f, f->p->num);
	KUNIT_EXPECT_EQ(test, ring_add(f, 1, 1, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), f->p->num);
}

/* A driver with a callback wants the first interrupt from the start. */
static void interrupts_wanted_at_start(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u16 old = f->w.s.used_idx;
	struct walk_chain c;

	add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_TRUE(test, walk_must_interrupt(&f->w, old));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
}

/* Each batch taken asks for an interrupt with the next buffer by itself. */
static void interrupts_go_on(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len;
	u16 old;
	int i;

	for (i = 0; i < 3 * (int)min(f->p->num, 100u) + 10; i++) {
		add_some(f, 1);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		old = f->w.s.used_idx;
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_TRUE(test, walk_must_interrupt(&f->w, old));
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), -1);
	}
}

/* Does the device owe an interrupt for @num more buffers? */
static bool interrupts_for(struct ring_fix *f, unsigned int num)
{
	u16 old = f->w.s.used_idx;
	struct walk_chain c;

	while (num--) {
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
	}
	return walk_must_interrupt(&f->w, old);
}

static void disable_then_enable(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 len;

	if (f->p->num < 4)
		kunit_skip(test, "needs a queue of four entries");
	add_some(f, 4);
	virtqueue_kick(f->vq);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_EQ(test, ws_avail_flags(&f->w), !f->p->event_idx);
	KUNIT_EXPECT_FALSE(test, interrupts_for(f, 1));
	/* One is waiting: enabling says so. */
	KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb(f->vq));
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	KUNIT_EXPECT_EQ(test, ws_avail_flags(&f->w), 0);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
	/* Off again, with the last one taken and two to come. */
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_FALSE(test, interrupts_for(f, 2));
}

/* 2.7.7: disabled interrupts stay away, however far the index runs. */
static void disabled_for_long(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, wanted = 0;
	u16 old;

	virtqueue_disable_cb(f->vq);
	for (i = 0; i < 70000; i++) {
		old = f->w.s.used_idx;
		ring_cycle(f, 1);
		wanted += walk_must_interrupt(&f->w, old);
	}
	KUNIT_EXPECT_EQ(test, wanted, 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
}

/* A buffer used between asking and looking is seen by the look. */
static void prepare_then_poll(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int mark;
	u32 len;

	add_some(f, 1);
	virtqueue_kick(f->vq);
	virtqueue_disable_cb(f->vq);
	mark = virtqueue_enable_cb_prepare(f->vq);
	KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, mark));
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
	KUNIT_EXPECT_TRUE(test, virtqueue_poll(f->vq, mark));
	KUNIT_EXPECT_TRUE(test, virtqueue_poll(f->vq, mark));
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	mark = virtqueue_enable_cb_prepare(f->vq);
	KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, mark));
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, mark));
}

/* The delayed interrupt comes at the latest with the last buffer out. */
static void enable_delayed(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int out, num = min(f->p->num, 64u);
	u16 last = 0;

	for (out = 1; out <= num; out++) {
		add_some(f, out);
		virtqueue_kick(f->vq);
		virtqueue_disable_cb(f->vq);
		KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb_delayed(f->vq));
		if (f->p->event_idx)
			KUNIT_EXPECT_LT(test,
					(u16)(ws_used_event(&f->w) - last),
					out);
		KUNIT_EXPECT_TRUE(test, interrupts_for(f, out));
		KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb_delayed(f->vq));
		KUNIT_ASSERT_EQ(test, drain(f), out);
		last += out;
	}
}

/* With nothing out, "delayed" still means the next buffer. */
static void enable_delayed_when_empty(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_cycle(f, 3);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb_delayed(f->vq));
	add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
}

/* Without a callback nobody wants an interrupt: flags say so (2.7.7). */
static void no_callback_no_interrupts(struct kunit *test)
{
	struct ring_param p = *(const struct ring_param *)test->param_value;
	struct ring_fix *f;

	p.no_callback = true;
	f = ring_new(test, &p);
	ring_start(f);
	KUNIT_EXPECT_EQ(test, ws_avail_flags(&f->w), !p.event_idx);
	add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, drain(f), 1);
	ring_remove(f);
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE_PARAM(kick_with_event_index, event_gen_params),
	KUNIT_CASE_PARAM(kick_ignores_flags_with_event_index,
			 event_gen_params),
	KUNIT_CASE_PARAM(kick_with_flags, flag_gen_params),
	KUNIT_CASE_PARAM(kick_ignores_event_without, flag_gen_params),
	KUNIT_CASE_PARAM(one_notification_per_batch, notify_gen_params),
	KUNIT_CASE_PARAM(suppressed_kick_succeeds, notify_gen_params),
	KUNIT_CASE_PARAM(full_ring_does_not_notify, notify_gen_params),
	KUNIT_CASE_PARAM(interrupts_wanted_at_start, notify_gen_params),
	KUNIT_CASE_PARAM(interrupts_go_on, notify_gen_params),
	KUNIT_CASE_PARAM(disable_then_enable, notify_gen_params),
	KUNIT_CASE_PARAM(disabled_for_long, event_gen_params),
	KUNIT_CASE_PARAM(prepare_then_poll, notify_gen_params),
	KUNIT_CASE_PARAM(enable_delayed, notify_gen_params),
	KUNIT_CASE_PARAM(enable_delayed_when_empty, notify_gen_params),
	KUNIT_CASE_PARAM(no_callback_no_interrupts, notify_gen_params),
	{}
};

static struct kunit_suite notify_suite = {
	.name = "virtio_split_notify",
	.test_cases = notify_cases,
};

kunit_test_suites(&notify_suite);

MODULE_DESCRIPTION("Unit tests of notifications of the split ring");
MODULE_LICENSE("GPL");
