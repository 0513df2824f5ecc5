// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_notify: interrupts, and notifications in general
 *
 * What holds for both layouts: when the driver has to be interrupted (VIRTIO
 * 1.4, 2.7.7, 2.8.10), and that nothing is lost between a kick and a sleep.
 * What the device owes is decided by the walkers, from what the driver wrote
 * into the ring.
 */
#include <linux/module.h>
#include <linux/virtio_ring.h>

#include <virtqueue_ext.h>
#include "ring_fix.h"

static const struct ring_param long_params[] = {
	{ .num = 8 },
	{ .num = 8, .event_idx = true },
	{ .num = 8, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 8, .in_order = true, .event_idx = true },
	{ .num = 256, .modern = true, .event_idx = true },
	{ .num = 32768, .modern = true, .event_idx = true },
	{ .num = 8, .packed = true },
	{ .num = 1, .packed = true, .event_idx = true },
	{ .num = 7, .packed = true, .event_idx = true },
	{ .num = 8, .packed = true, .in_order = true, .event_idx = true },
	{ .num = 256, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 32767, .packed = true, .event_idx = true },
};

KUNIT_ARRAY_PARAM(long, long_params, ring_param_desc);

/* 2.7.7.1: 0 or 1, and 0 with EVENT_IDX; 2.8.10: ENABLE, DISABLE, DESC. */
static void expect_flags(struct ring_fix *f, u16 split, u16 packed)
{
	struct wp_event e;

	if (!f->p->packed) {
		KUNIT_EXPECT_EQ(f->test, ws_avail_flags(&f->w), split);
		return;
	}
	wp_driver_event(&f->w, &e);
	KUNIT_EXPECT_EQ(f->test, e.flags, packed);
}

/* Many buffers, one kick, one notification; none before the kick. */
static void one_notification_per_batch(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int num = f->p->num;

	walk_ask_notify(&f->w, WALK_NOTIFY_ALL, 0);
	ring_add_some(f, num);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), num);
}

/* virtqueue_kick() that need not notify succeeds all the same. */
static void suppressed_kick_succeeds(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	walk_ask_notify(&f->w, WALK_NOTIFY_NONE, 0);
	ring_add_some(f, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 1);
}

/*
 * With a full ring nothing new is made available, so no notification is due
 * (2.7.13.4, 2.8.21.2); what was added must be reachable for a device that polls.
 */
static void full_ring_does_not_notify(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_add_some(f, f->p->num);
	KUNIT_EXPECT_EQ(test, ring_add(f, 1, 1, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), f->p->num);
}

/* A driver with a callback wants the first interrupt from the start. */
static void interrupts_wanted_at_start(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 mark = walk_mark(&f->w);
	struct walk_chain c;

	ring_add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_TRUE(test, walk_must_interrupt(&f->w, mark));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
}

/* Each batch taken asks for an interrupt with the next buffer by itself. */
static void interrupts_go_on(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len;
	u32 mark;
	int i;

	for (i = 0; i < 3 * (int)min(f->p->num, 100u) + 10; i++) {
		ring_add_some(f, 1);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		mark = walk_mark(&f->w);
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_TRUE(test, walk_must_interrupt(&f->w, mark));
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), -1);
	}
}

/* Does the device owe an interrupt for @num more buffers? */
static bool interrupts_for(struct ring_fix *f, unsigned int num)
{
	u32 mark = walk_mark(&f->w);
	struct walk_chain c;

	while (num--) {
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
	}
	return walk_must_interrupt(&f->w, mark);
}

static void disable_then_enable(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	u32 len;

	if (f->p->num < 4)
		kunit_skip(test, "needs a queue of four entries");
	ring_add_some(f, 4);
	virtqueue_kick(f->vq);
	virtqueue_disable_cb(f->vq);
	expect_flags(f, !f->p->event_idx, WP_DISABLE);
	KUNIT_EXPECT_FALSE(test, interrupts_for(f, 1));
	/* One is waiting: enabling says so. */
	KUNIT_EXPECT_FALSE(test, virtqueue_enable_cb(f->vq));
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	expect_flags(f, 0, f->p->event_idx ? WP_AT_DESC : WP_ENABLE);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
	/* Off again, with the last one taken and two to come. */
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_FALSE(test, interrupts_for(f, 2));
}

/* How often does the device want to interrupt while @num buffers pass? */
static unsigned int interrupts_while(struct ring_fix *f, unsigned int num)
{
	unsigned int wanted = 0;
	u32 mark;

	while (num--) {
		mark = walk_mark(&f->w);
		ring_cycle(f, 1);
		wanted += walk_must_interrupt(&f->w, mark);
	}
	return wanted;
}

/* 2.7.7, 2.8.10: disabled interrupts stay away, however far it goes. */
static void disabled_for_long(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_EQ(test, interrupts_while(f, 70000), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	ring_add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
}

/*
 * Disabled from the callback, when the device has passed what it was asked to
 * interrupt at: not met again, one lap or two later or after 65536 buffers.
 */
static void passed_event_stays_passed(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int round;
	u32 len;

	for (round = 0; round < 3; round++) {
		KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
		ring_add_some(f, 1);
		virtqueue_kick(f->vq);
		KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
		KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
		virtqueue_disable_cb(f->vq);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
		KUNIT_EXPECT_EQ(test, interrupts_while(f, 66000), 0);
	}
}

/* The same with the driver a whole ring behind the device. */
static void passed_event_far_ahead(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i, wanted = 0, num = f->p->num;
	u32 mark, len;

	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	ring_add_some(f, num);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, num));
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	virtqueue_disable_cb(f->vq);
	for (i = 0; i < 70000; i++) {
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
		ring_add_some(f, 1);
		virtqueue_kick_prepare(f->vq);
		mark = walk_mark(&f->w);
		walk_drain(&f->w);
		wanted += walk_must_interrupt(&f->w, mark);
	}
	KUNIT_EXPECT_EQ(test, wanted, 0);
}

/* A buffer used between asking and looking is seen by the look. */
static void prepare_then_poll(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int mark;
	u32 len;

	ring_add_some(f, 1);
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

/*
 * With @out buffers out, each of @elems elements: which of them, from 1, is
 * the first that the device has to interrupt for?
 */
static unsigned int delayed_until(struct ring_fix *f, unsigned int out,
				  unsigned int elems)
{
	struct walk_chain c;
	unsigned int i;
	bool due = false;
	u32 mark;

	for (i = 0; i < out; i++)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, 0, elems, 0), 0);
	virtqueue_kick(f->vq);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_TRUE(f->test, virtqueue_enable_cb_delayed(f->vq));
	for (i = 0; i < out && !due; i++) {
		mark = walk_mark(&f->w);
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
		due = walk_must_interrupt(&f->w, mark);
	}
	walk_drain(&f->w);
	KUNIT_EXPECT_TRUE(f->test, due);
	KUNIT_EXPECT_FALSE(f->test, virtqueue_enable_cb_delayed(f->vq));
	KUNIT_ASSERT_EQ(f->test, ring_finish(f), out);
	return i;
}

/*
 * At each fill level, from each place in the ring: at the latest with the last
 * buffer; with the event index not before half of them are back.
 */
static void enable_delayed(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int out, at, elems;

	for (elems = 1; elems <= min(f->p->num, 2u); elems++)
		for (out = 1; out <= min(f->p->num / elems, 40u); out++) {
			at = delayed_until(f, out, elems);
			KUNIT_EXPECT_LE(test, at, out);
			KUNIT_EXPECT_GE(test, at, f->p->event_idx ?
						  (out + 1) / 2 : 1);
		}
}

/* With nothing out, "delayed" still means the next buffer. */
static void enable_delayed_when_empty(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_cycle(f, 3);
	virtqueue_disable_cb(f->vq);
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb_delayed(f->vq));
	ring_add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_TRUE(test, interrupts_for(f, 1));
}

/*
 * With @out buffers out, and one more taken with callbacks on: which of them,
 * from 1, is the first that the device has to interrupt for?
 */
static unsigned int moderated_until(struct ring_fix *f, unsigned int out)
{
	struct walk_chain c;
	unsigned int i;
	bool due = false;
	u32 mark, len;

	ring_add_some(f, out + 1);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	KUNIT_ASSERT_GE(f->test, ring_get(f, &len), 0);
	KUNIT_ASSERT_EQ(f->test, ring_get(f, &len), -1);
	for (i = 0; i < out && !due; i++) {
		mark = walk_mark(&f->w);
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 0);
		due = walk_must_interrupt(&f->w, mark);
	}
	walk_drain(&f->w);
	KUNIT_EXPECT_TRUE(f->test, due);
	KUNIT_ASSERT_EQ(f->test, ring_finish(f), out);
	return i;
}

/*
 * 2.7.10, 2.8.10: with the event index the driver chooses the buffer.  Behind
 * a quarter of what is out, and behind as many as it was told.
 */
static void moderated(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int out, most;

	KUNIT_ASSERT_TRUE(test, virtqueue_enable_cb(f->vq));
	for (most = 0; most < 8; most += 7) {
		virtqueue_ext_moderate(f->vq, most);
		for (out = 1; out < min(f->p->num, 40u); out++)
			KUNIT_EXPECT_EQ(test, moderated_until(f, out),
					f->p->event_idx ?
					min(out / 4, most) + 1 : 1);
	}
}

/* A driver that asks for the next used buffer hears of it all the same. */
static void moderated_but_asked(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	virtqueue_ext_moderate(f->vq, U16_MAX);
	ring_add_some(f, f->p->num);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, virtqueue_enable_cb(f->vq));
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
	expect_flags(f, !p.event_idx, WP_DISABLE);
	ring_add_some(f, 1);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, ring_finish(f), 1);
	ring_remove(f);
}

/*
 * Taking what is known to be used arms the next interrupt (2.7.7, 2.8.14): a
 * disable after that must not take the interrupt before for this one.
 */
static void disable_after_taking(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain a, b;
	u32 len, mark;

	if (!f->p->event_idx || f->p->num < 2)
		kunit_skip(test, "needs the event index and two buffers");
	KUNIT_ASSERT_TRUE(test, virtqueue_enable_cb(f->vq));
	ring_add_some(f, 2);
	virtqueue_kick_prepare(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &a));
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &b));
	walk_push(&f->w, a.id, 0);
	KUNIT_ASSERT_EQ(test, vring_interrupt(0, f->vq), IRQ_HANDLED);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), -1);
	virtqueue_disable_cb(f->vq);
	mark = walk_mark(&f->w);
	walk_push(&f->w, b.id, 0);
	KUNIT_EXPECT_FALSE_MSG(test, walk_must_interrupt(&f->w, mark),
			       "stray match after disable_cb");
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	ring_remove(f);
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE_PARAM(disable_after_taking, ring_some_gen_params),
	KUNIT_CASE_PARAM(one_notification_per_batch, ring_some_gen_params),
	KUNIT_CASE_PARAM(suppressed_kick_succeeds, ring_some_gen_params),
	KUNIT_CASE_PARAM(full_ring_does_not_notify, ring_some_gen_params),
	KUNIT_CASE_PARAM(interrupts_wanted_at_start, ring_some_gen_params),
	KUNIT_CASE_PARAM(interrupts_go_on, ring_some_gen_params),
	KUNIT_CASE_PARAM(disable_then_enable, ring_some_gen_params),
	KUNIT_CASE_PARAM(disabled_for_long, long_gen_params),
	KUNIT_CASE_PARAM(passed_event_stays_passed, long_gen_params),
	KUNIT_CASE_PARAM(passed_event_far_ahead, long_gen_params),
	KUNIT_CASE_PARAM(prepare_then_poll, ring_some_gen_params),
	KUNIT_CASE_PARAM(enable_delayed, ring_some_gen_params),
	KUNIT_CASE_PARAM(enable_delayed_when_empty, ring_some_gen_params),
	KUNIT_CASE_PARAM(moderated, ring_some_gen_params),
	KUNIT_CASE_PARAM(moderated_but_asked, ring_some_gen_params),
	KUNIT_CASE_PARAM(no_callback_no_interrupts, ring_some_gen_params),
	{}
};

static struct kunit_suite notify_suite = {
	.name = "virtio_ring_notify",
	.test_cases = notify_cases,
};

kunit_test_suites(&notify_suite);

MODULE_DESCRIPTION("Unit tests of interrupts of the rings");
MODULE_LICENSE("GPL");
