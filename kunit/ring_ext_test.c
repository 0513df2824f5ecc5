// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_ext: what include/virtqueue_ext.h adds
 *
 * On each layout.  Descriptors written by the driver: what the device sees
 * must be the same as with a scatterlist, the walkers judge it.  Batches of
 * used buffers, counters to the last buffer and byte, strictness, and the
 * data of a notification (VIRTIO 1.4, 2.9).
 */
#include <linux/io.h>
#include <linux/module.h>

#include "ring_fix.h"
#include "virtqueue_ext.h"

#define TABLE_MAX	32

static struct ring_fix *ext_setup(struct kunit *test, unsigned int needs)
{
	const struct ring_param *p = test->param_value;

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko has no such API");
	if (p->num < needs)
		kunit_skip(test, "needs a queue of %u entries", needs);
	return ring_setup(test);
}

/* A table in memory of its own, like a block driver's tag has. */
static void ext_init(struct ring_fix *f, struct virtqueue_table *t,
		     unsigned int max)
{
	void *mem = kunit_kzalloc(f->test, 16 * max, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, mem);
	KUNIT_ASSERT_EQ(f->test, (unsigned long)mem % 16, 0);
	KUNIT_ASSERT_EQ(f->test, virtqueue_table_init(f->vq, t, mem,
						      virt_to_phys(mem), max),
			0);
}

/* The same elements as ring_add() has. */
static void ext_fill(struct ring_fix *f, struct virtqueue_table *t,
		     unsigned int out, unsigned int in)
{
	unsigned int i;

	virtqueue_table_begin(t);
	for (i = 0; i < out; i++)
		virtqueue_table_out(t, ring_addr(f, i), ring_len(i));
	for (; i < out + in; i++)
		virtqueue_table_in(t, ring_addr(f, i), ring_len(i));
}

static int ext_add(struct ring_fix *f, struct virtqueue_table *t,
		   unsigned int token)
{
	int err = virtqueue_add_table(f->vq, t, &f->buf[token]);

	if (!err)
		f->buf[token].added++;
	return err;
}

static void ext_round_trip(struct ring_fix *f, struct virtqueue_table *t,
			   unsigned int out, unsigned int in)
{
	struct kunit *test = f->test;
	unsigned int takes = f->p->indirect ? 1 : out + in;
	struct walk_chain c;
	u32 len;

	ext_fill(f, t, out, in);
	KUNIT_ASSERT_EQ(test, ext_add(f, t, 4), 0);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - takes);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, out, in);
	KUNIT_EXPECT_EQ(test, c.indirect, f->p->indirect);
	walk_push(&f->w, c.id, c.in_bytes);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 4);
	KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* One table used again and again with other contents. */
static void table_shapes(struct kunit *test)
{
	static const u8 shapes[][2] = {
		{ 1, 1 }, { 1, 0 }, { 0, 1 }, { 2, 0 }, { 0, 2 }, { 1, 7 },
		{ 7, 1 }, { 3, 4 }, { 1, 1 }, { 8, 0 }, { 0, 8 },
	};
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_table t;
	unsigned int i;

	ext_init(f, &t, TABLE_MAX);
	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		if (shapes[i][0] + shapes[i][1] <= f->p->num)
			ext_round_trip(f, &t, shapes[i][0], shapes[i][1]);
	ring_expect_once(f);
}

/* As long as the queue allows, and full to its last entry. */
static void table_full(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	unsigned int num = min_t(unsigned int, f->p->num, TABLE_MAX);
	struct virtqueue_table t;

	ext_init(f, &t, num);
	ext_round_trip(f, &t, 1, num - 1);
}

/* 2.7.5.3.1, 2.8.17: longer than the queue, also when it would fit indirectly. */
static void table_too_long(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_table t;

	if (f->p->num >= TABLE_MAX)
		kunit_skip(test, "the queue is longer than the table");
	ext_init(f, &t, TABLE_MAX);
	ext_fill(f, &t, 1, f->p->num);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick_prepare(f->vq));
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
}

/*
 * 2.7.5.2: no chain of more than 2^32 bytes.  The lengths are 32 bits, so that
 * no more than 2^32 - 1 may come back: this many are the most.
 */
static void table_too_many_bytes(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;
	struct walk_chain c;
	u32 len;

	ext_init(f, &t, 2);
	virtqueue_table_begin(&t);
	virtqueue_table_out(&t, ring_addr(f, 0), U32_MAX);
	virtqueue_table_in(&t, ring_addr(f, 1), 2);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	virtqueue_table_begin(&t);
	virtqueue_table_in(&t, ring_addr(f, 0), U32_MAX);
	virtqueue_table_in(&t, ring_addr(f, 1), U32_MAX);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	virtqueue_table_begin(&t);
	virtqueue_table_in(&t, ring_addr(f, 0), U32_MAX - 1);
	virtqueue_table_in(&t, ring_addr(f, 1), 1);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	walk_push(&f->w, c.id, U32_MAX);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, U32_MAX);
}

/* The same with a scatterlist: nothing is exposed or kept of it. */
static void list_too_many_bytes(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct scatterlist *sgs[] = { f->sg, f->sg + 1 };

	sg_init_one(f->sg, ring_virt(f, 0), 1);
	sg_init_one(f->sg + 1, ring_virt(f, 1), 2);
	/* Never touched: the device's side reads no further than lengths. */
	f->sg->length = U32_MAX;
	KUNIT_EXPECT_EQ(test, virtqueue_add_sgs(f->vq, sgs, 1, 1, f,
						GFP_ATOMIC), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
	virtqueue_kick(f->vq);
	KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	ring_cycle(f, 3);
}

static void table_empty(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	virtqueue_table_begin(&t);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

static void table_no_room(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;
	unsigned int i, leave = f->p->indirect ? 0 : 1;

	for (i = 0; i < f->p->num - leave; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_EXPECT_EQ(test, virtqueue_add_table(f->vq, &t, f), -ENOSPC);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, leave);
	virtqueue_kick(f->vq);
	/* With room again the same table is taken. */
	ring_finish(f);
	ext_round_trip(f, &t, 1, 1);
	ring_expect_once(f);
}

static void table_on_broken_queue(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -EIO);
}

/* Which of @num buffers goes back as number @i: from the last, if it may. */
static unsigned int turn(const struct ring_fix *f, unsigned int i,
			 unsigned int num)
{
	return f->p->in_order ? i : num - 1 - i;
}

/* Tables and scatterlists, as many as fit, given back from the last. */
static void tables_and_lists(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t[8];
	unsigned int i, num = 0, fits;
	struct walk_chain c;
	u16 heads[8];
	u32 len;

	fits = f->p->indirect ? min(f->p->num, 8u) : min(f->p->num / 2, 8u);
	for (i = 0; i < fits; i++, num++) {
		if (i & 1) {
			KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 1), 0);
			continue;
		}
		ext_init(f, &t[i], 4);
		ext_fill(f, &t[i], 1, 1);
		KUNIT_ASSERT_EQ(test, ext_add(f, &t[i], i), 0);
	}
	virtqueue_kick(f->vq);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		ring_expect_chain(f, &c, 1, 1);
		heads[i] = c.id;
	}
	for (i = 0; i < num; i++)
		walk_push(&f->w, heads[turn(f, i, num)], 1);
	for (i = 0; i < num; i++)
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), (int)turn(f, i, num));
	KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
}

/* The bound on the used length is that of the table, in private memory. */
static void table_used_len(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;
	struct walk_desc lie = { .addr = ~0ULL, .len = U32_MAX,
			       .flags = WALK_WRITE };
	struct walk_chain c;
	u32 len;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_ASSERT_EQ(test, ext_add(f, &t, 0), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	f->w.ops->write_desc(&f->w, (u8 *)t.desc, 0, &lie);
	f->w.ops->write_desc(&f->w, (u8 *)t.desc, 1, &lie);
	f->w.tolerate = true;
	walk_push(&f->w, c.id, U32_MAX);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, ring_len(1));
}

/* A table that was never used comes back when the driver goes. */
static void table_detached(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;

	ext_init(f, &t, 4);
	ext_fill(f, &t, 1, 1);
	KUNIT_ASSERT_EQ(test, ext_add(f, &t, 0), 0);
	virtqueue_kick(f->vq);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->detached, 1);
	ring_expect_once(f);
}

/* Without ACCESS_PLATFORM the device takes physical addresses, 6.1. */
static void dma_device(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);

	KUNIT_EXPECT_PTR_EQ(test, virtqueue_ext_dma_dev(f->vq),
			    (struct device *)NULL);
}

/* @num buffers of one writable element each, back from the device. */
/* A buffer of one segment, by its address: never in a table. */
static void one_segment(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct walk_chain c;
	unsigned int in;
	u32 len;

	for (in = 0; in < 2; in++) {
		KUNIT_ASSERT_EQ(test, virtqueue_ext_add_one(f->vq,
							    ring_addr(f, 0),
							    ring_len(0), in,
							    &f->buf[in]), 0);
		f->buf[in].added++;
		KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num - 1);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		ring_expect_chain(f, &c, !in, in);
		KUNIT_EXPECT_FALSE(test, c.indirect);
		walk_push(&f->w, c.id, c.in_bytes);
		KUNIT_EXPECT_EQ(test, ring_get(f, &len), in);
		KUNIT_EXPECT_EQ(test, len, c.in_bytes);
	}
	ring_expect_once(f);
}

/* No room, and a queue that is broken. */
static void one_segment_refused(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	dma_addr_t addr = ring_addr(f, 0);
	unsigned int i;

	for (i = 0; i < f->p->num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, virtqueue_ext_add_one(f->vq, addr, 4, false, f),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, 0);
	__virtqueue_break(f->vq);
	KUNIT_EXPECT_EQ(test, virtqueue_ext_add_one(f->vq, addr, 4, false, f),
			-EIO);
}

static void use_some(struct ring_fix *f, unsigned int num, u32 written)
{
	struct walk_chain c;
	unsigned int i;

	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, i, 0, 1), 0);
	virtqueue_kick(f->vq);
	for (i = 0; i < num; i++) {
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_push(&f->w, c.id, written);
	}
}

/* Take up to @max buffers; @want come, tokens @first, @first + 1, ... */
static void expect_batch(struct ring_fix *f, unsigned int max,
			 unsigned int want, unsigned int first)
{
	struct virtqueue_used used[8];
	unsigned int i, got = virtqueue_ext_get_batch(f->vq, used, max);

	KUNIT_ASSERT_EQ(f->test, got, want);
	for (i = 0; i < got; i++) {
		KUNIT_EXPECT_PTR_EQ(f->test, used[i].data,
				    (void *)&f->buf[first + i]);
		KUNIT_EXPECT_EQ(f->test, used[i].len, 1);
		f->buf[first + i].returned++;
	}
}

/* Never more than asked for, oldest first, and no more than there are. */
static void get_batches(struct ring_fix *f)
{
	expect_batch(f, 8, 0, 0);
	use_some(f, 5, 1);
	expect_batch(f, 0, 0, 0);
	expect_batch(f, 3, 3, 0);
	expect_batch(f, 8, 2, 3);
	expect_batch(f, 8, 0, 0);
	KUNIT_EXPECT_EQ(f->test, f->vq->num_free, f->p->num);
	KUNIT_EXPECT_FALSE(f->test, virtqueue_is_broken(f->vq));
	ring_expect_once(f);
}

static void get_batch(struct kunit *test)
{
	get_batches(ext_setup(test, 5));
}

/* A driver that polls: there is nothing to be done but that. */
static void get_batch_polling(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 5);

	virtqueue_disable_cb(f->vq);
	get_batches(f);
}

/* A batch ends before what the device may not say (2.7.8, 2.8.8). */
static void batch_up_to_a_lie(struct ring_fix *f)
{
	struct kunit *test = f->test;
	struct walk_chain c;

	use_some(f, 2, 1);
	KUNIT_ASSERT_EQ(test, ring_add(f, 2, 0, 1), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	f->w.ops->use(&f->w, f->p->num, 1, 1, 1);
	expect_batch(f, 8, 2, 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	expect_batch(f, 8, 0, 0);
	ring_remove(f);
	ring_expect_once(f);
}

static void get_batch_up_to_a_lie(struct kunit *test)
{
	batch_up_to_a_lie(ext_setup(test, 5));
}

static void get_batch_polling_lie(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 5);

	virtqueue_disable_cb(f->vq);
	batch_up_to_a_lie(f);
}

static struct virtqueue_stats stats_of(struct ring_fix *f)
{
	struct virtqueue_stats s;

	virtqueue_ext_stats(f->vq, &s);
	return s;
}

/* The device takes all that waits; how many were indirect? */
static unsigned int use_all_in(struct ring_fix *f)
{
	unsigned int indirect = 0;
	struct walk_chain c;

	while (walk_pop(&f->w, &c)) {
		indirect += c.indirect;
		walk_push(&f->w, c.id, c.in_bytes);
	}
	return indirect;
}

static void expect_no_errors(struct ring_fix *f, const struct virtqueue_stats *s)
{
	unsigned int i;

	for (i = 0; i < VIRTQUEUE_ERRORS; i++)
		KUNIT_EXPECT_EQ(f->test, s->errors[i], 0);
}

/*
 * Three buffers: elements of 1; 1 and 2; 1 and 2 bytes, of which the device
 * may read the first two first ones: 2 bytes out, 2 + 1 + 2 in.
 */
static void stats_of_buffers(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 5);
	struct virtqueue_stats s = stats_of(f);
	unsigned int indirect;

	KUNIT_EXPECT_TRUE(test, !memchr_inv(&s, 0, sizeof(s)));
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 1, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 2, 0, 2), 0);
	virtqueue_kick(f->vq);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.added, 3);
	KUNIT_EXPECT_EQ(test, s.out_bytes, 2);
	KUNIT_EXPECT_EQ(test, s.used, 0);
	KUNIT_EXPECT_EQ(test, s.in_bytes, 0);
	indirect = use_all_in(f);
	ring_finish(f);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.added, 3);
	KUNIT_EXPECT_EQ(test, s.used, 3);
	KUNIT_EXPECT_EQ(test, s.out_bytes, 2);
	KUNIT_EXPECT_EQ(test, s.in_bytes, 5);
	KUNIT_EXPECT_EQ(test, s.indirect, indirect);
	KUNIT_EXPECT_EQ(test, s.full, 0);
	expect_no_errors(f, &s);
}

/* The driver's own tables count like scatterlists. */
static void stats_of_tables(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 2);
	struct virtqueue_table t;
	struct virtqueue_stats s;

	ext_init(f, &t, 4);
	ext_round_trip(f, &t, 1, 1);
	ext_round_trip(f, &t, 2, 0);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.added, 2);
	KUNIT_EXPECT_EQ(test, s.used, 2);
	KUNIT_EXPECT_EQ(test, s.out_bytes, 1 + 1 + 2);
	KUNIT_EXPECT_EQ(test, s.in_bytes, 2);
	KUNIT_EXPECT_EQ(test, s.indirect, f->p->indirect ? 2 : 0);
	expect_no_errors(f, &s);
}

/* One count for each decision, none for a kick with nothing to decide. */
static void stats_of_notifications(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_stats s;
	unsigned int i;

	virtqueue_kick(f->vq);
	for (i = 0; i < 5; i++) {
		walk_ask_notify(&f->w, i < 3 ? WALK_NOTIFY_ALL :
					       WALK_NOTIFY_NONE, 0);
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
		virtqueue_kick(f->vq);
		virtqueue_kick(f->vq);
		ring_finish(f);
	}
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.notified, 3);
	KUNIT_EXPECT_EQ(test, s.suppressed, 2);
	KUNIT_EXPECT_EQ(test, f->m->notified[0], 3);
}

/* 2.7.7.1: spurious interrupts do no harm; they are counted. */
static void stats_of_interrupts(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_stats s;

	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	use_some(f, 1, 0);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_HANDLED);
	ring_finish(f);
	KUNIT_EXPECT_EQ(test, mock_interrupt(f->m, 0), IRQ_NONE);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.interrupts, 4);
	KUNIT_EXPECT_EQ(test, s.empty_interrupts, 2);
	KUNIT_EXPECT_EQ(test, f->callbacks, 2);
}

static void stats_of_a_full_ring(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_table t;
	struct virtqueue_stats s;
	unsigned int i;

	ext_init(f, &t, 1);
	ext_fill(f, &t, 1, 0);
	for (i = 0; i < f->p->num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, 1, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, 0, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, ext_add(f, &t, 0), -ENOSPC);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.full, 3);
	KUNIT_EXPECT_EQ(test, s.added, f->p->num);
	KUNIT_EXPECT_EQ(test, s.out_bytes, f->p->num);
}

/* A length that cannot be: bounded (2.7.8.2, 2.8.5), counted, and no more. */
static void patient_with_lengths(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_stats s;
	u32 len;

	use_some(f, 1, 2);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, 1);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.errors[VQ_ERR_LEN], 1);
	KUNIT_EXPECT_EQ(test, s.in_bytes, 1);
	ring_cycle(f, 3);
}

/* The same breaks a strict queue, but what can be does not. */
static void strict_with_lengths(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	struct virtqueue_stats s;
	u32 len;

	virtqueue_ext_strict(f->vq, true);
	use_some(f, 1, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, 1);
	use_some(f, 1, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	use_some(f, 1, 2);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, 1, 0), -EIO);
	s = stats_of(f);
	KUNIT_EXPECT_EQ(test, s.errors[VQ_ERR_LEN], 1);
	KUNIT_EXPECT_EQ(test, s.used, 2);
	ring_remove(f);
	ring_expect_once(f);
}

static void strict_no_more(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	u32 len;

	virtqueue_ext_strict(f->vq, true);
	virtqueue_ext_strict(f->vq, false);
	use_some(f, 1, U32_MAX);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, len, 1);
}

/*
 * 2.9: 15 bits of offset and one more.  Split: the available index.  Packed:
 * place of the next descriptor, wrap counter 1 in odd laps.
 */
static u32 next_place(const struct ring_fix *f, u32 descs, u32 bufs)
{
	if (!f->p->packed)
		return bufs & 0xffff;
	return descs % f->p->num | (descs / f->p->num % 2 ? 0 : 0x8000);
}

static void notification_data(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	unsigned int longest = min(f->p->num, 3u), elems, i;
	u32 descs = 0, len;
	struct walk_chain c;

	for (i = 0; i < min(4 * f->p->num, 1000u) + 5; i++) {
		elems = 1 + i % longest;
		KUNIT_ASSERT_EQ(test, ring_add(f, 0, elems, 0), 0);
		virtqueue_kick_prepare(f->vq);
		KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
		descs += c.ring_descs;
		KUNIT_ASSERT_EQ(test, virtqueue_ext_notification_data(f->vq),
				next_place(f, descs, i + 1) << 16);
		walk_push(&f->w, c.id, 0);
		KUNIT_ASSERT_EQ(test, ring_get(f, &len), 0);
		/* What the device did changes nothing. */
		KUNIT_ASSERT_EQ(test, virtqueue_ext_notification_data(f->vq),
				next_place(f, descs, i + 1) << 16);
	}
}

/* Far enough for each of the 16 bits, and back to 0. */
static void notification_data_wraps(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 1);
	static const u32 stops[] = { 32767, 32768, 65535, 65536, 65537 };
	u32 at = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stops); i++) {
		ring_cycle(f, stops[i] - at);
		at = stops[i];
		KUNIT_EXPECT_EQ(test, virtqueue_ext_notification_data(f->vq),
				next_place(f, at, at) << 16);
	}
}

/*
 * 2.8.16, 2.9: what comes with a doorbell matches what is available then, for
 * the queue that it rings for; a second one says the same.
 */
static void notification_says_it(struct kunit *test)
{
	struct ring_fix *f = ext_setup(test, 5);

	ring_cycle(f, f->p->num - 1);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, 1, 0), 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 1, 1, 0), 0);
	walk_ask_notify(&f->w, WALK_NOTIFY_ALL, 0);
	f->m->notified[0] = 0;
	f->m->notify_data[0] = ~0;
	virtqueue_kick_prepare(f->vq);
	virtqueue_notify(f->vq);
	KUNIT_EXPECT_EQ(test, f->m->notify_data[0],
			next_place(f, f->p->num + 1, f->p->num + 1) << 16);
	f->m->notify_data[0] = ~0;
	virtqueue_notify(f->vq);
	KUNIT_EXPECT_EQ(test, f->m->notify_data[0],
			next_place(f, f->p->num + 1, f->p->num + 1) << 16);
	f->vq->index = 2;
	KUNIT_EXPECT_EQ(test, virtqueue_ext_notification_data(f->vq) & 0xffff,
			2);
	f->vq->index = 0;
}

static const struct ring_param data_params[] = {
	{ .num = 8, .modern = true, .notify_data = true },
	{ .num = 256, .modern = true, .notify_data = true, .event_idx = true },
	{ .num = 7, .packed = true, .notify_data = true },
	{ .num = 8, .packed = true, .notify_data = true, .event_idx = true },
};

KUNIT_ARRAY_PARAM(data, data_params, ring_param_desc);

static struct kunit_case ext_cases[] = {
	KUNIT_CASE_PARAM(table_shapes, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_full, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_too_long, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_too_many_bytes, ring_some_gen_params),
	KUNIT_CASE_PARAM(list_too_many_bytes, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_empty, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_no_room, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_on_broken_queue, ring_some_gen_params),
	KUNIT_CASE_PARAM(tables_and_lists, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_used_len, ring_some_gen_params),
	KUNIT_CASE_PARAM(table_detached, ring_some_gen_params),
	KUNIT_CASE_PARAM(dma_device, ring_some_gen_params),
	KUNIT_CASE_PARAM(one_segment, ring_some_gen_params),
	KUNIT_CASE_PARAM(one_segment_refused, ring_some_gen_params),
	KUNIT_CASE_PARAM(get_batch, ring_some_gen_params),
	KUNIT_CASE_PARAM(get_batch_polling, ring_some_gen_params),
	KUNIT_CASE_PARAM(get_batch_up_to_a_lie, ring_some_gen_params),
	KUNIT_CASE_PARAM(get_batch_polling_lie, ring_some_gen_params),
	KUNIT_CASE_PARAM(stats_of_buffers, ring_some_gen_params),
	KUNIT_CASE_PARAM(stats_of_tables, ring_some_gen_params),
	KUNIT_CASE_PARAM(stats_of_notifications, ring_some_gen_params),
	KUNIT_CASE_PARAM(stats_of_interrupts, ring_some_gen_params),
	KUNIT_CASE_PARAM(stats_of_a_full_ring, ring_some_gen_params),
	KUNIT_CASE_PARAM(patient_with_lengths, ring_some_gen_params),
	KUNIT_CASE_PARAM(strict_with_lengths, ring_some_gen_params),
	KUNIT_CASE_PARAM(strict_no_more, ring_some_gen_params),
	KUNIT_CASE_PARAM(notification_data, ring_some_gen_params),
	KUNIT_CASE_PARAM(notification_data_wraps, data_gen_params),
	KUNIT_CASE_PARAM(notification_says_it, data_gen_params),
	{}
};

static struct kunit_suite ext_suite = {
	.name = "virtio_ring_ext",
	.test_cases = ext_cases,
};

kunit_test_suites(&ext_suite);

MODULE_DESCRIPTION("Unit tests of the additions to the virtqueue API");
MODULE_LICENSE("GPL");
