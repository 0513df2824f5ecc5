// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_random: anything, in any order
 *
 * Driver and device do what chance says: buffers of all shapes are added,
 * exposed, used in any order or in batches, taken; callbacks are asked for or
 * not; the device scribbles over what it may not write, says nonsense about
 * notifications and lengths.  Now and then it lies about what it used, or goes
 * away: then the queue has to be broken, the driver is removed and bound
 * again, and it goes on.
 *
 * What is expected all the time: each buffer that comes is the one that has to
 * come next, with the length that it has to have; each comes back exactly
 * once, as used or by virtqueue_detach_unused_buf(); no descriptor is lost.
 *
 * The seed is printed.  The same seed= and ops= repeat a run step by step.
 * They are parameters of virtio_kunit_mock.ko: KUnit runs the suites of a
 * module before the kernel has looked at the module's own.
 */
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "hostile.h"

/* The seed of this run: the one that was asked for, or any. */
static unsigned long seed;

static const unsigned int split_sizes[] = { 2, 8, 64 };
static const unsigned int packed_sizes[] = { 2, 7, 50 };

/* 20 kinds of split, 16 of packed queues for each size. */
#define RANDOM_KINDS	(3 * 20 + 3 * 16)

static struct ring_kinds all_kinds = {
	.sizes = split_sizes,
	.num_sizes = ARRAY_SIZE(split_sizes),
	.packed = packed_sizes,
	.num_packed = ARRAY_SIZE(packed_sizes),
	.product = true,
};

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

/* Buffers that can be on their way: a queue has 64 entries at most. */
#define MAX_BUFS	64

/**
 * struct way - a buffer on its way
 * @token: the driver's
 * @id: the device's, once popped
 * @descs: ring descriptors, once popped
 * @len: device-writable bytes; once used: what the driver has to see
 */
struct way {
	unsigned int token;
	u16 id;
	u16 descs;
	u32 len;
};

/**
 * struct ways - buffers at one stage of their way, oldest first
 * @way: the buffers
 * @num: how many
 */
struct ways {
	struct way way[MAX_BUFS];
	unsigned int num;
};

/**
 * struct play - what both sides should know
 * @f: both ends of the queue
 * @rnd: chance
 * @sent: added by the driver, not yet seen by the device
 * @held: the device has them
 * @done: used, not yet taken by the driver
 * @out: tokens that the ring has
 * @next_token: where to look for one that it has not
 * @strict: the queue was told to be
 * @over: the queue has to be broken at the next look at the latest
 * @lies: times that it came to that
 * @chain: as popped last
 */
struct play {
	struct ring_fix *f;
	struct rnd_state rnd;
	struct ways sent;
	struct ways held;
	struct ways done;
	bool out[MAX_BUFS];
	unsigned int next_token;
	bool strict;
	bool over;
	unsigned int lies;
	struct walk_chain chain;
};

static u32 chance(struct play *p, u32 below)
{
	return prandom_u32_state(&p->rnd) % below;
}

static void put_way(struct ways *to, const struct way *w)
{
	to->way[to->num++] = *w;
}

static struct way take_way(struct ways *from, unsigned int i)
{
	struct way w = from->way[i];

	from->num--;
	memmove(&from->way[i], &from->way[i + 1],
		(from->num - i) * sizeof(from->way[0]));
	return w;
}

static u32 writable(unsigned int out, unsigned int in)
{
	u32 len = 0;

	while (in--)
		len += ring_len(out + in);
	return len;
}

/* A token that the ring does not have; any when it has as many as it can. */
static unsigned int free_token(struct play *p)
{
	unsigned int i, num = p->f->p->num, token = p->next_token;

	for (i = 0; i < num && p->out[token]; i++)
		token = (token + 1) % num;
	p->next_token = (token + 1) % num;
	return token;
}

/* Add a buffer; it fails only for want of descriptors. */
static void do_add(struct play *p)
{
	unsigned int most = min(p->f->p->num, 6u);
	unsigned int out = chance(p, most), in = chance(p, most + 1 - out);
	struct way w = { .token = free_token(p) };
	int err;

	if (!(out + in))
		in = 1;
	err = ring_add(p->f, w.token, out, in);
	if (err) {
		KUNIT_EXPECT_EQ(p->f->test, err, -ENOSPC);
		KUNIT_EXPECT_LT(p->f->test, p->f->vq->num_free, out + in);
		return;
	}
	w.len = writable(out, in);
	put_way(&p->sent, &w);
	p->out[w.token] = true;
}

static void do_kick(struct play *p)
{
	if (virtqueue_kick_prepare(p->f->vq) && chance(p, 2))
		KUNIT_EXPECT_TRUE(p->f->test, virtqueue_notify(p->f->vq));
}

/* The device takes some of what it can see. */
static void do_pop(struct play *p)
{
	unsigned int most = 1 + chance(p, 8);
	struct way w;

	while (most-- && walk_pop(&p->f->w, &p->chain)) {
		if (!p->sent.num) {
			KUNIT_FAIL(p->f->test, "a buffer that was never added");
			return;
		}
		w = take_way(&p->sent, 0);
		w.id = p->chain.id;
		w.descs = p->chain.ring_descs;
		KUNIT_EXPECT_EQ(p->f->test, w.len, (u32)p->chain.in_bytes);
		put_way(&p->held, &w);
	}
}

/* A length from 0 to all; sometimes more, which the driver must not see. */
static u32 some_len(struct play *p, struct way *w)
{
	u32 max = w->len, len = chance(p, max + 1);

	if (!p->strict && !chance(p, 16)) {
		len = max + 1 + chance(p, 100000);
		return len;
	}
	w->len = len;
	return len;
}

/* In order: one element for some of the oldest buffers. */
static void use_batch(struct play *p)
{
	unsigned int bufs = 1 + chance(p, min(p->held.num, 4u));
	unsigned int i, descs = 0;
	struct way w;
	u32 len;

	for (i = 0; i < bufs; i++) {
		w = take_way(&p->held, 0);
		walk_forget(&p->f->w, w.id);
		descs += w.descs;
		if (i + 1 < bufs)
			put_way(&p->done, &w);
	}
	len = some_len(p, &w);
	put_way(&p->done, &w);
	if (!p->f->p->packed)
		ws_write_used(&p->f->w, p->f->w.s.used_idx, w.id, len);
	if (p->f->p->packed)
		hostile_lie(p->f, w.id, len, descs);
	else
		ws_set_used_idx(&p->f->w, p->f->w.s.used_idx + bufs);
}

static void do_use(struct play *p)
{
	struct way w;
	u32 len;

	if (!p->held.num)
		return;
	if (p->f->p->in_order) {
		use_batch(p);
		return;
	}
	w = take_way(&p->held, chance(p, p->held.num));
	len = some_len(p, &w);
	walk_forget(&p->f->w, w.id);
	hostile_lie(p->f, w.id, len, w.descs);
	put_way(&p->done, &w);
}

/* The next buffer, or none when the device has used none. */
static bool get_one(struct play *p)
{
	struct kunit *test = p->f->test;
	u32 len = 0;
	int token = ring_get(p->f, &len);
	struct way w;

	if (token < 0) {
		if (!p->over)
			KUNIT_EXPECT_EQ(test, p->done.num, 0);
		return false;
	}
	KUNIT_ASSERT_GT(test, p->done.num, 0);
	w = take_way(&p->done, 0);
	KUNIT_ASSERT_EQ(test, token, (int)w.token);
	p->out[token] = false;
	KUNIT_EXPECT_EQ(test, len, w.len);
	return true;
}

static void do_get(struct play *p)
{
	unsigned int most = 1 + chance(p, 6);

	while (most-- && get_one(p))
		;
}

/* Ask for interrupts, or not; a look for used buffers has to find them. */
static void do_callbacks(struct play *p)
{
	struct virtqueue *vq = p->f->vq;

	switch (chance(p, 3)) {
	case 0:
		virtqueue_disable_cb(vq);
		break;
	case 1:
		KUNIT_EXPECT_EQ(p->f->test, virtqueue_enable_cb(vq),
				!p->done.num);
		break;
	default:
		if (!virtqueue_enable_cb_delayed(vq))
			KUNIT_EXPECT_GT(p->f->test, p->done.num, 0);
	}
}

static void do_interrupt(struct play *p)
{
	KUNIT_EXPECT_EQ(p->f->test, mock_interrupt(p->f->m, 0),
			p->done.num ? IRQ_HANDLED : IRQ_NONE);
}

static void scribble_desc(struct play *p, unsigned int i)
{
	struct walk *w = &p->f->w;
	struct walk_desc d = {
		.addr = prandom_u32_state(&p->rnd), .len = chance(p, ~0U),
		.flags = chance(p, 0x10000), .next = chance(p, 0x10000),
		.id = chance(p, 0x10000),
	};

	if (!w->packed) {
		ws_write_desc(w, w->desc, i, &d);
		return;
	}
	d.flags &= ~(WP_AVAIL | WP_USED);
	d.flags |= w->p.shadow[i].flags & (WP_AVAIL | WP_USED);
	wp_write_desc(w, w->desc, i, &d);
}

/*
 * Over descriptors of buffers that the device has.  Packed: those where it
 * will write used ones, whichever buffer they were of.
 */
static void do_scribble(struct play *p)
{
	struct walk *w = &p->f->w;
	unsigned int i;

	for (i = 0; i < w->num; i++) {
		if (chance(p, 2))
			continue;
		if (!w->packed && w->s.owner[i])
			scribble_desc(p, i);
		if (w->packed && i < w->p.held_descs)
			scribble_desc(p, wp_offset(w, wp_add(w, w->p.used, i)));
	}
}

/* Nonsense about notifications. */
static void do_nonsense(struct play *p)
{
	struct walk *w = &p->f->w;

	if (w->packed) {
		wp_write_event(w, chance(p, 0x10000), chance(p, 0x10000));
		return;
	}
	ws_set_used_flags(w, chance(p, 0x10000));
	ws_set_avail_event(w, chance(p, 0x10000));
}

/* A buffer is longer than it can be, and the queue is strict. */
static void lie_length(struct play *p)
{
	struct way w;

	if (!p->held.num || !virtqueue_ext_available())
		return;
	virtqueue_ext_strict(p->f->vq, true);
	p->strict = true;
	/* What waits may have been too long already. */
	w = p->held.way[0];
	hostile_lie(p->f, w.id, w.len + 1, w.descs);
	p->over = true;
}

/* A buffer that was used before all others, again; it may be taken or not. */
static void lie_twice(struct play *p, const struct way *w)
{
	if (!w->descs)
		return;
	hostile_lie(p->f, w->id, 0, w->descs);
	p->over = true;
}

/* A used idx ahead of all that is exposed; packed: an id out of range. */
static void lie_ahead(struct play *p)
{
	struct walk *w = &p->f->w;

	if (w->packed)
		hostile_lie(p->f, w->num + chance(p, 60000), 0, 1);
	else
		ws_set_used_idx(w, ws_avail_idx(w) + 1 + chance(p, 30000));
	p->over = true;
}

/*
 * The device lies, goes away, or nothing at all is wrong.  A ring may be full
 * of what was used: the driver takes some first, to leave room to lie.
 */
static void do_end(struct play *p)
{
	struct way last = { 0 };

	if (p->done.num)
		last = p->done.way[p->done.num - 1];
	while ((p->f->p->packed || p->done.num == p->f->p->num ||
		chance(p, 2)) && get_one(p))
		;
	switch (chance(p, 7)) {
	case 0:
		hostile_lie(p->f, p->f->p->num + chance(p, 1000), 0, 1);
		p->over = true;
		break;
	case 1:
		lie_twice(p, &last);
		break;
	case 2:
		lie_ahead(p);
		break;
	case 3:
		lie_length(p);
		break;
	case 4:
		p->f->m->dead = true;
		KUNIT_EXPECT_FALSE(p->f->test, virtqueue_notify(p->f->vq));
		p->over = true;
		break;
	case 5:
		__virtqueue_break(p->f->vq);
		p->over = true;
		break;
	default:
		break;
	}
}

/* The driver is removed and bound again: a new queue. */
static void start_over(struct play *p)
{
	struct ring_fix *f = p->f;

	p->lies += p->over;
	ring_remove(f);
	ring_expect_once(f);
	f->m->dead = false;
	p->sent.num = 0;
	p->held.num = 0;
	p->done.num = 0;
	memset(p->out, 0, sizeof(p->out));
	p->over = false;
	p->strict = false;
	KUNIT_ASSERT_EQ(f->test, register_virtio_driver(&f->drv), 0);
	f->drv_registered = true;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, f->vq);
	walk_init(&f->w, f->test, f->vq, f->m->accepted,
		  f->p->platform ? MOCK_IOVA : 0);
}

/* All that was honest may still come, in order; then the queue is broken. */
static void finish(struct play *p)
{
	do_end(p);
	while (get_one(p))
		;
	KUNIT_EXPECT_EQ(p->f->test, virtqueue_is_broken(p->f->vq), p->over);
	if (p->over)
		KUNIT_EXPECT_EQ(p->f->test, ring_add(p->f, 200, 1, 0), -EIO);
	start_over(p);
}

static void step(struct play *p)
{
	u32 what = chance(p, 64);

	if (what < 20)
		do_add(p);
	else if (what < 28)
		do_kick(p);
	else if (what < 36)
		do_pop(p);
	else if (what < 47)
		do_use(p);
	else if (what < 56)
		do_get(p);
	else if (what < 58)
		do_callbacks(p);
	else if (what < 60)
		do_interrupt(p);
	else if (what < 62)
		do_scribble(p);
	else if (what < 63)
		do_nonsense(p);
	else if (!chance(p, 16))
		finish(p);
}

/*
 * One kind of queue, its share of the steps.  The steps of a kind follow from
 * the seed and the place of the kind alone.
 */
static void random_steps(struct kunit *test)
{
	const struct ring_param *param = test->param_value;
	struct play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	unsigned long i, num = DIV_ROUND_UP(hostile_ops(), RANDOM_KINDS);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	if (!param->index) {
		seed = hostile_seed() ?: 1 + (unsigned long)get_random_u32();
		kunit_info(test, "seed=%lu ops=%lu", seed, hostile_ops());
	}
	prandom_seed_state(&p->rnd, seed * RANDOM_KINDS + param->index);
	p->f = ring_setup(test);
	for (i = 0; i < num && test->status != KUNIT_FAILURE; i++)
		step(p);
	if (test->status == KUNIT_FAILURE) {
		kunit_err(test, "failed at step %lu: seed=%lu ops=%lu", i,
			  seed, hostile_ops());
		return;
	}
	/* In the end, and at least once in each kind, with a lie. */
	do {
		finish(p);
	} while (!p->lies && test->status != KUNIT_FAILURE);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_PARAM(random_steps, all_gen_params),
	{}
};

static struct kunit_suite random_suite = {
	.name = "virtio_ring_random",
	.test_cases = random_cases,
};

kunit_test_suites(&random_suite);

MODULE_DESCRIPTION("Unit tests of the rings: random steps of driver and device");
MODULE_LICENSE("GPL");
