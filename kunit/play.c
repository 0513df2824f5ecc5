// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Playing all queues of a device
 *
 * See play.h.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "play.h"
#include "walk_packed.h"
#include "walk_split.h"

/* Runs in the driver's thread when its queues are there, or about to go. */
static void play_queues(struct mock *m, bool there)
{
	u64 iova = m->accepted & FB_PLATFORM ? MOCK_IOVA : 0;
	struct play *p = m->player;
	unsigned int i;

	mutex_lock(&p->lock);
	p->life += there;
	for (i = 0; i < MOCK_MAX_VQS; i++) {
		p->q[i].up = there && m->vq[i];
		if (p->q[i].up)
			walk_init(&p->q[i].w, p->test, m->vq[i], m->accepted,
				  iova);
	}
	mutex_unlock(&p->lock);
}

/* One queue has a new ring; what the device had of the old one is lost. */
static void play_queue_enabled(struct mock *m, unsigned int index)
{
	u64 iova = m->accepted & FB_PLATFORM ? MOCK_IOVA : 0;
	struct play *p = m->player;
	struct play_queue *q;
	unsigned int i;

	mutex_lock(&p->lock);
	for (i = 0; i < MOCK_MAX_VQS; i++) {
		q = &p->q[i];
		if (!q->up || !m->vq[i] || m->vq[i]->index != index)
			continue;
		q->renewed++;
		walk_init(&q->w, p->test, m->vq[i], m->accepted, iova);
	}
	mutex_unlock(&p->lock);
}

static int play_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

/* The device goes before its player, which its driver's queues lead to. */
static void play_resource_free(struct kunit_resource *res)
{
	struct play *p = res->data;

	mock_unregister(p->m);
	p->m->on_queues = NULL;
	p->m->on_queue_enabled = NULL;
}

/**
 * play_new - play the queues of a device
 * @m: the device, not yet on the bus
 *
 * When the test ends the device is unplugged.
 *
 * Return: the player, gone with the test.
 */
struct play *play_new(struct mock *m)
{
	struct play *p = walk_zalloc(m->test, 1, sizeof(*p));

	p->test = m->test;
	p->m = m;
	mutex_init(&p->lock);
	m->player = p;
	m->on_queues = play_queues;
	m->on_queue_enabled = play_queue_enabled;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(m->test,
				     kunit_alloc_resource(m->test,
							  play_resource_init,
							  play_resource_free,
							  GFP_KERNEL, p));
	return p;
}
EXPORT_SYMBOL_GPL(play_new);

/**
 * play_up - has the driver set this queue up?
 * @p: the player
 * @queue: index of the queue
 *
 * Return: true from then on until it deletes it.
 */
bool play_up(struct play *p, unsigned int queue)
{
	bool up;

	mutex_lock(&p->lock);
	up = p->q[queue].up;
	mutex_unlock(&p->lock);
	return up;
}
EXPORT_SYMBOL_GPL(play_up);

/**
 * play_poll - how many buffers could be taken?
 * @p: the player
 * @queue: index of the queue
 *
 * Return: how many; none of a queue that is not there.
 */
unsigned int play_poll(struct play *p, unsigned int queue)
{
	unsigned int num = 0;

	mutex_lock(&p->lock);
	if (p->q[queue].up)
		num = walk_poll(&p->q[queue].w);
	mutex_unlock(&p->lock);
	return num;
}
EXPORT_SYMBOL_GPL(play_poll);

/**
 * play_try_take - take the next available buffer, if there is one
 * @p: the player
 * @queue: index of the queue
 * @b: filled in
 *
 * Return: false without a buffer.
 */
bool play_try_take(struct play *p, unsigned int queue, struct play_buf *b)
{
	bool got;

	mutex_lock(&p->lock);
	got = p->q[queue].up && walk_pop(&p->q[queue].w, &b->c);
	if (got) {
		b->queue = queue;
		b->life = p->life;
		b->renewed = p->q[queue].renewed;
		b->out_len = b->c.out_bytes;
		b->in_len = b->c.in_bytes;
	}
	mutex_unlock(&p->lock);
	return got;
}
EXPORT_SYMBOL_GPL(play_try_take);

/**
 * play_take - take the next available buffer; wait for it if need be
 * @p: the player
 * @queue: index of the queue
 * @b: filled in
 *
 * Return: false when none came within %PLAY_MS.
 */
bool play_take(struct play *p, unsigned int queue, struct play_buf *b)
{
	return play_until(play_try_take(p, queue, b));
}
EXPORT_SYMBOL_GPL(play_take);

/* Is the buffer still the device's?  Under @p->lock. */
static bool play_holds(struct play *p, const struct play_buf *b)
{
	return p->q[b->queue].up && p->life == b->life &&
	       p->q[b->queue].renewed == b->renewed;
}

/* Copy from the readable or to the writable bytes of a buffer. */
static size_t play_copy(struct play *p, const struct play_buf *b, u16 write,
			size_t offset, u8 *mem, size_t len)
{
	unsigned int i, num = min_t(unsigned int, b->c.num, WALK_MAX_ELEMS);
	size_t done = 0, part;
	u8 *at;

	mutex_lock(&p->lock);
	for (i = 0; i < num && done < len && play_holds(p, b); i++) {
		if ((b->c.elem[i].flags & WALK_WRITE) != write)
			continue;
		if (offset >= b->c.elem[i].len) {
			offset -= b->c.elem[i].len;
			continue;
		}
		part = min_t(size_t, len - done, b->c.elem[i].len - offset);
		at = walk_virt(&p->q[b->queue].w, b->c.elem[i].addr);
		if (write)
			memcpy(at + offset, mem + done, part);
		else
			memcpy(mem + done, at + offset, part);
		done += part;
		offset = 0;
	}
	mutex_unlock(&p->lock);
	return done;
}

/**
 * play_read - read what the driver wrote
 * @p: the player
 * @b: a buffer that was taken
 * @from: bytes of the device-readable part to leave out
 * @to: where they go
 * @len: how many at most
 *
 * Return: bytes read.
 */
size_t play_read(struct play *p, const struct play_buf *b, size_t from,
		 void *to, size_t len)
{
	return play_copy(p, b, 0, from, to, len);
}
EXPORT_SYMBOL_GPL(play_read);

/**
 * play_write - write what the driver will read
 * @p: the player
 * @b: a buffer that was taken
 * @to: bytes of the device-writable part to leave as they are
 * @from: what to write
 * @len: how many bytes
 *
 * Return: bytes written.
 */
size_t play_write(struct play *p, const struct play_buf *b, size_t to,
		  const void *from, size_t len)
{
	return play_copy(p, b, WALK_WRITE, to, (u8 *)from, len);
}
EXPORT_SYMBOL_GPL(play_write);

/**
 * play_push - give a buffer back without an interrupt
 * @p: the player
 * @b: a buffer that was taken
 * @len: bytes written, true or not
 */
void play_push(struct play *p, const struct play_buf *b, u32 len)
{
	mutex_lock(&p->lock);
	if (play_holds(p, b))
		walk_push(&p->q[b->queue].w, b->c.id, len);
	mutex_unlock(&p->lock);
}
EXPORT_SYMBOL_GPL(play_push);

/* A used buffer notification, wanted or not: 2.7.7.1 lets the device. */
static void play_interrupt(struct play *p, unsigned int queue)
{
	mutex_lock(&p->lock);
	if (p->q[queue].up)
		mock_interrupt(p->m, queue);
	mutex_unlock(&p->lock);
}

/**
 * play_done - give a buffer back and interrupt
 * @p: the player
 * @b: a buffer that was taken
 * @len: bytes written, true or not
 */
void play_done(struct play *p, const struct play_buf *b, u32 len)
{
	play_push(p, b, len);
	play_interrupt(p, b->queue);
}
EXPORT_SYMBOL_GPL(play_done);

/**
 * play_finish - give a buffer back, and interrupt if the driver asked for it
 * @p: the player
 * @b: a buffer that was taken
 * @len: bytes written, true or not
 *
 * As a device that knows the event index: VIRTIO 1.4, 2.7.7.2 and 2.8.10.
 *
 * Return: true when there was an interrupt.
 */
bool play_finish(struct play *p, const struct play_buf *b, u32 len)
{
	struct walk *w = &p->q[b->queue].w;
	bool wanted = false;
	u32 mark;

	mutex_lock(&p->lock);
	if (play_holds(p, b)) {
		mark = walk_mark(w);
		walk_push(w, b->c.id, len);
		wanted = walk_must_interrupt(w, mark);
		if (wanted)
			mock_interrupt(p->m, b->queue);
	}
	mutex_unlock(&p->lock);
	return wanted;
}
EXPORT_SYMBOL_GPL(play_finish);

/**
 * play_answer - take a buffer, fill it, give it back and interrupt
 * @p: the player
 * @queue: index of the queue
 * @data: for its device-writable part
 * @len: bytes of it, also of the used length
 *
 * Return: false when no buffer came, or it was too short.
 */
bool play_answer(struct play *p, unsigned int queue, const void *data,
		 size_t len)
{
	struct play_buf b;
	size_t done;

	if (!play_take(p, queue, &b))
		return false;
	done = play_write(p, &b, 0, data, len);
	play_done(p, &b, done);
	return done == len;
}
EXPORT_SYMBOL_GPL(play_answer);

/**
 * play_lie - say that some buffer was used, and interrupt
 * @p: the player
 * @queue: index of the queue
 * @id: of the buffer, true or not; packed: its low 16 bits
 * @len: bytes written
 *
 * The walker's books do not know of it: do not go on with that queue.
 */
void play_lie(struct play *p, unsigned int queue, u32 id, u32 len)
{
	struct walk *w = &p->q[queue].w;
	u32 place;

	mutex_lock(&p->lock);
	if (p->q[queue].up && w->packed) {
		place = w->p.used;
		wp_skip(w, 1);
		wp_write_used(w, place, id, len, wp_used_flags(w, place));
	} else if (p->q[queue].up) {
		ws_write_used(w, w->s.used_idx, id, len);
		ws_set_used_idx(w, w->s.used_idx + 1);
	}
	mutex_unlock(&p->lock);
	play_interrupt(p, queue);
}
EXPORT_SYMBOL_GPL(play_lie);
