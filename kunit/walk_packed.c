// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Walking a packed virtqueue as a device
 *
 * See walk_packed.h.  Written from VIRTIO 1.4, 2.8, alone.
 *
 * What the driver makes available is copied when it is first seen.  From then
 * on the device works on its copy, and where it writes a used descriptor it
 * looks whether the driver kept its hands off in between (2.8.16).
 */
#include <linux/module.h>

#include "walk_packed.h"

/* What an honest device leaves in an address that is unused now, 2.8.4. */
#define WP_UNUSED_ADDR	0x5ca1ab1e0ddba11ULL

/**
 * wp_offset - where in the ring is this place?
 * @w: the queue
 * @place: below twice the queue size
 *
 * Return: index of a descriptor.
 */
unsigned int wp_offset(const struct walk *w, u32 place)
{
	return place < w->num ? place : place - w->num;
}
EXPORT_SYMBOL_GPL(wp_offset);

/**
 * wp_wrap - the wrap counter at a place
 * @w: the queue
 * @place: below twice the queue size
 *
 * Return: the ring wrap counter (VIRTIO 1.4, 2.8.1) of who is there.
 */
bool wp_wrap(const struct walk *w, u32 place)
{
	return place < w->num;
}
EXPORT_SYMBOL_GPL(wp_wrap);

/**
 * wp_add - go on in the ring
 * @w: the queue
 * @place: from here
 * @descs: so many, at most a lap
 *
 * Return: the place.
 */
u32 wp_add(const struct walk *w, u32 place, unsigned int descs)
{
	u32 sum = place + descs;

	return sum < 2 * w->num ? sum : sum - 2 * w->num;
}
EXPORT_SYMBOL_GPL(wp_add);

/* How many descriptors are there from @from on to @to? */
static u32 wp_distance(const struct walk *w, u32 from, u32 to)
{
	return to >= from ? to - from : to + 2 * w->num - from;
}

/**
 * wp_used_flags - the flags that mark a descriptor as used
 * @w: the queue
 * @place: of the descriptor
 *
 * Return: WP_AVAIL and WP_USED both, or neither (VIRTIO 1.4, 2.8.1).
 */
u16 wp_used_flags(const struct walk *w, u32 place)
{
	return wp_wrap(w, place) ? WP_AVAIL | WP_USED : 0;
}
EXPORT_SYMBOL_GPL(wp_used_flags);

/* Are these the flags of a descriptor made available at @place?  2.8.1. */
static bool wp_is_avail(const struct walk *w, u32 place, u16 flags)
{
	return !!(flags & WP_AVAIL) == wp_wrap(w, place) &&
	       !!(flags & WP_USED) != wp_wrap(w, place);
}

/**
 * wp_read_desc - read one descriptor
 * @w: the queue, for its byte order
 * @table: the descriptor ring or an indirect table
 * @index: in @table
 * @d: filled in
 */
void wp_read_desc(const struct walk *w, const u8 *table, unsigned int index,
		  struct walk_desc *d)
{
	const u8 *p = table + WALK_DESC_SIZE * index;

	d->addr = walk_get64(w, p + WALK_DESC_ADDR);
	d->len = walk_get32(w, p + WALK_DESC_LEN);
	d->id = walk_get16(w, p + WP_DESC_ID);
	d->flags = walk_get16(w, p + WP_DESC_FLAGS);
	d->next = 0;
}
EXPORT_SYMBOL_GPL(wp_read_desc);

/**
 * wp_write_desc - overwrite a descriptor, flags last
 * @w: the queue, for its byte order
 * @table: the descriptor ring or an indirect table
 * @index: in @table
 * @d: what to write
 */
void wp_write_desc(const struct walk *w, u8 *table, unsigned int index,
		   const struct walk_desc *d)
{
	u8 *p = table + WALK_DESC_SIZE * index;

	walk_put64(w, p + WALK_DESC_ADDR, d->addr);
	walk_put32(w, p + WALK_DESC_LEN, d->len);
	walk_put16(w, p + WP_DESC_ID, d->id);
	/* What the flags expose before them: pairs with the driver's. */
	smp_wmb();
	walk_put16(w, p + WP_DESC_FLAGS, d->flags);
}
EXPORT_SYMBOL_GPL(wp_write_desc);

static u8 *wp_memory(struct walk *w, u64 addr, unsigned int align,
		     const char *what)
{
	if (!addr || addr % align)
		walk_violation(w, what);
	return walk_virt(w, addr);
}

/* Alignment: 2.8.11; the ring starts with zeros: 2.8.13. */
static void wp_init(struct walk *w, struct virtqueue *vq)
{
	w->desc = wp_memory(w, virtqueue_get_desc_addr(vq), 16,
			    "2.8.11: descriptor ring not 16-byte aligned");
	w->avail = wp_memory(w, virtqueue_get_avail_addr(vq), 4,
			     "2.8.11: driver event suppression not 4-byte aligned");
	w->used = wp_memory(w, virtqueue_get_used_addr(vq), 4,
			    "2.8.11: device event suppression not 4-byte aligned");
	if (!w->le)
		walk_violation(w, "6: packed ring without VERSION_1");
	w->p.shadow = walk_zalloc(w->test, w->num, sizeof(*w->p.shadow));
	if (memchr_inv(w->desc, 0, WALK_DESC_SIZE * w->num))
		walk_violation(w, "2.8.13: descriptor ring does not start zeroed");
}

/**
 * wp_driver_event - what the driver says about interrupts
 * @w: the queue
 * @e: filled in
 *
 * Checks the values that 2.8.10 and 2.8.14 allow.
 */
void wp_driver_event(struct walk *w, struct wp_event *e)
{
	e->flags = walk_get16(w, w->avail + WP_EVENT_FLAGS);
	e->desc = walk_get16(w, w->avail + WP_EVENT_DESC);
	if (e->flags & ~3)
		walk_violation(w, "2.8.14: reserved bits of the event flags set");
	if ((e->flags & 3) == WP_RESERVED)
		walk_violation(w, "2.8.10: reserved value of the event flags");
	if (e->flags != WP_AT_DESC)
		return;
	if (!w->event_idx)
		walk_violation(w, "2.8.10: event of a descriptor without EVENT_IDX");
	if ((e->desc & ~WP_EVENT_WRAP) >= w->num)
		walk_violation(w, "2.8.10: event offset beyond the ring");
}
EXPORT_SYMBOL_GPL(wp_driver_event);

/* See the next buffer, whole or not at all. */
static bool wp_see(struct walk *w)
{
	struct walk_packed *p = &w->p;
	u32 at = p->scan;
	struct walk_desc d;
	unsigned int descs = 0;

	wp_read_desc(w, w->desc, wp_offset(w, at), &d);
	if (!wp_is_avail(w, at, d.flags))
		return false;
	/* The first one's flags before all else: pairs with 2.8.21.1.1. */
	smp_rmb();
	do {
		if (p->held_descs + p->seen_descs + descs == w->num) {
			walk_violation(w, "2.8.16, 2.8.17: more available than the ring holds");
			return false;
		}
		wp_read_desc(w, w->desc, wp_offset(w, at), &d);
		if (!wp_is_avail(w, at, d.flags)) {
			walk_violation(w, "2.8.17: first descriptor available before the rest");
			return false;
		}
		p->shadow[wp_offset(w, at)] = d;
		at = wp_add(w, at, 1);
		descs++;
	} while (d.flags & WALK_NEXT);
	p->scan = at;
	p->seen_descs += descs;
	p->seen++;
	return true;
}

static unsigned int wp_poll(struct walk *w)
{
	struct wp_event e;

	while (wp_see(w))
		;
	wp_driver_event(w, &e);
	return w->p.seen;
}

/* Does the indirect table still say what it said? */
static u64 wp_table_sum(struct walk *w, u64 table, u32 entries)
{
	const u8 *mem = walk_virt(w, table);
	struct walk_desc e;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < entries; i++) {
		wp_read_desc(w, mem, i, &e);
		sum = walk_sum(sum, &e);
	}
	return sum;
}

/* Walk the indirect table that @d refers to: all of it, 2.8.7. */
static void wp_walk_table(struct walk *w, struct walk_chain *c,
			  const struct walk_desc *d, struct walk_buf *b)
{
	const u8 *table = walk_virt(w, d->addr);
	struct walk_desc e;
	u32 i;

	c->indirect = true;
	c->table = d->addr;
	if (!w->indirect_ok)
		walk_violation(w, "2.8.19: INDIRECT was not negotiated");
	if (d->flags & WALK_NEXT || c->ring_descs > 1)
		walk_violation(w, "2.8.19: INDIRECT in a list linked by NEXT");
	if (!d->len || d->len % WALK_DESC_SIZE)
		walk_violation(w, "2.8.7: table length is no multiple of 16");
	b->table = d->addr;
	b->entries = d->len / WALK_DESC_SIZE;
	for (i = 0; i < b->entries; i++) {
		wp_read_desc(w, table, i, &e);
		if (e.flags & ~WALK_WRITE)
			walk_violation(w, "2.8.19: flags other than WRITE in a table");
		walk_element(w, c, &e);
	}
	b->sum = wp_table_sum(w, b->table, b->entries);
}

/* Walk the chain at the place of the next buffer, all of it seen. */
static u16 wp_walk(struct walk *w, struct walk_chain *c, struct walk_buf *b)
{
	const struct walk_desc *d;
	u32 at = w->p.next;

	do {
		d = &w->p.shadow[wp_offset(w, at)];
		c->ring_descs++;
		if (d->flags & ~(WALK_NEXT | WALK_WRITE | WALK_INDIRECT |
				 WP_AVAIL | WP_USED))
			walk_violation(w, "2.8.13: unknown descriptor flags set");
		if (d->flags & WALK_INDIRECT)
			wp_walk_table(w, c, d, b);
		else
			walk_element(w, c, d);
		at = wp_add(w, at, 1);
	} while (d->flags & WALK_NEXT);
	return d->id;
}

static bool wp_pop(struct walk *w, struct walk_chain *c)
{
	struct walk_packed *p = &w->p;
	struct walk_buf b = { 0 };

	if (!p->seen && !wp_poll(w))
		return false;
	c->id = wp_walk(w, c, &b);
	c->first = wp_offset(w, p->next);
	b.first = c->first;
	b.descs = c->ring_descs;
	p->next = wp_add(w, p->next, c->ring_descs);
	p->seen--;
	p->seen_descs -= c->ring_descs;
	p->held_descs += c->ring_descs;
	if (c->id >= w->num) {
		walk_violation(w, "2.8.22: buffer id not below the queue size");
		return false;
	}
	if (w->buf[c->id].flying)
		walk_violation(w, "2.8.21.1: buffer id is not free");
	w->buf[c->id] = b;
	return true;
}

/* A table is looked at here, the ring by wp_skip(). */
static bool wp_altered(struct walk *w, u16 id)
{
	const struct walk_buf *b = &w->buf[id];

	return b->table && wp_table_sum(w, b->table, b->entries) != b->sum;
}

/**
 * wp_write_used - write a used descriptor, whatever it says
 * @w: the queue
 * @place: where
 * @id: buffer id
 * @len: bytes written
 * @flags: all of them, see wp_used_flags()
 */
void wp_write_used(struct walk *w, u32 place, u16 id, u32 len, u16 flags)
{
	struct walk_desc d = {
		.addr = WP_UNUSED_ADDR, .len = len, .id = id, .flags = flags,
	};

	wp_write_desc(w, w->desc, wp_offset(w, place), &d);
}
EXPORT_SYMBOL_GPL(wp_write_used);

static bool wp_same(const struct walk_desc *a, const struct walk_desc *b)
{
	return a->addr == b->addr && a->len == b->len && a->id == b->id &&
	       a->flags == b->flags;
}

/* The device is about to give up @descs descriptors: did they change? */
static void wp_check_held(struct walk *w, unsigned int descs)
{
	u32 at = w->p.used;
	struct walk_desc d;

	for (; descs--; at = wp_add(w, at, 1)) {
		wp_read_desc(w, w->desc, wp_offset(w, at), &d);
		if (!wp_same(&d, &w->p.shadow[wp_offset(w, at)]))
			walk_violation(w, "2.8.16: a descriptor changed before it was used");
	}
}

/**
 * wp_skip - go on to where the next used descriptor will be written
 * @w: the queue
 * @descs: descriptors that the driver gets back, 2.8.2
 *
 * For a test that writes used descriptors by itself; walk_push() does it.
 */
void wp_skip(struct walk *w, unsigned int descs)
{
	w->p.used = wp_add(w, w->p.used, descs);
	w->p.held_descs -= min(descs, w->p.held_descs);
}
EXPORT_SYMBOL_GPL(wp_skip);

/* One descriptor for all, in place of the first of them: 2.8.6, 2.8.8. */
static void wp_use(struct walk *w, u16 id, u32 len, unsigned int bufs,
		   unsigned int descs)
{
	u32 place = w->p.used;

	wp_check_held(w, descs);
	wp_skip(w, descs);
	wp_write_used(w, place, id, len, wp_used_flags(w, place) |
					 (len ? WALK_WRITE : 0));
}

static u32 wp_mark(struct walk *w)
{
	return w->p.used;
}

/* 2.8.10: does what was used since @mark ask for an interrupt? */
static bool wp_must_interrupt(struct walk *w, u32 mark)
{
	u32 written = wp_distance(w, mark, w->p.used);
	struct wp_event e;
	u32 event;

	/* The used flags before the wish: pairs with the driver's barrier. */
	smp_mb();
	wp_driver_event(w, &e);
	if (e.flags != WP_AT_DESC)
		return e.flags == WP_ENABLE && written;
	event = e.desc & ~WP_EVENT_WRAP;
	if (!(e.desc & WP_EVENT_WRAP))
		event += w->num;
	return wp_distance(w, mark, event) < written;
}

/**
 * wp_write_event - write the device event suppression, whatever it says
 * @w: the queue
 * @desc: offset and wrap counter
 * @flags: the flags
 */
void wp_write_event(struct walk *w, u16 desc, u16 flags)
{
	walk_put16(w, w->used + WP_EVENT_DESC, desc);
	/* The place before the flags that make it valid. */
	smp_wmb();
	walk_put16(w, w->used + WP_EVENT_FLAGS, flags);
}
EXPORT_SYMBOL_GPL(wp_write_event);

/**
 * wp_ask_at - ask for a notification when a place is made available
 * @w: the queue, with EVENT_IDX
 * @place: the place
 */
void wp_ask_at(struct walk *w, u32 place)
{
	wp_write_event(w, wp_offset(w, place) |
			  (wp_wrap(w, place) ? WP_EVENT_WRAP : 0), WP_AT_DESC);
}
EXPORT_SYMBOL_GPL(wp_ask_at);

static void wp_notify(struct walk *w, enum walk_notify how, unsigned int ahead)
{
	if (how == WALK_NOTIFY_ALL) {
		wp_write_event(w, 0, WP_ENABLE);
	} else if (how == WALK_NOTIFY_NONE) {
		wp_write_event(w, 0, WP_DISABLE);
	} else {
		wp_poll(w);
		wp_ask_at(w, wp_add(w, w->p.scan, ahead));
	}
}

const struct walk_ops walk_packed_ops = {
	.init = wp_init,
	.poll = wp_poll,
	.pop = wp_pop,
	.use = wp_use,
	.altered = wp_altered,
	.write_desc = wp_write_desc,
	.mark = wp_mark,
	.must_interrupt = wp_must_interrupt,
	.notify = wp_notify,
};
