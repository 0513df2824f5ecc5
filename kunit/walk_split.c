// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Walking a split virtqueue as a device
 *
 * See walk_split.h.  Written from VIRTIO 1.4, 2.7, alone.
 */
#include <linux/io.h>
#include <linux/module.h>

#include "walk_split.h"

static void ws_violation(struct ws_queue *w, const char *what)
{
	w->violations++;
	if (!w->tolerate)
		KUNIT_FAIL(w->test, "forbidden by VIRTIO 1.4: %s", what);
}

static u16 ws_get16(const struct ws_queue *w, const u8 *p)
{
	u16 v = READ_ONCE(*(const u16 *)p);

	return w->le ? le16_to_cpu((__force __le16)v) : v;
}

static u32 ws_get32(const struct ws_queue *w, const u8 *p)
{
	u32 v = READ_ONCE(*(const u32 *)p);

	return w->le ? le32_to_cpu((__force __le32)v) : v;
}

static u64 ws_get64(const struct ws_queue *w, const u8 *p)
{
	u64 v = READ_ONCE(*(const u64 *)p);

	return w->le ? le64_to_cpu((__force __le64)v) : v;
}

static void ws_put16(const struct ws_queue *w, u8 *p, u16 v)
{
	WRITE_ONCE(*(u16 *)p, w->le ? (__force u16)cpu_to_le16(v) : v);
}

static void ws_put32(const struct ws_queue *w, u8 *p, u32 v)
{
	WRITE_ONCE(*(u32 *)p, w->le ? (__force u32)cpu_to_le32(v) : v);
}

static void ws_put64(const struct ws_queue *w, u8 *p, u64 v)
{
	WRITE_ONCE(*(u64 *)p, w->le ? (__force u64)cpu_to_le64(v) : v);
}

/* Behind the last entry of the available ring, 2.7.6. */
static u8 *ws_used_event_ptr(const struct ws_queue *w)
{
	return w->avail + WS_RING_ENTRIES + 2 * w->num;
}

/* Behind the last entry of the used ring, 2.7.8. */
static u8 *ws_avail_event_ptr(const struct ws_queue *w)
{
	return w->used + WS_RING_ENTRIES + WS_USED_SIZE * w->num;
}

/**
 * ws_virt - follow an address as the device would
 * @w: the queue
 * @addr: from a descriptor or the transport
 *
 * Return: the CPU's address of the same byte.
 */
void *ws_virt(struct ws_queue *w, u64 addr)
{
	if (addr < w->iova)
		ws_violation(w, "6.1: physical address behind ACCESS_PLATFORM");
	return phys_to_virt(addr < w->iova ? addr : addr - w->iova);
}
EXPORT_SYMBOL_GPL(ws_virt);

static u8 *ws_memory(struct ws_queue *w, u64 addr, unsigned int align,
		     const char *what)
{
	if (!addr || addr % align)
		ws_violation(w, what);
	return ws_virt(w, addr);
}

/**
 * ws_init - find a queue's parts as the transport would be told them
 * @w: filled in
 * @test: fails when the driver's side breaks a rule
 * @vq: the queue
 * @features: as negotiated
 * @iova: added to a physical address to make one for the device
 *
 * Checks the alignment of each part (VIRTIO 1.4, 2.7.1) and that the rings
 * start out empty.  Context: process.
 */
void ws_init(struct ws_queue *w, struct kunit *test, struct virtqueue *vq,
	     u64 features, u64 iova)
{
	memset(w, 0, sizeof(*w));
	w->test = test;
	w->num = virtqueue_get_vring_size(vq);
	w->le = features & (1ULL << 32);
	w->event_idx = features & (1ULL << 29);
	w->indirect_ok = features & (1ULL << 28);
	w->iova = iova;
	w->desc = ws_memory(w, virtqueue_get_desc_addr(vq), 16,
			    "2.7.1: descriptor table not 16-byte aligned");
	w->avail = ws_memory(w, virtqueue_get_avail_addr(vq), 2,
			     "2.7.1: available ring not 2-byte aligned");
	w->used = ws_memory(w, virtqueue_get_used_addr(vq), 4,
			    "2.7.1: used ring not 4-byte aligned");
	if (!w->num || w->num > 32768 || (w->num & (w->num - 1)))
		ws_violation(w, "2.7: queue size is no power of 2 up to 32768");
	w->owner = kunit_kcalloc(test, w->num, sizeof(*w->owner), GFP_KERNEL);
	w->sum = kunit_kcalloc(test, w->num, sizeof(*w->sum), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w->owner);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w->sum);
	if (ws_get16(w, w->avail + WS_RING_IDX) ||
	    ws_get16(w, w->used + WS_RING_IDX))
		ws_violation(w, "2.7.6, 2.7.8: an index does not start at 0");
	if (ws_get16(w, w->used + WS_RING_FLAGS))
		ws_violation(w, "2.7.10.1: used flags do not start at 0");
}
EXPORT_SYMBOL_GPL(ws_init);

/**
 * ws_avail_idx - the available index as it stands
 * @w: the queue
 *
 * Return: buffers made available since the start, mod 65536.
 */
u16 ws_avail_idx(struct ws_queue *w)
{
	return ws_get16(w, w->avail + WS_RING_IDX);
}
EXPORT_SYMBOL_GPL(ws_avail_idx);

/**
 * ws_avail_flags - what the driver says about interrupts
 * @w: the queue
 *
 * Checks the values that 2.7.7.1 allows.
 *
 * Return: the flags of the available ring.
 */
u16 ws_avail_flags(struct ws_queue *w)
{
	u16 flags = ws_get16(w, w->avail + WS_RING_FLAGS);

	if (flags > 1)
		ws_violation(w, "2.7.7.1: available flags other than 0 or 1");
	if (w->event_idx && flags)
		ws_violation(w, "2.7.7.1: available flags set with EVENT_IDX");
	return flags;
}
EXPORT_SYMBOL_GPL(ws_avail_flags);

/**
 * ws_poll - how many buffers wait to be popped?
 * @w: the queue
 *
 * Checks that the index did not go backward (2.7.6.1) and runs no more than
 * a ring ahead of what the device consumed and gave back (2.7.13).
 *
 * Return: buffers available and not yet popped.
 */
unsigned int ws_poll(struct ws_queue *w)
{
	u16 idx = ws_avail_idx(w);
	u16 ahead = idx - w->last_avail;

	ws_avail_flags(w);
	if ((u16)(idx - w->seen_avail) > w->num)
		ws_violation(w, "2.7.6.1: available index went backward");
	if (ahead + w->in_flight > w->num)
		ws_violation(w, "2.7.13: more buffers than the queue has entries");
	w->seen_avail = idx;
	/* Pairs with the driver's barrier before the index: 2.7.13.3.1. */
	smp_rmb();
	return ahead;
}
EXPORT_SYMBOL_GPL(ws_poll);

/**
 * ws_read_desc - read one descriptor
 * @w: the queue, for its byte order
 * @table: the descriptor table or an indirect one
 * @index: in @table
 * @d: filled in
 */
void ws_read_desc(struct ws_queue *w, const u8 *table, unsigned int index,
		  struct ws_desc *d)
{
	const u8 *p = table + WS_DESC_SIZE * index;

	d->addr = ws_get64(w, p + WS_DESC_ADDR);
	d->len = ws_get32(w, p + WS_DESC_LEN);
	d->flags = ws_get16(w, p + WS_DESC_FLAGS);
	d->next = ws_get16(w, p + WS_DESC_NEXT);
}
EXPORT_SYMBOL_GPL(ws_read_desc);

/**
 * ws_write_desc - overwrite a descriptor, as only a hostile device would
 * @w: the queue, for its byte order
 * @table: the descriptor table or an indirect one
 * @index: in @table
 * @d: what to write
 */
void ws_write_desc(struct ws_queue *w, u8 *table, unsigned int index,
		   const struct ws_desc *d)
{
	u8 *p = table + WS_DESC_SIZE * index;

	ws_put64(w, p + WS_DESC_ADDR, d->addr);
	ws_put32(w, p + WS_DESC_LEN, d->len);
	ws_put16(w, p + WS_DESC_FLAGS, d->flags);
	ws_put16(w, p + WS_DESC_NEXT, d->next);
}
EXPORT_SYMBOL_GPL(ws_write_desc);

/* A sum that changes when any meaningful field of @d does. */
static u64 ws_sum(u64 sum, const struct ws_desc *d)
{
	u64 next = d->flags & WS_NEXT ? d->next : 0;

	sum = sum * 1099511628211ULL + d->addr;
	sum = sum * 1099511628211ULL + d->len;
	return sum * 1099511628211ULL + (d->flags | next << 16);
}

/* Account one element of a buffer and check what holds for each of them. */
static void ws_element(struct ws_queue *w, struct ws_chain *c,
		       const struct ws_desc *d)
{
	if (d->flags & ~(WS_NEXT | WS_WRITE | WS_INDIRECT))
		ws_violation(w, "2.7.5: reserved descriptor flags set");
	if (!(d->flags & WS_WRITE) && c->num_in)
		ws_violation(w, "2.7.4.2: readable element after a writable one");
	if (c->num < WS_MAX_ELEMS)
		c->elem[c->num] = *d;
	c->num++;
	if (d->flags & WS_WRITE) {
		c->num_in++;
		c->in_bytes += d->len;
	} else {
		c->out_bytes += d->len;
	}
	if (c->num > w->num)
		ws_violation(w, "2.7.5.3.1: chain longer than the queue size");
	if (c->in_bytes + c->out_bytes > 1ULL << 32)
		ws_violation(w, "2.7.5.2: chain longer than 2^32 bytes");
}

/* Walk the indirect table that @d refers to. */
static u64 ws_walk_table(struct ws_queue *w, struct ws_chain *c,
			 const struct ws_desc *d, u64 sum)
{
	unsigned int entries = d->len / WS_DESC_SIZE, i = 0, seen = 0;
	const u8 *table = ws_virt(w, d->addr);
	struct ws_desc e;

	c->indirect = true;
	c->table = d->addr;
	if (!w->indirect_ok)
		ws_violation(w, "2.7.5.3.1: INDIRECT was not negotiated");
	if (d->flags & WS_NEXT)
		ws_violation(w, "2.7.5.3.1: INDIRECT and NEXT in one descriptor");
	if (!d->len || d->len % WS_DESC_SIZE)
		ws_violation(w, "2.7.5.3: table length is no multiple of 16");
	while (i < entries && seen++ < entries) {
		ws_read_desc(w, table, i, &e);
		if (e.flags & WS_INDIRECT)
			ws_violation(w, "2.7.5.3.1: indirect table in a table");
		ws_element(w, c, &e);
		sum = ws_sum(sum, &e);
		if (!(e.flags & WS_NEXT))
			return sum;
		i = e.next;
	}
	ws_violation(w, "2.7.5.3: indirect chain leaves its table or loops");
	return sum;
}

/*
 * Walk the chain at @c->head; with @claim its descriptors become this
 * chain's, else they are given up.
 */
static u64 ws_walk(struct ws_queue *w, struct ws_chain *c, bool claim)
{
	unsigned int i = c->head;
	struct ws_desc d;
	u64 sum = 0;

	while (c->ring_descs++ < w->num) {
		if (i >= w->num) {
			ws_violation(w, "2.7.5: index beyond the descriptor table");
			return sum;
		}
		if (claim && w->owner[i])
			ws_violation(w, "3.3.1: descriptor of an exposed buffer reused");
		w->owner[i] = claim ? c->head + 1 : 0;
		ws_read_desc(w, w->desc, i, &d);
		sum = ws_sum(sum, &d);
		if (d.flags & WS_INDIRECT)
			return ws_walk_table(w, c, &d, sum);
		ws_element(w, c, &d);
		if (!(d.flags & WS_NEXT))
			return sum;
		i = d.next;
	}
	ws_violation(w, "2.7.5.2: descriptor chain loops");
	return sum;
}

/**
 * ws_pop - take the next available buffer
 * @w: the queue
 * @c: filled in
 *
 * Walks the whole chain and checks every rule on the way.
 *
 * Return: false when none waits.
 */
bool ws_pop(struct ws_queue *w, struct ws_chain *c)
{
	u8 *entry = w->avail + WS_RING_ENTRIES +
		    2 * (w->last_avail & (w->num - 1));

	if (!ws_poll(w))
		return false;
	memset(c, 0, sizeof(*c));
	c->head = ws_get16(w, entry);
	w->last_avail++;
	if (c->head >= w->num) {
		ws_violation(w, "2.7.6: head beyond the descriptor table");
		return false;
	}
	w->sum[c->head] = ws_walk(w, c, true);
	w->in_flight++;
	return true;
}
EXPORT_SYMBOL_GPL(ws_pop);

/**
 * ws_in_flight - does this descriptor belong to a buffer in flight?
 * @w: the queue
 * @index: of a descriptor
 *
 * Return: true between the ws_pop() and the ws_push() of its buffer.
 */
bool ws_in_flight(const struct ws_queue *w, u32 index)
{
	return index < w->num && w->owner[index];
}
EXPORT_SYMBOL_GPL(ws_in_flight);

/**
 * ws_write_used - write an entry of the used ring, whatever it says
 * @w: the queue
 * @slot: index of the entry, mod the queue size
 * @id: head
 * @len: bytes written
 */
void ws_write_used(struct ws_queue *w, u16 slot, u32 id, u32 len)
{
	u8 *entry = w->used + WS_RING_ENTRIES +
		    WS_USED_SIZE * (slot & (w->num - 1));

	ws_put32(w, entry, id);
	ws_put32(w, entry + 4, len);
}
EXPORT_SYMBOL_GPL(ws_write_used);

/**
 * ws_set_used_idx - write the used index, whatever it says
 * @w: the queue
 * @idx: the value
 */
void ws_set_used_idx(struct ws_queue *w, u16 idx)
{
	/* Entries before the index: pairs with the driver's read barrier. */
	smp_wmb();
	w->used_idx = idx;
	ws_put16(w, w->used + WS_RING_IDX, idx);
}
EXPORT_SYMBOL_GPL(ws_set_used_idx);

/**
 * ws_push - give a buffer back
 * @w: the queue
 * @head: of a chain in flight
 * @len: bytes written
 *
 * Checks that the driver left the descriptors alone (VIRTIO 1.4, 3.3.1).
 */
void ws_push(struct ws_queue *w, u16 head, u32 len)
{
	struct ws_chain c = { .head = head };

	if (!ws_in_flight(w, head) || w->owner[head] != head + 1) {
		KUNIT_FAIL(w->test, "test gives back head %u, not in flight",
			   head);
		return;
	}
	if (ws_walk(w, &c, false) != w->sum[head])
		ws_violation(w, "3.3.1: descriptors of an exposed buffer altered");
	w->in_flight--;
	ws_write_used(w, w->used_idx, head, len);
	ws_set_used_idx(w, w->used_idx + 1);
}
EXPORT_SYMBOL_GPL(ws_push);

/**
 * ws_used_event - up to where need the device not interrupt?
 * @w: the queue
 *
 * Return: used_event (VIRTIO 1.4, 2.7.7).
 */
u16 ws_used_event(struct ws_queue *w)
{
	return ws_get16(w, ws_used_event_ptr(w));
}
EXPORT_SYMBOL_GPL(ws_used_event);

/**
 * ws_must_interrupt - does 2.7.7.2 ask for an interrupt now?
 * @w: the queue
 * @old_used: used index at the last time that this was asked
 *
 * Return: true when one of the entries since @old_used asks for one.
 */
bool ws_must_interrupt(struct ws_queue *w, u16 old_used)
{
	u16 written = w->used_idx - old_used;

	/* The index before the flags: pairs with the driver's full barrier. */
	smp_mb();
	if (!w->event_idx)
		return !(ws_avail_flags(w) & 1) && written;
	return (u16)(ws_used_event(w) - old_used) < written;
}
EXPORT_SYMBOL_GPL(ws_must_interrupt);

/**
 * ws_set_used_flags - write the flags of the used ring, whatever they say
 * @w: the queue
 * @flags: the value
 */
void ws_set_used_flags(struct ws_queue *w, u16 flags)
{
	ws_put16(w, w->used + WS_RING_FLAGS, flags);
}
EXPORT_SYMBOL_GPL(ws_set_used_flags);

/**
 * ws_set_no_notify - ask for no notifications, without EVENT_IDX
 * @w: the queue
 * @no_notify: the wish (VIRTIO 1.4, 2.7.10.2)
 */
void ws_set_no_notify(struct ws_queue *w, bool no_notify)
{
	ws_set_used_flags(w, no_notify ? 1 : 0);
}
EXPORT_SYMBOL_GPL(ws_set_no_notify);

/**
 * ws_set_avail_event - ask for a notification at this entry, with EVENT_IDX
 * @w: the queue
 * @event: the available index whose entry asks for one (VIRTIO 1.4, 2.7.10)
 */
void ws_set_avail_event(struct ws_queue *w, u16 event)
{
	ws_put16(w, ws_avail_event_ptr(w), event);
}
EXPORT_SYMBOL_GPL(ws_set_avail_event);
