// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_hostile: the ring towards a device that lies
 *
 * What a device may not do (VIRTIO 1.4, 2.7.5.1, 2.7.7.2, 2.7.8.1) it does
 * here.  A lie about which buffer was used, or how many, breaks the queue:
 * no buffer is returned for it, adding fails with -EIO, and every buffer
 * comes back exactly once through virtqueue_detach_unused_buf() when the
 * driver is removed.  A lie that hurts only the device itself changes nothing
 * for the driver.
 */
#include <linux/io.h>
#include <linux/module.h>

#include "ring_fix.h"

static const unsigned int hostile_sizes[] = { 8, 256 };

static const struct ring_param hostile_more[] = {
	{ .num = 8, .modern = true, .platform = true },
	{ .num = 8, .modern = true, .indirect = true, .platform = true },
};

static struct ring_kinds hostile_kinds = {
	.sizes = hostile_sizes,
	.num_sizes = ARRAY_SIZE(hostile_sizes),
	.more = hostile_more,
	.num_more = ARRAY_SIZE(hostile_more),
};

static const void *hostile_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&hostile_kinds, prev, desc);
}

/* Buffers in flight at the start of most cases, and their elements. */
#define FLYING		3
#define FLYING_OUT	1
#define FLYING_IN	1

/* A queue on which the device holds FLYING buffers: tokens 0, 1, ... */
static struct ring_fix *hostile_setup(struct kunit *test,
				      struct walk_chain c[FLYING])
{
	struct ring_fix *f = ring_setup(test);
	int i;

	for (i = 0; i < FLYING; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, FLYING_OUT, FLYING_IN),
				0);
	virtqueue_kick(f->vq);
	for (i = 0; i < FLYING; i++)
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c[i]));
	return f;
}

/* Whatever was done to the queue, the driver can be removed from it. */
static void expect_removable(struct ring_fix *f)
{
	ring_remove(f);
	ring_expect_once(f);
}

/* The ring noticed: nothing comes back, nothing goes in, all is returned. */
static void expect_broken(struct ring_fix *f)
{
	struct kunit *test = f->test;
	u32 len;

	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_EQ(test, ring_add(f, 100, 1, 0), -EIO);
	KUNIT_EXPECT_EQ(test, ring_add(f, 101, 1, 1), -EIO);
	expect_removable(f);
}

/* Claim that buffer @id was used, next in the used ring. */
static void lie_used(struct ring_fix *f, u32 id, u32 len)
{
	ws_write_used(&f->w, f->w.s.used_idx, id, len);
	ws_set_used_idx(&f->w, f->w.s.used_idx + 1);
}

/* 2.7.8: the id is that of a head; the queue has no such entry. */
static void id_out_of_range(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_used(f, f->p->num, 0);
	expect_broken(f);
}

static void id_huge(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_used(f, U32_MAX, 0);
	expect_broken(f);
}

/* Right in its low 16 bits only: the field has 32. */
static void id_right_in_low_bits(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	lie_used(f, c[0].id | 0x10000, 0);
	expect_broken(f);
}

/* A descriptor that was never made available. */
static void id_never_available(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	unsigned int i;

	for (i = 0; f->w.s.owner[i]; i++)
		;
	KUNIT_ASSERT_LT(test, i, f->p->num);
	lie_used(f, i, 0);
	expect_broken(f);
}

/* A descriptor that is part of a buffer in flight but not its head. */
static void id_inside_chain(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d;

	if (f->p->indirect)
		kunit_skip(test, "an indirect buffer takes one descriptor");
	ws_read_desc(&f->w, f->w.desc, c[0].id, &d);
	KUNIT_ASSERT_TRUE(test, d.flags & WALK_NEXT);
	lie_used(f, d.next, 0);
	expect_broken(f);
}

/* One buffer is given back twice in a row. */
static void completed_twice(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len;

	walk_push(&f->w, c[1].id, 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 1);
	lie_used(f, c[1].id, 0);
	expect_broken(f);
}

/* The same, with both in one batch. */
static void completed_twice_in_batch(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len;

	ws_write_used(&f->w, 0, c[1].id, 0);
	ws_write_used(&f->w, 1, c[1].id, 0);
	ws_set_used_idx(&f->w, 2);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 1);
	expect_broken(f);
}

/* A buffer that was added but never made available by a kick. */
static void completed_before_kick(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	if (ws_avail_idx(&f->w))
		kunit_skip(test, "this ring publishes when it adds");
	lie_used(f, 0, 0);
	expect_broken(f);
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
	i = *(u16 *)(f->w.avail + WS_RING_ENTRIES + 2);
	KUNIT_ASSERT_LT(test, i, f->p->num);
	KUNIT_ASSERT_NE(test, i, c.id);
	lie_used(f, i, 0);
	expect_broken(f);
}

/* More buffers used than are out: by one, by half of all, by nearly all. */
static void used_idx_jumps(struct kunit *test, unsigned int beyond)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	int i;

	for (i = 0; i < FLYING; i++)
		ws_write_used(&f->w, i, c[i].id, 0);
	ws_set_used_idx(&f->w, FLYING + beyond);
	expect_broken(f);
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

/* A used index that decreases, VIRTIO 1.4, 2.7.8: "and increases". */
static void used_idx_goes_back(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len;

	walk_push(&f->w, c[0].id, 0);
	walk_push(&f->w, c[1].id, 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 1);
	ws_set_used_idx(&f->w, 1);
	expect_broken(f);
}

/* Backward after the driver saw part of a batch: what it saw stays valid. */
static void used_idx_goes_back_in_batch(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len;
	int i;

	walk_push(&f->w, c[0].id, 0);
	walk_push(&f->w, c[1].id, 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	ws_set_used_idx(&f->w, 0);
	for (i = 0; i < 4 && ring_get(f, &len) >= 0; i++)
		KUNIT_EXPECT_EQ(test, i, 0);
	expect_broken(f);
}

/* With an empty ring any used buffer is a lie. */
static void used_on_empty_ring(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	lie_used(f, 0, 0);
	expect_broken(f);
}

/* 2.7.8.2: what the driver sees is bounded by what the device could write. */
static void used_len_too_long(struct kunit *test, u32 claim)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len = 0;

	KUNIT_ASSERT_EQ(test, c[0].in_bytes, ring_len(FLYING_OUT));
	lie_used(f, c[0].id, claim);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, c[0].in_bytes);
	expect_removable(f);
}

static void used_len_one_too_long(struct kunit *test)
{
	used_len_too_long(test, ring_len(FLYING_OUT) + 1);
}

static void used_len_counts_readable(struct kunit *test)
{
	used_len_too_long(test, ring_len(0) + ring_len(1));
}

static void used_len_huge(struct kunit *test)
{
	used_len_too_long(test, U32_MAX);
}

/* A buffer without a writable element: nothing can have been written. */
static void used_len_of_readable_buffer(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len = 77;
	int out;

	for (out = 1; out <= 2; out++) {
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, out, 0), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		lie_used(f, c.id, 4096);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
		KUNIT_EXPECT_EQ(test, len, 0);
		len = 77;
		walk_forget(&f->w, c.id);
	}
	expect_removable(f);
}

/* The bound is that of this buffer, not of one that had its place before. */
static void used_len_bound_is_fresh(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int in;
	struct walk_chain c;
	u32 len;

	for (in = 5; in; in--) {
		KUNIT_ASSERT_EQ(test, ring_add(f, in, 0, in), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, 100000);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), (int)in);
		KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	}
	expect_removable(f);
}

/* No descriptor was lost or is there twice: each is a head of its own now. */
static void expect_all_free(struct ring_fix *f)
{
	struct kunit *test = f->test;
	unsigned int i, num = f->p->num;
	struct walk_chain c;
	u32 len;

	for (i = 0; i < num; i++)
		walk_forget(&f->w, i);
	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, ring_add(f, i, 1, 0), -ENOSPC);
	virtqueue_kick(f->vq);
	while (walk_pop(&f->w, &c))
		walk_push(&f->w, c.id, 0);
	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), (int)i);
}

/* Give all flying buffers back honestly; the driver sees just that. */
static void expect_honest_end(struct ring_fix *f, struct walk_chain *c)
{
	struct kunit *test = f->test;
	u32 len;
	int i;

	for (i = 0; i < FLYING; i++)
		lie_used(f, c[i].id, 1);
	for (i = 0; i < FLYING; i++) {
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), i);
		KUNIT_EXPECT_EQ(test, len, 1);
	}
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	/* Unless the device scribbled over the available ring as well. */
	if (ws_avail_idx(&f->w) == FLYING)
		expect_all_free(f);
	expect_removable(f);
}

/* Overwrite every descriptor of the table, 2.7.5.1 forbids it to a device. */
static void rewrite_table(struct ring_fix *f, struct walk_desc d, bool link)
{
	unsigned int i;

	for (i = 0; i < f->p->num; i++) {
		if (link)
			d.next = (i + 1) % f->p->num;
		ws_write_desc(&f->w, f->w.desc, i, &d);
	}
}

/* Every descriptor claims to go on to the next: one endless loop. */
static void device_links_all(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ring_addr(f, 0), .len = 16,
			     .flags = WALK_NEXT };

	rewrite_table(f, d, true);
	expect_honest_end(f, c);
}

/* Every descriptor points at itself. */
static void device_links_beyond_table(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ring_addr(f, 0), .len = 16,
			     .flags = WALK_NEXT | WALK_WRITE, .next = 0xffff };

	rewrite_table(f, d, false);
	expect_honest_end(f, c);
}

/* Chains are cut short: the rest must not be lost to the driver. */
static void device_cuts_chains(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ~0ULL, .len = U32_MAX };

	rewrite_table(f, d, false);
	expect_honest_end(f, c);
}

/* A direct buffer becomes an "indirect" one and the other way round. */
static void device_flips_indirect(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = 0x1000, .len = 32 };

	d.flags = f->p->indirect ? WALK_WRITE : WALK_INDIRECT;
	rewrite_table(f, d, false);
	expect_honest_end(f, c);
}

/* The indirect tables of the buffers in flight. */
static void device_rewrites_indirect(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ~0ULL, .len = U32_MAX,
			     .flags = WALK_NEXT | WALK_INDIRECT, .next = 0x7fff };
	unsigned int i, j;

	if (!f->p->indirect)
		kunit_skip(test, "no indirect descriptors negotiated");
	for (i = 0; i < FLYING; i++)
		for (j = 0; j < c[i].num; j++)
			ws_write_desc(&f->w, walk_virt(&f->w, c[i].table), j, &d);
	expect_honest_end(f, c);
}

/* A broken queue whose descriptors are garbage is still taken down. */
static void device_rewrites_then_lies(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ~0ULL, .len = U32_MAX,
			     .flags = 0xffff, .next = 0xffff };

	rewrite_table(f, d, false);
	lie_used(f, f->p->num + 5, 0);
	expect_broken(f);
}

/* The ring is used for a while after the device scribbled over the table. */
static void driver_goes_on_after_rewrite(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	struct walk_desc d = { .addr = ~0ULL, .len = 1, .flags = WALK_NEXT };
	unsigned int i;
	u32 len;

	rewrite_table(f, d, true);
	for (i = 0; i < FLYING; i++)
		lie_used(f, c[i].id, 0);
	for (i = 0; i < FLYING; i++)
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), (int)i);
	for (i = 0; i < 4 * f->p->num; i++) {
		u8 *slot = f->w.avail + WS_RING_ENTRIES +
			   2 * ((f->w.s.last_avail + i) & (f->p->num - 1));

		KUNIT_ASSERT_EQ(test, ring_add(f, 5, 1, 1), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_LT(test, *(u16 *)slot, f->p->num);
		lie_used(f, *(u16 *)slot, 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 5);
		KUNIT_ASSERT_EQ(test, f->vq->num_free, f->p->num);
	}
	expect_removable(f);
}

/* Entries of the available ring are the driver's: nobody reads them back. */
static void device_rewrites_avail(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	memset(f->w.avail, 0xff, WS_RING_ENTRIES + 2 * f->p->num + 2);
	expect_honest_end(f, c);
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
	if (!f->p->modern)
		memset(f->w.avail + 6 + 2 * f->p->num, 0xa5,
		       f->w.used - f->w.avail - 6 - 2 * f->p->num);
	expect_honest_end(f, c);
}

/* 2.7.10.1: only bit 0 of the used flags means anything. */
static void garbage_in_used_flags(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int before;
	struct walk_chain c;

	ws_set_used_flags(&f->w, 0xfffe);
	if (f->p->event_idx)
		ws_set_used_flags(&f->w, 0xffff);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	before = f->m->notified[0];
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], before + 1);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	expect_removable(f);
}

/* An interrupt for nothing is no one's; 2.7.7.1 asks drivers to bear it. */
static void interrupt_with_nothing_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	int i;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	walk_push(&f->w, c[0].id, 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->callbacks, 1);
	expect_removable(f);
}

static void interrupt_without_callback(struct kunit *test)
{
	struct ring_param p = *(const struct ring_param *)test->param_value;
	struct ring_fix *f;
	struct walk_chain c;
	u32 len;

	p.no_callback = true;
	f = ring_new(test, &p);
	ring_start(f);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, 0);
	mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	expect_removable(f);
}

static void interrupt_in_probe(struct ring_fix *f)
{
	KUNIT_EXPECT_EQ(f->test, mock_interrupt(f->m, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(f->test, f->callbacks, 0);
}

/* 2.1.2 forbids it to the device; the driver is not ready for a callback. */
static void interrupt_before_driver_ok(struct kunit *test)
{
	struct ring_fix *f = ring_new(test, test->param_value);

	f->on_probe = interrupt_in_probe;
	ring_start(f);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	ring_cycle(f, 2);
	expect_removable(f);
}

static void used_in_probe(struct ring_fix *f)
{
	struct walk w;

	walk_init(&w, f->test, f->vq, f->m->accepted,
		  f->p->platform ? MOCK_IOVA : 0);
	ws_write_used(&w, 0, 0, 0);
	ws_set_used_idx(&w, 5);
	mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(f->test, f->callbacks, 0);
	/* For walk_init() of the fixture, which finds the ring as it should. */
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
	expect_removable(f);
}

static void interrupt_after_break(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);

	walk_push(&f->w, c[0].id, 0);
	__virtqueue_break(f->vq);
	mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, f->callbacks, 0);
	expect_broken(f);
}

/* The device says that it is lost, then goes on anyway. */
static void needs_reset_then_used(struct kunit *test)
{
	struct walk_chain c[FLYING];
	struct ring_fix *f = hostile_setup(test, c);
	u32 len;

	mock_needs_reset(f->m);
	walk_push(&f->w, c[0].id, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	expect_removable(f);
}

static struct kunit_case hostile_cases[] = {
	KUNIT_CASE_PARAM(id_out_of_range, hostile_gen_params),
	KUNIT_CASE_PARAM(id_huge, hostile_gen_params),
	KUNIT_CASE_PARAM(id_right_in_low_bits, hostile_gen_params),
	KUNIT_CASE_PARAM(id_never_available, hostile_gen_params),
	KUNIT_CASE_PARAM(id_inside_chain, hostile_gen_params),
	KUNIT_CASE_PARAM(completed_twice, hostile_gen_params),
	KUNIT_CASE_PARAM(completed_twice_in_batch, hostile_gen_params),
	KUNIT_CASE_PARAM(completed_before_kick, hostile_gen_params),
	KUNIT_CASE_PARAM(completed_before_kick_in_place, hostile_gen_params),
	KUNIT_CASE_PARAM(used_idx_one_too_far, hostile_gen_params),
	KUNIT_CASE_PARAM(used_idx_half_way_round, hostile_gen_params),
	KUNIT_CASE_PARAM(used_idx_more_than_queue, hostile_gen_params),
	KUNIT_CASE_PARAM(used_idx_goes_back, hostile_gen_params),
	KUNIT_CASE_PARAM(used_idx_goes_back_in_batch, hostile_gen_params),
	KUNIT_CASE_PARAM(used_on_empty_ring, hostile_gen_params),
	KUNIT_CASE_PARAM(used_len_one_too_long, hostile_gen_params),
	KUNIT_CASE_PARAM(used_len_counts_readable, hostile_gen_params),
	KUNIT_CASE_PARAM(used_len_huge, hostile_gen_params),
	KUNIT_CASE_PARAM(used_len_of_readable_buffer, hostile_gen_params),
	KUNIT_CASE_PARAM(used_len_bound_is_fresh, hostile_gen_params),
	KUNIT_CASE_PARAM(device_links_all, hostile_gen_params),
	KUNIT_CASE_PARAM(device_links_beyond_table, hostile_gen_params),
	KUNIT_CASE_PARAM(device_cuts_chains, hostile_gen_params),
	KUNIT_CASE_PARAM(device_flips_indirect, hostile_gen_params),
	KUNIT_CASE_PARAM(device_rewrites_indirect, hostile_gen_params),
	KUNIT_CASE_PARAM(device_rewrites_then_lies, hostile_gen_params),
	KUNIT_CASE_PARAM(driver_goes_on_after_rewrite, hostile_gen_params),
	KUNIT_CASE_PARAM(device_rewrites_avail, hostile_gen_params),
	KUNIT_CASE_PARAM(garbage_in_padding, hostile_gen_params),
	KUNIT_CASE_PARAM(garbage_in_used_flags, hostile_gen_params),
	KUNIT_CASE_PARAM(interrupt_with_nothing_used, hostile_gen_params),
	KUNIT_CASE_PARAM(interrupt_without_callback, hostile_gen_params),
	KUNIT_CASE_PARAM(interrupt_before_driver_ok, hostile_gen_params),
	KUNIT_CASE_PARAM(used_before_driver_ok, hostile_gen_params),
	KUNIT_CASE_PARAM(interrupt_after_break, hostile_gen_params),
	KUNIT_CASE_PARAM(needs_reset_then_used, hostile_gen_params),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "virtio_split_hostile",
	.test_cases = hostile_cases,
};

kunit_test_suites(&hostile_suite);

MODULE_DESCRIPTION("Unit tests of the split ring against a hostile device");
MODULE_LICENSE("GPL");
