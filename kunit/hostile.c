// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A device that lies: its means, and what has to follow
 *
 * See hostile.h.
 */
#include <linux/module.h>

#include "hostile.h"

static unsigned long ops = 1000000;
module_param(ops, ulong, 0644);
MODULE_PARM_DESC(ops, "steps of virtio_ring_random, over all kinds of queues (default 1000000)");

static unsigned long seed;
module_param(seed, ulong, 0644);
MODULE_PARM_DESC(seed, "where virtio_ring_random begins, as printed by an earlier run (default 0: at random)");

/**
 * hostile_ops - how many steps shall the random suite take?
 *
 * Return: the parameter ops.
 */
unsigned long hostile_ops(void)
{
	return ops;
}
EXPORT_SYMBOL_GPL(hostile_ops);

/**
 * hostile_seed - where shall it begin?
 *
 * Return: the parameter seed, 0 for anywhere.
 */
unsigned long hostile_seed(void)
{
	return seed;
}
EXPORT_SYMBOL_GPL(hostile_seed);

/**
 * hostile_setup - a queue on which the device holds some buffers
 * @test: the test; its parameter is the kind of queue
 * @c: filled in: FLYING buffers, tokens 0, 1, ...
 *
 * Return: the fixture.
 */
struct ring_fix *hostile_setup(struct kunit *test,
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
EXPORT_SYMBOL_GPL(hostile_setup);

/**
 * hostile_lie - claim that a buffer was used, where the driver looks next
 * @f: the fixture
 * @id: of the buffer; packed: its low 16 bits
 * @len: bytes written
 * @descs: packed: descriptors of the ring by which the device goes on
 */
void hostile_lie(struct ring_fix *f, u32 id, u32 len, unsigned int descs)
{
	u32 place = f->w.p.used;

	if (!f->w.packed) {
		ws_write_used(&f->w, f->w.s.used_idx, id, len);
		ws_set_used_idx(&f->w, f->w.s.used_idx + 1);
		return;
	}
	wp_skip(&f->w, descs);
	wp_write_used(&f->w, place, id, len, wp_used_flags(&f->w, place));
}
EXPORT_SYMBOL_GPL(hostile_lie);

/**
 * hostile_lie_chain - say that a buffer was used, true or not
 * @f: the fixture
 * @c: the buffer
 * @len: bytes written
 */
void hostile_lie_chain(struct ring_fix *f, const struct walk_chain *c, u32 len)
{
	hostile_lie(f, c->id, len, c->ring_descs);
}
EXPORT_SYMBOL_GPL(hostile_lie_chain);

/**
 * hostile_expect_errors - what did the ring count?
 * @f: the fixture
 * @kind: the only kind of error that it has seen; NO_ERROR for none
 * @count: how often
 */
void hostile_expect_errors(struct ring_fix *f, enum virtqueue_error kind,
			   unsigned int count)
{
	struct virtqueue_stats stats;
	unsigned int i;

	if (!virtqueue_ext_available())
		return;
	virtqueue_ext_stats(f->vq, &stats);
	for (i = 0; i < VIRTQUEUE_ERRORS; i++)
		KUNIT_EXPECT_EQ_MSG(f->test, stats.errors[i],
				    i == kind ? count : 0, "errors of kind %u",
				    i);
}
EXPORT_SYMBOL_GPL(hostile_expect_errors);

/**
 * hostile_expect_dead - is the queue broken, for all that a driver can ask?
 * @f: the fixture
 * @kind: what the ring has to have noticed
 */
void hostile_expect_dead(struct ring_fix *f, enum virtqueue_error kind)
{
	struct kunit *test = f->test;
	unsigned int notified = f->m->notified[0], callbacks = f->callbacks;
	u32 len;

	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	hostile_expect_errors(f, kind, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), -1);
	KUNIT_EXPECT_EQ(test, ring_add(f, 100, 1, 0), -EIO);
	KUNIT_EXPECT_EQ(test, ring_add(f, 101, 1, 1), -EIO);
	KUNIT_EXPECT_FALSE(test, virtqueue_kick(f->vq));
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(f->vq));
	KUNIT_EXPECT_EQ(test, f->m->notified[0], notified);
	/* Nothing that a driver waits with may wait for ever. */
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb(f->vq));
	KUNIT_EXPECT_TRUE(test, virtqueue_enable_cb_delayed(f->vq));
	KUNIT_EXPECT_FALSE(test, virtqueue_poll(f->vq, 0));
	mock_interrupt(f->m, 0);
	KUNIT_EXPECT_EQ(test, f->callbacks, callbacks);
	hostile_expect_errors(f, kind, 1);
}
EXPORT_SYMBOL_GPL(hostile_expect_dead);

/**
 * hostile_expect_removable - can the driver be removed, with all it gave?
 * @f: the fixture
 */
void hostile_expect_removable(struct ring_fix *f)
{
	ring_remove(f);
	ring_expect_once(f);
}
EXPORT_SYMBOL_GPL(hostile_expect_removable);

/**
 * hostile_expect_broken - does the ring notice at the next look?
 * @f: the fixture
 * @kind: what it has to notice
 *
 * Nothing comes back for the lie, nothing goes in, all is returned.
 */
void hostile_expect_broken(struct ring_fix *f, enum virtqueue_error kind)
{
	hostile_expect_nothing(f);
	hostile_expect_dead(f, kind);
	hostile_expect_removable(f);
}
EXPORT_SYMBOL_GPL(hostile_expect_broken);

/**
 * hostile_expect_get - does this buffer come next?
 * @f: the fixture
 * @token: the buffer
 * @len: bytes written
 */
void hostile_expect_get(struct ring_fix *f, int token, u32 len)
{
	u32 got = 0xdead;

	KUNIT_ASSERT_EQ(f->test, ring_get(f, &got), token);
	KUNIT_EXPECT_EQ(f->test, got, len);
}
EXPORT_SYMBOL_GPL(hostile_expect_get);

/**
 * hostile_expect_nothing - does no buffer come?
 * @f: the fixture
 */
void hostile_expect_nothing(struct ring_fix *f)
{
	u32 len;

	KUNIT_EXPECT_EQ(f->test, ring_get(f, &len), -1);
}
EXPORT_SYMBOL_GPL(hostile_expect_nothing);

/**
 * hostile_expect_honest_end - do all buffers come back by honest means?
 * @f: the fixture
 * @c: the buffers in flight
 *
 * Whatever was done to the queue before, the driver sees just that, and no
 * descriptor is lost or there twice: the queue can be filled to the last.
 */
void hostile_expect_honest_end(struct ring_fix *f,
			       const struct walk_chain c[FLYING])
{
	struct kunit *test = f->test;
	unsigned int i, num = f->p->num;
	int token;

	for (token = 0; token < FLYING; token++)
		hostile_lie_chain(f, &c[token], 1);
	for (token = 0; token < FLYING; token++)
		hostile_expect_get(f, token, 1);
	hostile_expect_nothing(f);
	KUNIT_EXPECT_EQ(test, f->vq->num_free, num);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vq));
	hostile_expect_errors(f, NO_ERROR, 0);
	for (i = 0; i < num; i++)
		KUNIT_ASSERT_EQ(test, ring_add(f, i, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, ring_add(f, i, 1, 0), -ENOSPC);
	hostile_expect_removable(f);
}
EXPORT_SYMBOL_GPL(hostile_expect_honest_end);

/**
 * hostile_go_on - the queue is used for a while
 * @f: the fixture, with nothing in flight for the driver
 * @count: buffers, one at a time
 *
 * The walker's books are made to agree with the driver's first.
 */
void hostile_go_on(struct ring_fix *f, unsigned int count)
{
	struct walk_chain c;
	unsigned int i;

	for (i = 0; i < f->w.num; i++)
		walk_forget(&f->w, i);
	while (count--) {
		KUNIT_ASSERT_EQ(f->test, ring_add(f, 200, 1, 1), 0);
		virtqueue_kick(f->vq);
		KUNIT_ASSERT_TRUE(f->test, walk_pop(&f->w, &c));
		walk_forget(&f->w, c.id);
		hostile_lie_chain(f, &c, 2);
		hostile_expect_get(f, 200, 2);
		KUNIT_ASSERT_EQ(f->test, f->vq->num_free, f->p->num);
	}
}
EXPORT_SYMBOL_GPL(hostile_go_on);
