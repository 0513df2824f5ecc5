// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_packed_race: the device answers at the store that exposes
 *
 * The flags of the first descriptor of a chain make all of it available
 * (VIRTIO 1.4, 2.8.17, 2.8.21.1): whatever belongs to the chain was stored
 * before.  A data breakpoint on these flags plays a device that looks at that
 * very moment, uses the chain, and raises the interrupt that it owes.
 *
 * The handler may do little, see watch.h: it notes what it met in &struct
 * race, and the test looks at that when the ring is done.
 */
#include <linux/module.h>
#include <linux/virtio_ring.h>

#include "ring_fix.h"
#include "watch.h"

#define RACE_SIZE	7
/* Around the ring several times, chains over its end. */
#define RACE_ROUNDS	(5 * RACE_SIZE)

/**
 * struct race_param - one kind of race
 * @p: the queue
 * @elems: elements of each buffer
 * @takes: the callback takes the buffer, else the test does afterwards
 * @index: place among the parameters of the case
 */
struct race_param {
	struct ring_param p;
	unsigned int elems;
	bool takes;
	unsigned int index;
};

/**
 * struct race - what the device met in one round
 * @f: both ends of the queue
 * @rp: the kind
 * @traps: stores of the flags
 * @early: traps at which the flags did not make anything available
 * @garbled: descriptors that were not as they have to be
 * @owed: interrupts that the driver asked for, and got
 * @lost: those of them that vring_interrupt() did not claim
 * @taken: buffers taken by the callback
 */
struct race {
	struct ring_fix *f;
	const struct race_param *rp;
	unsigned int traps;
	unsigned int early;
	unsigned int garbled;
	unsigned int owed;
	unsigned int lost;
	unsigned int taken;
};

static struct race race;

/* 2.8.1: AVAIL is the wrap counter, USED is not. */
static bool race_is_avail(const struct walk *w, u32 place, u16 flags)
{
	u16 want = wp_wrap(w, place) ? WP_AVAIL : WP_USED;

	return (flags & (WP_AVAIL | WP_USED)) == want;
}

/* Element @i of the chain, and NEXT in all but the last one. */
static bool race_is_good(const struct race *r, u32 place,
			 const struct walk_desc *d, unsigned int i)
{
	u16 rest = d->flags & ~(WP_AVAIL | WP_USED);
	u16 want = i + 1 < r->rp->elems ? WALK_NEXT : 0;

	/* The fixture's buffers here: one element in, or one out, rest in. */
	if (i || r->rp->elems == 1)
		want |= WALK_WRITE;
	return race_is_avail(&r->f->w, place, d->flags) && rest == want &&
	       d->addr == ring_addr(r->f, i) && d->len == ring_len(i);
}

/* Behind a store of the first descriptor's flags. */
static void race_trap(struct perf_event *bp, struct perf_sample_data *sample,
		      struct pt_regs *regs)
{
	struct race *r = &race;
	struct walk *w = &r->f->w;
	u32 start = w->p.used, at = start;
	struct walk_desc d;
	unsigned int i;

	if (r->traps++)
		return;
	wp_read_desc(w, w->desc, wp_offset(w, at), &d);
	r->early += !race_is_avail(w, at, d.flags);
	for (i = 0; i < r->rp->elems; i++, at = wp_add(w, at, 1)) {
		wp_read_desc(w, w->desc, wp_offset(w, at), &d);
		r->garbled += !race_is_good(r, at, &d, i);
	}
	w->p.next = at;
	w->p.scan = at;
	wp_skip(w, r->rp->elems);
	wp_write_used(w, start, d.id, 1, wp_used_flags(w, start) | WALK_WRITE);
	if (!walk_must_interrupt(w, start))
		return;
	r->owed++;
	if (vring_interrupt(0, r->f->vq) != IRQ_HANDLED)
		r->lost++;
}

static void race_callback(struct virtqueue *vq)
{
	u32 len;

	if (race.rp->takes && virtqueue_get_buf(vq, &len))
		race.taken++;
}

/* One buffer, that is used before the add returns. */
static void race_round(struct kunit *test, struct ring_fix *f)
{
	const struct race_param *rp = race.rp;
	unsigned int out = rp->elems > 1 ? 1 : 0;
	u32 len;
	int err;

	race.traps = 0;
	race.owed = 0;
	race.taken = 0;
	watch_start(test, f->w.desc + WALK_DESC_SIZE *
			  wp_offset(&f->w, f->w.p.used) + WP_DESC_FLAGS,
		    race_trap);
	err = ring_add(f, 0, out, rp->elems - out);
	watch_stop();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ_MSG(test, race.traps, 1, "stores of the flags");
	KUNIT_ASSERT_EQ(test, race.owed, 1);
	KUNIT_EXPECT_EQ_MSG(test, race.lost, 0, "lost interrupts");
	KUNIT_EXPECT_EQ_MSG(test, race.early, 0, "stored and not available");
	KUNIT_EXPECT_EQ_MSG(test, race.garbled, 0, "stored after the first");
	KUNIT_ASSERT_FALSE(test, virtqueue_is_broken(f->vq));
	KUNIT_ASSERT_EQ(test, race.taken, rp->takes);
	f->buf[0].returned += race.taken;
	if (!rp->takes)
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
	KUNIT_ASSERT_EQ(test, ring_get(f, &len), -1);
}

/*
 * 2.8.17, 2.8.21.1.1: at the store of the first flags all else of the chain
 * is there, and the driver is ready for its interrupt.
 */
static void answer_within_add(struct kunit *test)
{
	const struct race_param *rp = test->param_value;
	struct ring_fix *f;
	unsigned int i;

	watch_try(test);
	f = ring_new(test, &rp->p);
	ring_start(f);
	f->vq->callback = race_callback;
	memset(&race, 0, sizeof(race));
	race.f = f;
	race.rp = rp;
	for (i = 0; i < RACE_ROUNDS; i++)
		race_round(test, f);
	ring_expect_once(f);
}

static void race_exit(struct kunit *test)
{
	watch_stop();
}

static const void *race_gen_params(const void *prev, char *desc)
{
	static const unsigned int elems[] = { 1, 2, 3, RACE_SIZE };
	static struct race_param cur;
	unsigned int i = prev ? cur.index + 1 : 0;

	if (i == 4 * ARRAY_SIZE(elems))
		return NULL;
	cur.p.num = RACE_SIZE;
	cur.p.packed = true;
	cur.p.event_idx = i & 1;
	cur.takes = i & 2;
	cur.elems = elems[i / 4];
	cur.index = i;
	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s-%s-elements%u",
		  cur.p.event_idx ? "event" : "flags",
		  cur.takes ? "callback takes" : "callback looks", cur.elems);
	return &cur;
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(answer_within_add, race_gen_params),
	{}
};

static struct kunit_suite race_suite = {
	.name = "virtio_packed_race",
	.exit = race_exit,
	.test_cases = race_cases,
};

kunit_test_suites(&race_suite);

MODULE_DESCRIPTION("Unit tests of a device that answers at once, packed");
MODULE_LICENSE("GPL");
