// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_split_race: the device answers at the store that exposes
 *
 * From the store of the available index on, a buffer may be used and its
 * interrupt may come (VIRTIO 1.4, 2.7.13.3 and 2.7.14): before the next
 * instruction of the ring.  A data breakpoint on this index makes just that
 * happen, each time: x86 traps behind the store, and the handler plays a
 * device without any delay, and the interrupt that it raises.
 *
 * The handler runs in the context of an NMI: it takes no lock, prints nothing
 * and expects nothing.  It reads the ring by hand, notes what came of it in
 * &struct race, and the test looks at that once the ring is done.
 *
 * A callback that takes buffers here does so inside of the driver's own call.
 * The API lets a driver's calls on one queue come one after the other only, so
 * this asks for more; it shows what a callback finds at the earliest moment.
 */
#include <linux/module.h>
#include <linux/virtio_ring.h>

#include "ring_fix.h"
#include "watch.h"

#define RACE_SIZE		8
/* Three times around the ring, whatever a round moves. */
#define RACE_ROUNDS		(3 * RACE_SIZE)
/* The flag of the available ring, 2.7.6. */
#define RACE_NO_INTERRUPT	1

/**
 * struct race_param - one kind of race
 * @p: the queue
 * @takes: the callback takes the buffers, else the test does afterwards
 * @batch: buffers that one store exposes
 * @held: buffers that the device has already, and has not used yet
 * @index: place among the parameters of the case
 */
struct race_param {
	struct ring_param p;
	bool takes;
	unsigned int batch;
	unsigned int held;
	unsigned int index;
};

/**
 * struct race - what the device did in one round, and what it met
 * @f: both ends of the queue
 * @addr: of the element of each buffer, for the device
 * @answers: the device answers, else it keeps what it sees
 * @takes: the callback takes the buffers
 * @asks: the device asks for a notification, and does nothing else
 * @traps: stores of the available index
 * @used: buffers used
 * @garbled: buffers whose descriptor was not as the driver had it
 * @owed: interrupts that the driver asked for, and got
 * @lost: those of them that vring_interrupt() did not claim
 * @callbacks: calls of the driver's callback
 * @taken: buffers taken, by whom ever
 * @data: their tokens, in order
 */
struct race {
	struct ring_fix *f;
	u64 addr;
	bool answers;
	bool takes;
	bool asks;
	unsigned int traps;
	unsigned int used;
	unsigned int garbled;
	unsigned int owed;
	unsigned int lost;
	unsigned int callbacks;
	unsigned int taken;
	void *data[RACE_SIZE];
};

/* What the handler works on. */
static struct race race;

static u16 race_get16(const struct walk *w, unsigned int offset)
{
	u16 v = READ_ONCE(*(const u16 *)(w->avail + offset));

	return w->le ? le16_to_cpu((__force __le16)v) : v;
}

/* Use all that the available index shows. */
static void race_use(struct race *r, struct walk *w)
{
	u16 head, idx = ws_avail_idx(w), used = w->s.used_idx;
	struct walk_desc d;

	/* The index before what it covers: pairs with split_publish(). */
	smp_rmb();
	for (; w->s.last_avail != idx && r->used < RACE_SIZE; w->s.last_avail++) {
		head = race_get16(w, WS_RING_ENTRIES +
				  2 * (w->s.last_avail & (w->num - 1)));
		ws_read_desc(w, w->desc, head & (w->num - 1), &d);
		if (head >= w->num || d.addr != r->addr ||
		    d.len != ring_len(0) || d.flags != WALK_WRITE)
			r->garbled++;
		ws_write_used(w, used++, head, d.len);
		r->used++;
	}
	ws_set_used_idx(w, used);
}

/* 2.7.7.2: does one of the entries from @old on ask for an interrupt? */
static bool race_owes(struct walk *w, u16 old)
{
	/* The index before the request: pairs with vring_split_poll(). */
	smp_mb();
	if (!w->event_idx)
		return !(race_get16(w, WS_RING_FLAGS) & RACE_NO_INTERRUPT);
	return (u16)(ws_used_event(w) - old) < (u16)(w->s.used_idx - old);
}

/* 2.7.10: about to sleep, the device wants to hear of what was not there. */
static void race_ask(struct walk *w)
{
	if (w->event_idx)
		ws_set_avail_event(w, w->s.last_avail);
	else
		ws_set_no_notify(w, false);
}

/* Behind the store of the available index. */
static void race_trap(struct perf_event *bp, struct perf_sample_data *sample,
		      struct pt_regs *regs)
{
	struct race *r = &race;
	struct walk *w;
	u16 old;

	r->traps++;
	w = &r->f->w;
	if (r->asks)
		race_ask(w);
	if (!r->answers)
		return;
	old = w->s.used_idx;
	race_use(r, w);
	if (!race_owes(w, old))
		return;
	r->owed++;
	if (vring_interrupt(0, r->f->vq) != IRQ_HANDLED)
		r->lost++;
}

/* The driver's side: take all that is there. */
static void race_take(struct race *r)
{
	void *data;
	u32 len;

	while (r->taken < RACE_SIZE) {
		data = virtqueue_get_buf(r->f->vq, &len);
		if (!data)
			break;
		r->data[r->taken++] = data;
	}
}

static void race_callback(struct virtqueue *vq)
{
	race.callbacks++;
	if (race.takes)
		race_take(&race);
}

/* A queue whose available index is watched. */
static struct ring_fix *race_setup(struct kunit *test,
				   const struct race_param *rp)
{
	struct ring_fix *f;

	watch_try(test);
	f = ring_new(test, &rp->p);
	ring_start(f);
	f->vq->callback = race_callback;
	memset(&race, 0, sizeof(race));
	race.f = f;
	race.addr = ring_addr(f, 0);
	race.takes = rp->takes;
	watch_start(test, &virtqueue_get_vring(f->vq)->avail->idx, race_trap);
	return f;
}

/* Nothing has happened yet in this round. */
static void race_round(struct race *r, bool answers)
{
	r->answers = answers;
	r->traps = 0;
	r->used = 0;
	r->garbled = 0;
	r->owed = 0;
	r->lost = 0;
	r->callbacks = 0;
	r->taken = 0;
}

/* Add buffers with the tokens from @from to before @to. */
static void race_add(struct ring_fix *f, unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, from, 0, 1), 0);
}

/*
 * The device answered inside of the store: the buffers came whole, the
 * interrupt was claimed and reached the driver, the queue works.
 */
static void race_expect_answer(struct race *r, unsigned int num)
{
	struct kunit *test = r->f->test;

	KUNIT_ASSERT_GE(test, r->traps, 1);
	KUNIT_ASSERT_EQ(test, r->used, num);
	KUNIT_EXPECT_EQ(test, r->garbled, 0);
	KUNIT_EXPECT_GE(test, r->owed, 1);
	KUNIT_EXPECT_EQ_MSG(test, r->lost, 0, "lost interrupts");
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(r->f->vq));
	KUNIT_EXPECT_EQ_MSG(test, r->taken, r->takes ? num : 0,
			    "taken by the callback");
	KUNIT_ASSERT_EQ(test, r->callbacks, r->owed);
}

/* All of them are with the driver now, in the order in which they went. */
static void race_expect_taken(struct race *r, unsigned int num)
{
	struct kunit *test = r->f->test;
	struct ring_buf *b;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, r->taken, num);
	for (i = 0; i < num; i++) {
		b = r->data[i];
		KUNIT_ASSERT_PTR_EQ(test, b, &r->f->buf[i]);
		b->returned++;
	}
	KUNIT_ASSERT_FALSE(test, virtqueue_is_broken(r->f->vq));
}

/* Exposed by the decision about a notification (or by the add before it). */
static void answer_within_kick(struct kunit *test)
{
	const struct race_param *rp = test->param_value;
	unsigned int i, num = rp->held + rp->batch;
	struct ring_fix *f = race_setup(test, rp);

	for (i = 0; i < RACE_ROUNDS; i++) {
		race_round(&race, false);
		race_add(f, 0, rp->held);
		virtqueue_kick_prepare(f->vq);
		race_round(&race, true);
		race_add(f, rp->held, num);
		virtqueue_kick_prepare(f->vq);
		race_expect_answer(&race, num);
		race_take(&race);
		race_expect_taken(&race, num);
	}
	ring_expect_once(f);
}

/* Exposed because the ring is full, at the latest by the kick after that. */
static void answer_within_refused_add(struct kunit *test)
{
	struct ring_fix *f = race_setup(test, test->param_value);
	unsigned int i;
	int err;

	for (i = 0; i < RACE_ROUNDS; i++) {
		race_round(&race, true);
		race_add(f, 0, RACE_SIZE);
		err = ring_add(f, RACE_SIZE, 0, 1);
		KUNIT_ASSERT_EQ(test, err, -ENOSPC);
		virtqueue_kick_prepare(f->vq);
		race_expect_answer(&race, RACE_SIZE);
		race_take(&race);
		race_expect_taken(&race, RACE_SIZE);
	}
	ring_expect_once(f);
}

/*
 * 2.7.13.4.1: the wish of the device is read after the index was stored, so
 * that one which came with it counts.
 */
static void asks_within_kick(struct kunit *test)
{
	struct ring_fix *f = race_setup(test, test->param_value);
	unsigned int i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		race.asks = false;
		walk_ask_notify(&f->w, WALK_NOTIFY_NONE, 0);
		race_add(f, 0, 1);
		KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
		KUNIT_ASSERT_EQ(test, ring_finish(f), 1);
		walk_ask_notify(&f->w, WALK_NOTIFY_NONE, 0);
		race.asks = true;
		race_add(f, 0, 1);
		KUNIT_EXPECT_TRUE(test, virtqueue_kick_prepare(f->vq));
		KUNIT_ASSERT_EQ(test, ring_finish(f), 1);
	}
	ring_expect_once(f);
}

static void race_exit(struct kunit *test)
{
	watch_stop();
}

static const void *race_gen_params(const void *prev, char *desc)
{
	static struct race_param cur;
	unsigned int i = prev ? cur.index + 1 : 0;

	if (i == 16)
		return NULL;
	cur.p.num = RACE_SIZE;
	cur.p.modern = true;
	cur.p.event_idx = i & 1;
	cur.takes = i & 2;
	cur.batch = i & 4 ? 3 : 1;
	cur.held = i & 8 ? 2 : 0;
	cur.index = i;
	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s-%s-batch%u-held%u",
		  cur.p.event_idx ? "event" : "flags",
		  cur.takes ? "callback takes" : "callback looks", cur.batch,
		  cur.held);
	return &cur;
}

static const struct race_param full_params[] = {
	{ .p = { .num = RACE_SIZE, .modern = true } },
	{ .p = { .num = RACE_SIZE, .modern = true, .event_idx = true } },
};

static void full_param_desc(const struct race_param *rp, char *desc)
{
	ring_param_desc(&rp->p, desc);
}

KUNIT_ARRAY_PARAM(full, full_params, full_param_desc);

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(answer_within_kick, race_gen_params),
	KUNIT_CASE_PARAM(answer_within_refused_add, full_gen_params),
	KUNIT_CASE_PARAM(asks_within_kick, full_gen_params),
	{}
};

static struct kunit_suite race_suite = {
	.name = "virtio_split_race",
	.exit = race_exit,
	.test_cases = race_cases,
};

kunit_test_suites(&race_suite);

MODULE_DESCRIPTION("Unit tests of a device that answers at once");
MODULE_LICENSE("GPL");
