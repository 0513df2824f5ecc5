// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Walking a split virtqueue as a device
 *
 * See walk_split.h.  Written from VIRTIO 1.4, 2.7, alone.
 */
#include <linux/module.h>

#include "walk_split.h"

/* Behind the last entry of the available ring, 2.7.6. */
static u8 *ws_used_event_ptr(const struct walk *w)
{
	return w->avail + WS_RING_ENTRIES + 2 * w->num;
}

/* Behind the last entry of the used ring, 2.7.8. */
static u8 *ws_avail_event_ptr(const struct walk *w)
{
	return w->used + WS_RING_ENTRIES + WS_USED_SIZE * w->num;
}

static u8 *ws_memory(struct walk *w, u64 addr, unsigned int align,
		     const char *what)
{
	if (!addr || addr % align)
		walk_violation(w, what);
	return walk_virt(w, addr);
}

/* Alignment: 2.7.1; the rings start out empty: 2.7.6, 2.7.8. */
static void ws_init(struct walk *w, struct virtqueue *vq)
{
	w->desc = ws_memory(w, virtqueue_get_desc_addr(vq), 16,
			    "2.7.1: descriptor table not 16-byte aligned");
	w->avail = ws_memory(w, virtqueue_get_avail_addr(vq), 2,
			     "2.7.1: available ring not 2-byte aligned");
	w->used = ws_memory(w, virtqueue_get_used_addr(vq), 4,
			    "2.7.1: used ring not 4-byte aligned");
	if (w->num & (w->num - 1))
		walk_violation(w, "2.7: queue size is no power of 2");
	w->s.owner = walk_zalloc(w->test, w->num, sizeof(*w->s.owner));
	if (walk_get16(w, w->avail + WS_RING_IDX) ||
	    walk_get16(w, w->used + WS_RING_IDX))
		walk_violation(w, "2.7.6, 2.7.8: an index does not start at 0");
	if (walk_get16(w, w->used + WS_RING_FLAGS))
		walk_violation(w, "2.7.10.1: used flags do not start at 0");
}

/**
 * ws_avail_idx - the available index as it stands
 * @w: the queue
 *
 * Return: buffers made available since the start, mod 65536.
 */
u16 ws_avail_idx(struct walk *w)
{
	return walk_get16(w, w->avail + WS_RING_IDX);
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
u16 ws_avail_flags(struct walk *w)
{
	u16 flags = walk_get16(w, w->avail + WS_RING_FLAGS);

	if (flags > 1)
		walk_violation(w, "2.7.7.1: available flags other than 0 or 1");
	if (w->event_idx && flags)
		walk_violation(w, "2.7.7.1: available flags set with EVENT_IDX");
	return flags;
}
EXPORT_SYMBOL_GPL(ws_avail_flags);

/*
 * The index does not go backward (2.7.6.1) and runs no more than a ring ahead
 * of what the device consumed and gave back (2.7.13).
 */
static unsigned int ws_poll(struct walk *w)
{
	u16 idx = ws_avail_idx(w);
	u16 ahead = idx - w->s.last_avail;

	ws_avail_flags(w);
	if ((u16)(idx - w->s.seen_avail) > w->num)
		walk_violation(w, "2.7.6.1: available index went backward");
	if (ahead + w->in_flight > w->num)
		walk_violation(w, "2.7.13: more buffers than the queue has entries");
	w->s.seen_avail = idx;
	/* Pairs with the driver's barrier before the index: 2.7.13.3.1. */
	smp_rmb();
	return ahead;
}

/**
 * ws_read_desc - read one descriptor
 * @w: the queue, for its byte order
 * @table: the descriptor table or an indirect one
 * @index: in @table
 * @d: filled in
 */
void ws_read_desc(struct walk *w, const u8 *table, unsigned int index,
		  struct walk_desc *d)
{
	const u8 *p = table + WALK_DESC_SIZE * index;

	d->addr = walk_get64(w, p + WALK_DESC_ADDR);
	d->len = walk_get32(w, p + WALK_DESC_LEN);
	d->flags = walk_get16(w, p + WS_DESC_FLAGS);
	d->next = walk_get16(w, p + WS_DESC_NEXT);
}
EXPORT_SYMBOL_GPL(ws_read_desc);

/**
 * ws_write_desc - overwrite a descriptor, as only a hostile device would
 * @w: the queue, for its byte order
 * @table: the descriptor table or an indirect one
 * @index: in @table
 * @d: what to write
 */
void ws_write_desc(const struct walk *w, u8 *table, unsigned int index,
		   const struct walk_desc *d)
{
	u8 *p = table + WALK_DESC_SIZE * index;

	walk_put64(w, p + WALK_DESC_ADDR, d->addr);
	walk_put32(w, p + WALK_DESC_LEN, d->len);
	walk_put16(w, p + WS_DESC_FLAGS, d->flags);
	walk_put16(w, p + WS_DESC_NEXT, d->next);
}
EXPORT_SYMBOL_GPL(ws_write_desc);

static void ws_element(struct walk *w, struct walk_chain *c,
		       const struct walk_desc *d)
{
	if (d->flags & ~(WALK_NEXT | WALK_WRITE | WALK_INDIRECT))
		walk_violation(w, "2.7.5: reserved descriptor flags set");
	walk_element(w, c, d);
	if (c->in_bytes + c->out_bytes > 1ULL << 32)
		walk_violation(w, "2.7.5.2: chain longer than 2^32 bytes");
}

/* Walk the indirect table that @d refers to. */
static u64 ws_walk_table(struct walk *w, struct walk_chain *c,
			 const struct walk_desc *d, u64 sum)
{
	unsigned int entries = d->len / WALK_DESC_SIZE, i = 0, seen = 0;
	const u8 *table = walk_virt(w, d->addr);
	struct walk_desc e;

	c->indirect = true;
	c->table = d->addr;
	if (!w->indirect_ok)
		walk_violation(w, "2.7.5.3.1: INDIRECT was not negotiated");
	if (d->flags & WALK_NEXT)
		walk_violation(w, "2.7.5.3.1: INDIRECT and NEXT in one descriptor");
	if (!d->len || d->len % WALK_DESC_SIZE)
		walk_violation(w, "2.7.5.3: table length is no multiple of 16");
	while (i < entries && seen++ < entries) {
		ws_read_desc(w, table, i, &e);
		if (e.flags & WALK_INDIRECT)
			walk_violation(w, "2.7.5.3.1: indirect table in a table");
		ws_element(w, c, &e);
		sum = walk_sum(sum, &e);
		if (!(e.flags & WALK_NEXT))
			return sum;
		if (w->in_order && e.next != i + 1)
			walk_violation(w, "2.7.5.3.1: IN_ORDER and a table not in sequence");
		i = e.next;
	}
	walk_violation(w, "2.7.5.3: indirect chain leaves its table or loops");
	return sum;
}

/* The descriptor behind @i in ring order. */
static unsigned int ws_behind(const struct walk *w, unsigned int i)
{
	return i + 1 == w->num ? 0 : i + 1;
}

/* 2.7.5.2 with IN_ORDER: one behind the other, the last one links to 0. */
static void ws_check_order(struct walk *w, unsigned int i,
			   const struct walk_desc *d)
{
	if (!w->in_order)
		return;
	if (i != w->s.next_desc)
		walk_violation(w, "2.7.5: IN_ORDER and descriptors not in ring order");
	w->s.next_desc = ws_behind(w, i);
	if (d->flags & WALK_NEXT && d->next != ws_behind(w, i))
		walk_violation(w, "2.7.5.2: IN_ORDER and next is not the one behind");
}

/*
 * Walk the chain at @c->id; with @claim its descriptors become this
 * chain's, else they are given up.
 */
static u64 ws_walk(struct walk *w, struct walk_chain *c, bool claim)
{
	unsigned int i = c->id;
	struct walk_desc d;
	u64 sum = 0;

	while (c->ring_descs++ < w->num) {
		if (i >= w->num) {
			walk_violation(w, "2.7.5: index beyond the descriptor table");
			return sum;
		}
		if (claim && w->s.owner[i])
			walk_violation(w, "3.3.1: descriptor of an exposed buffer reused");
		w->s.owner[i] = claim ? c->id + 1 : 0;
		ws_read_desc(w, w->desc, i, &d);
		if (claim)
			ws_check_order(w, i, &d);
		sum = walk_sum(sum, &d);
		if (d.flags & WALK_INDIRECT)
			return ws_walk_table(w, c, &d, sum);
		ws_element(w, c, &d);
		if (!(d.flags & WALK_NEXT))
			return sum;
		i = d.next;
	}
	walk_violation(w, "2.7.5.2: descriptor chain loops");
	return sum;
}

static bool ws_pop(struct walk *w, struct walk_chain *c)
{
	u8 *entry = w->avail + WS_RING_ENTRIES +
		    2 * (w->s.last_avail & (w->num - 1));
	struct walk_buf *b;

	if (!ws_poll(w))
		return false;
	c->id = walk_get16(w, entry);
	c->first = c->id;
	w->s.last_avail++;
	if (w->s.rearm)
		ws_set_avail_event(w, w->s.last_avail);
	if (c->id >= w->num) {
		walk_violation(w, "2.7.6: head beyond the descriptor table");
		return false;
	}
	b = &w->buf[c->id];
	b->sum = ws_walk(w, c, true);
	b->descs = c->ring_descs;
	b->first = c->id;
	return true;
}

/* Walks the chain again, and gives its descriptors up. */
static bool ws_altered(struct walk *w, u16 id)
{
	struct walk_chain c = { .id = id };

	return ws_walk(w, &c, false) != w->buf[id].sum;
}

/* One entry, where that of the first buffer would stand: 2.7.9. */
static void ws_use(struct walk *w, u16 id, u32 len, unsigned int bufs,
		   unsigned int descs)
{
	ws_write_used(w, w->s.used_idx, id, len);
	ws_set_used_idx(w, w->s.used_idx + bufs);
}

/**
 * ws_write_used - write an entry of the used ring, whatever it says
 * @w: the queue
 * @slot: index of the entry, mod the queue size
 * @id: head
 * @len: bytes written
 */
void ws_write_used(struct walk *w, u16 slot, u32 id, u32 len)
{
	u8 *entry = w->used + WS_RING_ENTRIES +
		    WS_USED_SIZE * (slot & (w->num - 1));

	walk_put32(w, entry, id);
	walk_put32(w, entry + 4, len);
}
EXPORT_SYMBOL_GPL(ws_write_used);

/**
 * ws_set_used_idx - write the used index, whatever it says
 * @w: the queue
 * @idx: the value
 */
void ws_set_used_idx(struct walk *w, u16 idx)
{
	/* Entries before the index: pairs with the driver's read barrier. */
	smp_wmb();
	w->s.used_idx = idx;
	walk_put16(w, w->used + WS_RING_IDX, idx);
}
EXPORT_SYMBOL_GPL(ws_set_used_idx);

/**
 * ws_used_event - up to where need the device not interrupt?
 * @w: the queue
 *
 * Return: used_event (VIRTIO 1.4, 2.7.7).
 */
u16 ws_used_event(struct walk *w)
{
	return walk_get16(w, ws_used_event_ptr(w));
}
EXPORT_SYMBOL_GPL(ws_used_event);

static u32 ws_mark(struct walk *w)
{
	return w->s.used_idx;
}

/* 2.7.7.2: does one of the entries since @mark ask for an interrupt? */
static bool ws_must_interrupt(struct walk *w, u32 mark)
{
	u16 written = w->s.used_idx - mark;

	/* The index before the flags: pairs with the driver's full barrier. */
	smp_mb();
	if (!w->event_idx)
		return !(ws_avail_flags(w) & 1) && written;
	return (u16)(ws_used_event(w) - mark) < written;
}

/**
 * ws_set_used_flags - write the flags of the used ring, whatever they say
 * @w: the queue
 * @flags: the value
 */
void ws_set_used_flags(struct walk *w, u16 flags)
{
	walk_put16(w, w->used + WS_RING_FLAGS, flags);
}
EXPORT_SYMBOL_GPL(ws_set_used_flags);

/**
 * ws_set_no_notify - ask for no notifications, without EVENT_IDX
 * @w: the queue
 * @no_notify: the wish (VIRTIO 1.4, 2.7.10.2)
 */
void ws_set_no_notify(struct walk *w, bool no_notify)
{
	ws_set_used_flags(w, no_notify ? 1 : 0);
}
EXPORT_SYMBOL_GPL(ws_set_no_notify);

/**
 * ws_set_avail_event - ask for a notification at this entry, with EVENT_IDX
 * @w: the queue
 * @event: the available index whose entry asks for one (VIRTIO 1.4, 2.7.10)
 */
void ws_set_avail_event(struct walk *w, u16 event)
{
	walk_put16(w, ws_avail_event_ptr(w), event);
}
EXPORT_SYMBOL_GPL(ws_set_avail_event);

/* 2.7.10: by flags, or by an index that is far away, or the next one. */
static void ws_notify(struct walk *w, enum walk_notify how, unsigned int ahead)
{
	u16 idx = ws_avail_idx(w);

	w->s.rearm = w->event_idx && how == WALK_NOTIFY_ALL;
	if (!w->event_idx)
		ws_set_no_notify(w, how == WALK_NOTIFY_NONE);
	else if (how == WALK_NOTIFY_NONE)
		ws_set_avail_event(w, idx + 32768);
	else
		ws_set_avail_event(w, how == WALK_NOTIFY_AT ? idx + ahead :
							      idx);
}

const struct walk_ops walk_split_ops = {
	.init = ws_init,
	.poll = ws_poll,
	.pop = ws_pop,
	.use = ws_use,
	.altered = ws_altered,
	.write_desc = ws_write_desc,
	.mark = ws_mark,
	.must_interrupt = ws_must_interrupt,
	.notify = ws_notify,
};
