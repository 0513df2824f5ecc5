// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_hostile: a device that keeps to nothing
 *
 * Memory that is the driver's rewritten by the device (VIRTIO 1.4, 2.7.5.1,
 * 2.8.16), garbage where it may write, interrupts at all the wrong times,
 * doorbells that fail and a device that says nothing: on queues of both
 * layouts.  Lies about used buffers are in virtio_ring_lies.
 */
#include <linux/module.h>

#include "hostile.h"

static const unsigned int split_sizes[] = { 8 };
static const unsigned int packed_sizes[] = { 7 };

static const struct ring_param few_kinds[] = {
	{ .num = 256, .modern = true, .event_idx = true },
	{ .num = 256, .packed = true, .modern = true, .event_idx = true },
};

static struct ring_kinds all_kinds = {
	.sizes = split_sizes,
	.num_sizes = ARRAY_SIZE(split_sizes),
	.packed = packed_sizes,
	.num_packed = ARRAY_SIZE(packed_sizes),
	.product = true,
	.more = few_kinds,
	.num_more = ARRAY_SIZE(few_kinds),
};

static struct ring_kinds slow_kinds = {
	.more = few_kinds,
	.num_more = ARRAY_SIZE(few_kinds),
};

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

static const void *slow_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&slow_kinds, prev, desc);
}

/*
 * Overwrite the descriptors that are part of buffers in flight.  In the packed
 * layout the two bits that say whose a descriptor is stay: to say that one is
 * used would be another lie.
 */
static void rewrite_flying(struct ring_fix *f, struct walk_desc d)
{
	unsigned int i;

	for (i = 0; i < f->p->num; i++) {
		if (!f->p->packed) {
			if (d.next == 0x7777)
				d.next = (i + 1) % f->p->num;
			ws_write_desc(&f->w, f->w.desc, i, &d);
		} else if (i < f->w.p.held_descs) {
			d.flags &= ~(WP_AVAIL | WP_USED);
			d.flags |= f->w.p.shadow[i].flags &
				   (WP_AVAIL | WP_USED);
			wp_write_desc(&f->w, f->w.desc, i, &d);
		}
	}
}

/* With such descriptors in flight nothing is different for the driver. */
static void rewritten(struct kunit *test, struct walk_desc d)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	rewrite_flying(f, d);
	hostile_expect_honest_end(f, c);
}

/* 2.7.5.1: every descriptor goes on to the next one, in one endless loop. */
static void descriptors_all_linked(struct kunit *test)
{
	rewritten(test, (struct walk_desc) {
		.addr = 0x1000, .len = 16, .flags = WALK_NEXT, .next = 0x7777
	});
}

/* Every descriptor goes on beyond the table. */
static void descriptors_linked_far(struct kunit *test)
{
	rewritten(test, (struct walk_desc) {
		.addr = 0x1000, .len = 16, .flags = WALK_NEXT | WALK_WRITE,
		.next = 0xffff, .id = 0xffff
	});
}

/* All go back to the first one. */
static void descriptors_linked_to_first(struct kunit *test)
{
	rewritten(test, (struct walk_desc) {
		.addr = 0x1000, .len = 16, .flags = WALK_NEXT
	});
}

/* Chains are cut short: the rest must not be lost to the driver. */
static void descriptors_cut(struct kunit *test)
{
	rewritten(test, (struct walk_desc) { .addr = ~0ULL, .len = 1 });
}

/* Lengths grow: a mapping is undone as it was made, whatever is written. */
static void descriptors_grown(struct kunit *test)
{
	rewritten(test, (struct walk_desc) {
		.addr = 0x1000, .len = U32_MAX, .flags = WALK_WRITE
	});
}

/* Readable becomes writable and the other way round. */
static void descriptors_turned(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ring_addr(f, 0), .len = ring_len(0),
			       .flags = WALK_WRITE };

	rewrite_flying(f, d);
	hostile_expect_honest_end(f, c);
}

/* A buffer becomes an indirect one, an indirect one direct. */
static void descriptors_flip_indirect(struct kunit *test)
{
	const struct ring_param *p = test->param_value;

	rewritten(test, (struct walk_desc) {
		.addr = 0x2000, .len = 32,
		.flags = p->indirect ? WALK_NEXT : WALK_INDIRECT
	});
}

/* Every bit is set that may be. */
static void descriptors_all_ones(struct kunit *test)
{
	rewritten(test, (struct walk_desc) {
		.addr = ~0ULL, .len = U32_MAX, .flags = 0xffff,
		.next = 0xffff, .id = 0xffff
	});
}

static void descriptors_zeroed(struct kunit *test)
{
	rewritten(test, (struct walk_desc) { 0 });
}

/* Numbers of other buffers in flight where this one's was. */
static void descriptors_swap_ids(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	rewrite_flying(f, (struct walk_desc) {
		.addr = ring_addr(f, 0), .len = 1, .id = c[1].id,
		.next = c[1].id, .flags = WALK_NEXT
	});
	hostile_expect_honest_end(f, c);
}

/* The indirect tables of the buffers in flight, 2.7.5.3, 2.8.7. */
static void tables_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	if (!f->p->indirect)
		kunit_skip(test, "no indirect descriptors negotiated");
	for (i = 0; i < FLYING; i++)
		memset(walk_virt(&f->w, c[i].table), 0xff,
		       c[i].num * WALK_DESC_SIZE);
	hostile_expect_honest_end(f, c);
}

/* Rewritten, then a lie: the broken queue is taken down all the same. */
static void rewritten_then_lie(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	rewrite_flying(f, (struct walk_desc) {
		.addr = ~0ULL, .len = U32_MAX, .flags = 0xffff, .next = 0xffff
	});
	hostile_lie(f, f->p->num, 0, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* Rewritten and never used: 2.4, the buffers are the driver's after reset. */
static void rewritten_then_removed(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	rewrite_flying(f, (struct walk_desc) {
		.addr = ~0ULL, .len = 5, .flags = WALK_NEXT, .next = 0x7777
	});
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* The queue is used for a while after that: links are not taken from it. */
static void driver_goes_on_after_rewrite(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	rewrite_flying(f, (struct walk_desc) {
		.addr = ~0ULL, .len = 1, .flags = WALK_NEXT, .next = 0x7777
	});
	for (i = 0; i < FLYING; i++)
		hostile_lie_chain(f, &c[i], 0);
	for (i = 0; i < FLYING; i++)
		hostile_expect_get(f, i, 0);
	hostile_go_on(f, 4 * f->p->num);
	hostile_expect_removable(f);
}

/* All shared memory zero, as by a device that starts over by itself. */
static void all_memory_zeroed(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	memset(f->w.desc, 0, f->p->num * WALK_DESC_SIZE);
	if (f->p->packed) {
		memset(f->w.avail, 0, WP_EVENT_SIZE);
		memset(f->w.used, 0, WP_EVENT_SIZE);
	} else {
		memset(f->w.avail, 0, 6 + 2 * f->p->num);
		memset(f->w.used, 0, 6 + 8 * f->p->num);
	}
	hostile_expect_nothing(f);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* All bits set: in both layouts something was used that cannot be. */
static void all_memory_ones(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	memset(f->w.desc, 0xff, f->p->num * WALK_DESC_SIZE);
	if (f->p->packed) {
		memset(f->w.avail, 0xff, WP_EVENT_SIZE);
		memset(f->w.used, 0xff, WP_EVENT_SIZE);
	} else {
		memset(f->w.avail, 0xff, 6 + 2 * f->p->num);
		memset(f->w.used, 0xff, 6 + 8 * f->p->num);
	}
	hostile_expect_broken(f, f->p->packed ? VQ_ERR_ID : VQ_ERR_INDEX);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* The Driver Area is the driver's: nobody reads it back. */
static void driver_area_rewritten(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	memset(f->w.avail, 0xff,
	       f->p->packed ? WP_EVENT_SIZE : 6 + 2 * f->p->num);
	hostile_expect_honest_end(f, c);
}

/* What the driver says about interrupts, it says again when it has to. */
static void driver_area_written_again(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct wp_event e;

	virtqueue_disable_cb(f->vq);
	if (f->p->packed)
		memset(f->w.avail, 0xff, WP_EVENT_SIZE);
	else
		memset(f->w.avail, 0xff, 2);
	virtqueue_enable_cb(f->vq);
	if (f->p->packed) {
		wp_driver_event(&f->w, &e);
		KUNIT_EXPECT_EQ(test, e.flags,
				f->p->event_idx ? WP_AT_DESC : WP_ENABLE);
	} else if (!f->p->event_idx) {
		KUNIT_EXPECT_EQ(test, ws_avail_flags(&f->w), 0);
	}
	hostile_lie_chain(f, &c[0], 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	hostile_expect_get(f, 0, 0);
	hostile_expect_removable(f);
}

/* What the device says about notifications, at any value of its 32 bits. */
static void device_area(struct ring_fix *f, u16 flags, u16 event)
{
	if (f->p->packed) {
		wp_write_event(&f->w, event, flags);
		return;
	}
	ws_set_used_flags(&f->w, flags);
	ws_set_avail_event(&f->w, event);
}

/* 2.7.10, 2.8.14: garbage there costs the device a notification, no more. */
static void device_area_garbage(struct kunit *test)
{
	static const u16 odd[] = {
		0, 1, 2, 3, 4, 0x7f, 0x80, 0x7fff, 0x8000, 0x8001, 0xfffc,
		0xfffe, 0xffff,
	};
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i, j;

	for (i = 0; i < FLYING; i++)
		hostile_lie_chain(f, &c[i], 1);
	for (i = 0; i < FLYING; i++)
		hostile_expect_get(f, i, 1);
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		for (j = 0; j < ARRAY_SIZE(odd); j++) {
			device_area(f, odd[i], odd[j]);
			hostile_go_on(f, 1);
		}
	hostile_expect_errors(f, NO_ERROR, 0);
	hostile_expect_removable(f);
}

/* Bits that mean nothing do not keep a notification back. */
static void reserved_flags_mean_notify(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	if (f->p->packed)
		wp_write_event(&f->w, 0, WP_RESERVED | 0xfff0);
	else if (f->p->event_idx)
		ws_set_used_flags(&f->w, 0xffff);
	else
		ws_set_used_flags(&f->w, 0xfffe);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 1);
	hostile_expect_removable(f);
}

/* A place that is none: the packed ring has no descriptor there. */
static void event_beyond_ring(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	device_area(f, f->p->packed ? WP_AT_DESC : 0, 0x7ffe);
	hostile_expect_honest_end(f, c);
}

/* Asks for no notification and looks at nothing: the ring fills up, no more. */
static void device_stops_answering(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;

	walk_ask_notify(&f->w, WALK_NOTIFY_NONE, 0);
	for (i = 0; i < f->p->num; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
		virtqueue_kick(f->vq);
	}
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 300, 1, 0), -ENOSPC);
		KUNIT_ASSERT_TRUE(test, virtqueue_kick(f->vq));
		hostile_expect_nothing(f);
		KUNIT_ASSERT_TRUE(test, virtqueue_enable_cb(f->vq));
	}
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 0);
	hostile_expect_errors(f, NO_ERROR, 0);
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, f->p->num);
}

/* The doorbell is gone (a device that was pulled out). */
static void notification_fails(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	f->m->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_kick(f->vq));
	hostile_expect_dead(f, VQ_ERR_NOTIFY);
	hostile_expect_removable(f);
	KUNIT_EXPECT_EQ(test, f->detached, 1);
}

/* The same with buffers used, and not taken: they come back as unused. */
static void notification_fails_with_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	f->m->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(f->vq));
	hostile_expect_broken(f, VQ_ERR_NOTIFY);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* One that comes to life again is not believed. */
static void notification_fails_once(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	f->m->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(f->vq));
	f->m->dead = false;
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_broken(f, VQ_ERR_NOTIFY);
}

/* An interrupt for nothing is no one's; 2.7.7.1 asks drivers to bear it. */
static void interrupt_with_nothing_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_lie_chain(f, &c[0], 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	hostile_expect_get(f, 0, 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	hostile_expect_removable(f);
}

#define STORM	100000

static void interrupt_storm(struct kunit *test)
{
	struct virtqueue_stats stats = { 0 };
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 0; i < STORM; i++)
		if (mock_interrupt(f->m, 0) != IRQ_NONE)
			break;
	KUNIT_EXPECT_EQ(test, i, STORM);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	if (virtqueue_ext_available()) {
		virtqueue_ext_stats(f->vq, &stats);
		KUNIT_EXPECT_EQ(test, stats.interrupts, STORM);
		KUNIT_EXPECT_EQ(test, stats.empty_interrupts, STORM);
	}
	hostile_expect_honest_end(f, c);
}

/* On a broken queue there is nobody to disturb. */
static void interrupt_storm_when_broken(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	hostile_lie(f, f->p->num, 0, 1);
	hostile_expect_nothing(f);
	for (i = 0; i < STORM; i++)
		mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* The callback runs for a lie, too: who looks finds it broken. */
static void interrupt_for_lie(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie(f, f->p->num, 0, 1);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	hostile_expect_broken(f, VQ_ERR_ID);
}

/* "Used" and an interrupt on an empty ring: nobody is called. */
static void interrupt_for_empty_ring(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	ring_cycle(f, 3);
	hostile_lie(f, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_broken(f, f->p->packed ? VQ_ERR_STALE : VQ_ERR_INDEX);
}

static void interrupt_without_callback(struct kunit *test)
{
	struct ring_param p = *(const struct ring_param *)test->param_value;
	struct ring_fix *f;
	struct walk_chain c;

	p.no_callback = true;
	f = ring_new(test, &p);
	ring_start(f);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	hostile_lie_chain(f, &c, 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	hostile_expect_get(f, 0, 0);
	hostile_expect_removable(f);
}

static void interrupt_in_probe(struct ring_fix *f)
{
	KUNIT_EXPECT_EQ(f->test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(f->test, f->callbacks, 0);
}

/* 2.1.2, 3.1.1: before DRIVER_OK the driver is not ready for a callback. */
static void interrupt_before_driver_ok(struct kunit *test)
{
	struct ring_fix *f = ring_new(test, test->param_value);

	f->on_probe = interrupt_in_probe;
	ring_start(f);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	ring_cycle(f, 2);
	hostile_expect_removable(f);
}

static void used_in_probe(struct ring_fix *f)
{
	struct walk w;

	walk_init(&w, f->test, f->vq, f->m->accepted,
		  f->p->platform ? MOCK_IOVA : 0);
	if (f->p->packed) {
		wp_write_used(&w, 0, 0, 0, wp_used_flags(&w, 0));
	} else {
		ws_write_used(&w, 0, 0, 0);
		ws_set_used_idx(&w, 5);
	}
	KUNIT_EXPECT_EQ(f->test, mock_interrupt(f->m, 0), IRQ_NONE);
	/* For walk_init() of the fixture, which finds the ring as it should. */
	if (f->p->packed)
		memset(w.desc, 0, WALK_DESC_SIZE);
	else
		ws_set_used_idx(&w, 0);
}

/* "Used" before anything was made available: no driver hears of it. */
static void used_before_driver_ok(struct kunit *test)
{
	struct ring_fix *f = ring_new(test, test->param_value);

	f->on_probe = used_in_probe;
	ring_start(f);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	ring_cycle(f, 2);
	hostile_expect_removable(f);
}

static void interrupt_after_break(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	hostile_lie_chain(f, &c[0], 0);
	__virtqueue_break(f->vq);
	mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_broken(f, NO_ERROR);
	KUNIT_EXPECT_EQ(test, f->detached, FLYING);
}

/* 2.4: after the reset the device has no reason for one any more. */
static void interrupt_after_reset(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	virtio_reset_device(f->vq->vdev);
	for (i = 0; i < 1000; i++)
		mock_interrupt(f->m, 0);
	for (i = 0; i < FLYING; i++)
		KUNIT_EXPECT_GE(test, ring_detach(f), 0);
	KUNIT_EXPECT_EQ(test, ring_detach(f), -1);
	for (i = 0; i < 1000; i++)
		mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	hostile_expect_removable(f);
}

/* The device says that it is lost, then goes on: 2.1.2 leaves that open. */
static void needs_reset_then_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	mock_needs_reset(f->m);
	hostile_lie_chain(f, &c[0], 0);
	hostile_expect_get(f, 0, 0);
	hostile_expect_removable(f);
}

#define ON_ALL(f)	KUNIT_CASE_PARAM(f, all_gen_params)
#define ON_FEW(f)	KUNIT_CASE_PARAM(f, slow_gen_params)

static struct kunit_case hostile_cases[] = {
	ON_ALL(descriptors_all_linked),
	ON_ALL(descriptors_linked_far),
	ON_ALL(descriptors_linked_to_first),
	ON_ALL(descriptors_cut),
	ON_ALL(descriptors_grown),
	ON_ALL(descriptors_turned),
	ON_ALL(descriptors_flip_indirect),
	ON_ALL(descriptors_all_ones),
	ON_ALL(descriptors_zeroed),
	ON_ALL(descriptors_swap_ids),
	ON_ALL(tables_rewritten),
	ON_ALL(rewritten_then_lie),
	ON_ALL(rewritten_then_removed),
	ON_ALL(driver_goes_on_after_rewrite),
	ON_ALL(all_memory_zeroed),
	ON_ALL(all_memory_ones),
	ON_ALL(driver_area_rewritten),
	ON_ALL(driver_area_written_again),
	ON_ALL(device_area_garbage),
	ON_ALL(reserved_flags_mean_notify),
	ON_ALL(event_beyond_ring),
	ON_ALL(device_stops_answering),
	ON_ALL(notification_fails),
	ON_ALL(notification_fails_with_used),
	ON_ALL(notification_fails_once),
	ON_ALL(interrupt_with_nothing_used),
	ON_FEW(interrupt_storm),
	ON_FEW(interrupt_storm_when_broken),
	ON_ALL(interrupt_for_lie),
	ON_ALL(interrupt_for_empty_ring),
	ON_ALL(interrupt_without_callback),
	ON_ALL(interrupt_before_driver_ok),
	ON_ALL(used_before_driver_ok),
	ON_ALL(interrupt_after_break),
	ON_ALL(interrupt_after_reset),
	ON_ALL(needs_reset_then_used),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "virtio_ring_hostile",
	.test_cases = hostile_cases,
};

kunit_test_suites(&hostile_suite);

MODULE_DESCRIPTION("Unit tests of the rings against a hostile device");
MODULE_LICENSE("GPL");
