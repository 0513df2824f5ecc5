// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Playing the device of a virtqueue, whatever its layout
 *
 * See walk.h.  Here is what 2.7 and 2.8 of VIRTIO 1.4 have in common: the
 * books on buffers in flight, the rules for the elements of a buffer, and
 * the order in which a device with IN_ORDER gives buffers back.
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>

#include "walk.h"
#include "walk_packed.h"
#include "walk_split.h"

/**
 * walk_violation - the driver's side did what the specification forbids
 * @w: the queue
 * @what: the rule, with its section
 */
void walk_violation(struct walk *w, const char *what)
{
	w->violations++;
	if (!w->tolerate)
		KUNIT_FAIL(w->test, "forbidden by VIRTIO 1.4: %s", what);
}

/**
 * walk_get16 - read a 16-bit field of the ring
 * @w: the walker
 * @p: the field
 *
 * Return: the value; little-endian or the guest's own order (2.7.3).
 */
u16 walk_get16(const struct walk *w, const u8 *p)
{
	u16 v = READ_ONCE(*(const u16 *)p);

	return w->le ? le16_to_cpu((__force __le16)v) : v;
}
EXPORT_SYMBOL_GPL(walk_get16);

u32 walk_get32(const struct walk *w, const u8 *p)
{
	u32 v = READ_ONCE(*(const u32 *)p);

	return w->le ? le32_to_cpu((__force __le32)v) : v;
}

/**
 * walk_get64 - read a 64-bit field of the ring
 * @w: the walker
 * @p: the field
 *
 * Return: the value; little-endian or the guest's own order (2.7.3).
 */
u64 walk_get64(const struct walk *w, const u8 *p)
{
	u64 v = READ_ONCE(*(const u64 *)p);

	return w->le ? le64_to_cpu((__force __le64)v) : v;
}
EXPORT_SYMBOL_GPL(walk_get64);

/**
 * walk_put16 - write a 16-bit field of the ring
 * @w: the walker
 * @p: the field
 * @v: the value; little-endian or the guest's own order (2.7.3)
 */
void walk_put16(const struct walk *w, u8 *p, u16 v)
{
	WRITE_ONCE(*(u16 *)p, w->le ? (__force u16)cpu_to_le16(v) : v);
}
EXPORT_SYMBOL_GPL(walk_put16);

/**
 * walk_put32 - write a 32-bit field of the ring
 * @w: the walker
 * @p: the field
 * @v: the value; little-endian or the guest's own order (2.7.3)
 */
void walk_put32(const struct walk *w, u8 *p, u32 v)
{
	WRITE_ONCE(*(u32 *)p, w->le ? (__force u32)cpu_to_le32(v) : v);
}
EXPORT_SYMBOL_GPL(walk_put32);

void walk_put64(const struct walk *w, u8 *p, u64 v)
{
	WRITE_ONCE(*(u64 *)p, w->le ? (__force u64)cpu_to_le64(v) : v);
}

/**
 * walk_virt - follow an address as the device would
 * @w: the queue
 * @addr: from a descriptor or the transport
 *
 * Return: the CPU's address of the same byte.
 */
void *walk_virt(struct walk *w, u64 addr)
{
	if (addr < w->iova)
		walk_violation(w, "6.1: physical address behind ACCESS_PLATFORM");
	return phys_to_virt(addr < w->iova ? addr : addr - w->iova);
}
EXPORT_SYMBOL_GPL(walk_virt);

/* All memory of one test's walkers, and what is linked into it. */
struct walk_pool {
	struct list_head mem;	/* struct walk_mem; walk_pool_lock */
};

struct walk_mem {
	struct list_head node;
	u64 data[];
};

static DEFINE_MUTEX(walk_pool_lock);

static int walk_pool_init(struct kunit_resource *res, void *data)
{
	struct walk_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (!pool)
		return -ENOMEM;
	INIT_LIST_HEAD(&pool->mem);
	res->data = pool;
	return 0;
}

static void walk_pool_free(struct kunit_resource *res)
{
	struct walk_pool *pool = res->data;
	struct walk_mem *mem, *next;

	list_for_each_entry_safe(mem, next, &pool->mem, node)
		kvfree(mem);
	kfree(pool);
}

static bool walk_pool_match(struct kunit *test, struct kunit_resource *res,
			    void *data)
{
	return res->free == walk_pool_free;
}

/* The pool of a test, made with the first memory; under walk_pool_lock. */
static struct walk_pool *walk_pool(struct kunit *test)
{
	struct kunit_resource *res;
	struct walk_pool *pool;

	res = kunit_find_resource(test, walk_pool_match, NULL);
	if (!res)
		return kunit_alloc_resource(test, walk_pool_init,
					    walk_pool_free, GFP_KERNEL, NULL);
	pool = res->data;
	kunit_put_resource(res);
	return pool;
}

/**
 * walk_zalloc - zeroed memory that goes with the test, of any size
 * @test: the test, which ends here when there is none
 * @num: elements
 * @size: of an element, bytes
 *
 * A test's resources go in the order opposite to their making. A driver that
 * recovers makes queues, and so walkers, at any time from a thread of its own:
 * all memory goes with the first of it, hence after whatever was made later
 * and still walks.
 *
 * Context: may sleep; any thread.
 *
 * Return: the memory.
 */
void *walk_zalloc(struct kunit *test, size_t num, size_t size)
{
	struct walk_pool *pool;
	struct walk_mem *mem;

	mem = kvzalloc(size_add(sizeof(*mem), array_size(num, size)),
		       GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mem);
	mutex_lock(&walk_pool_lock);
	pool = walk_pool(test);
	if (pool)
		list_add(&mem->node, &pool->mem);
	mutex_unlock(&walk_pool_lock);
	if (!pool)
		kvfree(mem);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pool);
	return mem->data;
}
EXPORT_SYMBOL_GPL(walk_zalloc);

/**
 * walk_init - find a queue's parts as the transport would be told them
 * @w: filled in
 * @test: fails when the driver's side breaks a rule
 * @vq: the queue
 * @features: as negotiated
 * @iova: added to a physical address to make one for the device
 *
 * Checks alignment (VIRTIO 1.4, 2.7.1 and 2.8.10.1), queue size, and that
 * the parts start out as they have to.  Context: process.
 */
void walk_init(struct walk *w, struct kunit *test, struct virtqueue *vq,
	       u64 features, u64 iova)
{
	memset(w, 0, sizeof(*w));
	w->test = test;
	w->num = virtqueue_get_vring_size(vq);
	w->le = features & (1ULL << 32);
	w->event_idx = features & (1ULL << 29);
	w->indirect_ok = features & (1ULL << 28);
	w->packed = features & (1ULL << 34);
	w->in_order = features & (1ULL << 35);
	w->iova = iova;
	w->ops = w->packed ? &walk_packed_ops : &walk_split_ops;
	if (!w->num || w->num > 32768)
		walk_violation(w, "2.7, 2.8: queue size out of range");
	w->buf = walk_zalloc(test, w->num, sizeof(*w->buf));
	w->order = walk_zalloc(test, w->num, sizeof(*w->order));
	w->ops->init(w, vq);
}
EXPORT_SYMBOL_GPL(walk_init);

/**
 * walk_sum - add a descriptor to a sum that changes when the descriptor does
 * @sum: so far
 * @d: the descriptor
 *
 * Return: the sum.
 */
u64 walk_sum(u64 sum, const struct walk_desc *d)
{
	u64 next = d->flags & WALK_NEXT ? d->next : 0;

	sum = sum * 1099511628211ULL + d->addr;
	sum = sum * 1099511628211ULL + d->len;
	return sum * 1099511628211ULL + (d->flags | next << 16);
}

/**
 * walk_element - account one element of a buffer and check it
 * @w: the queue
 * @c: the buffer
 * @d: the element
 *
 * Checks what both layouts ask for: 2.7.4.2 and 2.8.17 (order), 2.7.5.3.1
 * and 2.8.17 (number).
 */
void walk_element(struct walk *w, struct walk_chain *c,
		  const struct walk_desc *d)
{
	if (!(d->flags & WALK_WRITE) && c->num_in)
		walk_violation(w, "2.7.4.2, 2.8.17: readable element after a writable one");
	if (c->num < WALK_MAX_ELEMS)
		c->elem[c->num] = *d;
	c->num++;
	if (d->flags & WALK_WRITE) {
		c->num_in++;
		c->in_bytes += d->len;
	} else {
		c->out_bytes += d->len;
	}
	if (c->num > w->num)
		walk_violation(w, "2.7.5.3.1, 2.8.17: chain longer than the queue size");
}

/**
 * walk_poll - how many buffers wait to be popped?
 * @w: the queue
 *
 * Checks what can be seen without following the chains.
 *
 * Return: buffers available and not yet popped.
 */
unsigned int walk_poll(struct walk *w)
{
	return w->ops->poll(w);
}
EXPORT_SYMBOL_GPL(walk_poll);

/**
 * walk_pop - take the next available buffer
 * @w: the queue
 * @c: filled in
 *
 * Walks the whole chain and checks every rule on the way.
 *
 * Return: false when none waits.
 */
bool walk_pop(struct walk *w, struct walk_chain *c)
{
	struct walk_buf *b;

	memset(c, 0, sizeof(*c));
	if (!w->ops->pop(w, c))
		return false;
	b = &w->buf[c->id];
	b->serial = w->popped++;
	b->flying = true;
	w->order[b->serial % w->num] = c->id;
	w->in_flight++;
	return true;
}
EXPORT_SYMBOL_GPL(walk_pop);

/**
 * walk_in_flight - is this the id of a buffer in flight?
 * @w: the queue
 * @id: head or buffer id
 *
 * Return: true between the walk_pop() and the walk_push() of its buffer.
 */
bool walk_in_flight(const struct walk *w, u32 id)
{
	return id < w->num && w->buf[id].flying;
}
EXPORT_SYMBOL_GPL(walk_in_flight);

/* The buffer goes back: was it left alone (2.8.16, 3.3.1)? */
static bool walk_release(struct walk *w, u16 id)
{
	if (!walk_in_flight(w, id)) {
		KUNIT_FAIL(w->test, "test gives back %u, not in flight", id);
		return false;
	}
	if (w->ops->altered(w, id))
		walk_violation(w, "2.8.16, 3.3.1: descriptors of an exposed buffer altered");
	w->buf[id].flying = false;
	w->in_flight--;
	return true;
}

/**
 * walk_push - give a buffer back
 * @w: the queue
 * @id: of a buffer in flight; with IN_ORDER the oldest
 * @len: bytes written
 *
 * Checks that the driver left the descriptors alone.
 */
void walk_push(struct walk *w, u16 id, u32 len)
{
	if (w->in_order && walk_in_flight(w, id) &&
	    w->buf[id].serial != w->popped - w->in_flight)
		KUNIT_FAIL(w->test, "test gives back %u out of order", id);
	if (walk_release(w, id))
		w->ops->use(w, id, len, 1, w->buf[id].descs);
}
EXPORT_SYMBOL_GPL(walk_push);

/**
 * walk_push_batch - give the oldest buffers back with one used element
 * @w: the queue, with IN_ORDER
 * @bufs: how many
 * @len: bytes written into the last of them; the others are taken to be
 *	used completely (VIRTIO 1.4, 2.7.9 and 2.8.8)
 */
void walk_push_batch(struct walk *w, unsigned int bufs, u32 len)
{
	unsigned int i, descs = 0;
	u16 id = 0;

	if (!w->in_order || !bufs || bufs > w->in_flight) {
		KUNIT_FAIL(w->test, "test gives back a batch of %u", bufs);
		return;
	}
	for (i = 0; i < bufs; i++) {
		id = w->order[(w->popped - w->in_flight) % w->num];
		if (!walk_release(w, id))
			return;
		descs += w->buf[id].descs;
	}
	w->ops->use(w, id, len, bufs, descs);
}
EXPORT_SYMBOL_GPL(walk_push_batch);

/**
 * walk_drain - take all that waits and give it back at once, nothing written
 * @w: the queue
 *
 * Return: how many buffers.
 */
unsigned int walk_drain(struct walk *w)
{
	struct walk_chain c;
	unsigned int num = 0;

	for (; walk_pop(w, &c); num++)
		walk_push(w, c.id, 0);
	return num;
}
EXPORT_SYMBOL_GPL(walk_drain);

/**
 * walk_forget - strike a buffer off the books
 * @w: the queue
 * @id: of a buffer in flight
 *
 * For a test that gave it back with raw writes.
 */
void walk_forget(struct walk *w, u16 id)
{
	unsigned int i;

	if (!walk_in_flight(w, id))
		return;
	w->buf[id].flying = false;
	w->in_flight--;
	for (i = 0; !w->packed && i < w->num; i++)
		if (w->s.owner[i] == id + 1)
			w->s.owner[i] = 0;
}
EXPORT_SYMBOL_GPL(walk_forget);

/**
 * walk_mark - note how far the device has used buffers
 * @w: the queue
 *
 * Return: a mark for walk_must_interrupt().
 */
u32 walk_mark(struct walk *w)
{
	return w->ops->mark(w);
}
EXPORT_SYMBOL_GPL(walk_mark);

/**
 * walk_must_interrupt - does the driver want an interrupt now?
 * @w: the queue
 * @mark: from the last time that this was asked
 *
 * Return: true when what was used since @mark asks for one (VIRTIO 1.4,
 * 2.7.7.2 and 2.8.10).
 */
bool walk_must_interrupt(struct walk *w, u32 mark)
{
	return w->ops->must_interrupt(w, mark);
}
EXPORT_SYMBOL_GPL(walk_must_interrupt);

/**
 * walk_ask_notify - say when the device wants to be notified
 * @w: the queue
 * @how: see &enum walk_notify
 * @ahead: WALK_NOTIFY_AT: of which one, counted from the next that the
 *	driver has not yet made available
 *
 * See VIRTIO 1.4, 2.7.10 and 2.8.10.
 */
void walk_ask_notify(struct walk *w, enum walk_notify how, unsigned int ahead)
{
	if (how == WALK_NOTIFY_AT && !w->event_idx)
		KUNIT_FAIL(w->test, "test asks for an event without EVENT_IDX");
	w->ops->notify(w, how, ahead);
}
EXPORT_SYMBOL_GPL(walk_ask_notify);
