// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The packed layout
 *
 * VIRTIO 1.4, 2.8: one ring of descriptors that both sides write, and two
 * structures by which each side says when it wants to hear from the other.
 * Called by virtqueue.c and vring_create.c only; see vring.h for what is
 * trusted and who may run when.
 *
 * A descriptor is available when its AVAIL bit equals the wrap counter of the
 * lap and its USED bit does not, and used when both equal it.  Each side looks
 * at one place only, where the other will write next::
 *
 *	used                 avail
 *	|  outstanding       |  free, numbers and addresses of old laps
 *	v                    v
 *	[ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ]
 *
 * What stands in between is not known: the device returns buffers in any
 * order, each in the next descriptor of the ring.  So a Buffer ID is the
 * number of a slot and not of a descriptor.
 *
 * A chain becomes available with the flags of its first descriptor, which are
 * written last.  All that can fail has been done before the first byte of it
 * is written.
 */
#include "vring_chain.h"

#define PACKED_AVAIL	BIT(VRING_PACKED_DESC_F_AVAIL)
#define PACKED_USED	BIT(VRING_PACKED_DESC_F_USED)
#define PACKED_BOTH	(PACKED_AVAIL | PACKED_USED)
#define PACKED_WRAP	BIT(VRING_PACKED_EVENT_F_WRAP_CTR)
#define PACKED_OFFSET	(PACKED_WRAP - 1)

/* VIRTIO 1.4, 2.8.14: the two bits of the event flags that mean something. */
#define PACKED_EVENT_MASK	3

/* @pos, offset and wrap counter, moved on by @num descriptors. */
static __always_inline u16 packed_move(const struct vring_virtqueue *vr,
				       u16 pos, u32 num)
{
	u32 off = (pos & PACKED_OFFSET) + num;

	if (off >= vr->mem.num)
		return (off - vr->mem.num) | (~pos & PACKED_WRAP);
	return off | (pos & PACKED_WRAP);
}

/* Has the device written a used descriptor at @pos?  One read of its flags. */
static __always_inline bool packed_is_used(const struct vring_virtqueue *vr,
					   u16 pos)
{
	u16 flags = le16_to_cpu(READ_ONCE(vr->mem.ring[pos & PACKED_OFFSET].flags));

	return (flags & PACKED_BOTH) == (pos & PACKED_WRAP ? PACKED_BOTH : 0);
}

static __always_inline void packed_set_desc(struct vring_packed_desc *d,
					    dma_addr_t addr, u32 len, u16 id)
{
	d->addr = cpu_to_le64(addr);
	d->len = cpu_to_le32(len);
	d->id = cpu_to_le16(id);
}

/*
 * Make a chain available by the flags of its first descriptor @d, and note it.
 * The next one goes to @avail.
 */
static __always_inline void
packed_expose(struct vring_virtqueue *vr, struct vring_packed_desc *d,
	      u16 flags, u16 avail, u16 last, u16 num, u32 in_bytes, void *data,
	      void *ctx)
{
	vring_record(vr, last, num, in_bytes, data, ctx);
	WRITE_ONCE(vr->added, vr->added + 1);
	vr->packed.unkicked += num;
	if ((avail ^ vr->packed.avail) & PACKED_WRAP)
		vr->packed.avail_flags ^= PACKED_BOTH;
	WRITE_ONCE(vr->packed.avail, avail);

	/*
	 * The chain and @added before the flags that expose it (2.8.21.1.1).
	 * Partners: the device's read barrier between its read of these flags
	 * and its reads of the rest; and, for @added, the read of used flags
	 * in vring_packed_interrupt(), which follows from the device having
	 * seen these.
	 */
	virtio_wmb(vr->weak_barriers);
	WRITE_ONCE(d->flags, cpu_to_le16(flags));
}

/**
 * vring_packed_add_one - add a buffer of one segment
 * @vr: the queue
 * @sg: the segment
 * @in: the device writes it
 * @data: the token
 * @ctx: the driver's context
 *
 * VIRTIO 1.4, 2.8.21.1.
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping).
 */
int vring_packed_add_one(struct vring_virtqueue *vr, struct scatterlist *sg,
			 bool in, void *data, void *ctx)
{
	u16 id = vr->free_head, avail = vr->packed.avail;
	struct vring_packed_desc *d = &vr->mem.ring[avail & PACKED_OFFSET];
	u32 len = sg->length;
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	if (unlikely(vring_map_sg(vr, sg, in, &vr->mem.maps[id], &addr)))
		return vring_add_failed(vr, -ENOMEM);

	packed_set_desc(d, addr, len, id);
	if (!in)
		vr->out_bytes += len;
	packed_expose(vr, d,
		      vr->packed.avail_flags | (in ? VRING_DESC_F_WRITE : 0),
		      packed_move(vr, avail, 1), id, 1, in ? len : 0, data,
		      ctx);
	return 0;
}

/* One descriptor that refers to a table (2.8.7). */
static __always_inline void packed_add_desc(struct vring_virtqueue *vr,
					    dma_addr_t addr, u16 num,
					    u32 in_bytes, void *data, void *ctx)
{
	u16 id = vr->free_head, avail = vr->packed.avail;
	struct vring_packed_desc *d = &vr->mem.ring[avail & PACKED_OFFSET];

	packed_set_desc(d, addr, num * sizeof(*d), id);
	packed_expose(vr, d, vr->packed.avail_flags | VRING_DESC_F_INDIRECT,
		      packed_move(vr, avail, 1), id, 1, in_bytes, data, ctx);
}

/* -E2BIG when the request is longer than the queue's tables. */
static int packed_add_indirect(struct vring_virtqueue *vr,
			       struct vring_chain *c, void *data, void *ctx)
{
	dma_addr_t addr = vr->mem.tables[vr->free_head].addr;
	int err = vring_prepare_indirect(vr, c, true);

	if (unlikely(err))
		return err;
	packed_add_desc(vr, addr, c->num, c->in_bytes, data, ctx);
	return 0;
}

/**
 * struct packed_writer - a chain of ring descriptors while it is written
 * @vr: the queue
 * @left: descriptors still to be written
 * @avail: where the next one goes
 * @flags: AVAIL and USED bits there
 * @id: Buffer ID
 * @slot: slot of the next one
 * @last: slot of the one before
 * @first_flags: flags of the first one, kept back
 * @first: nothing was written yet
 */
struct packed_writer {
	struct vring_virtqueue *vr;
	u16 left;
	u16 avail;
	u16 flags;
	u16 id;
	u16 slot;
	u16 last;
	u16 first_flags;
	bool first;
};

static void packed_begin(struct packed_writer *w, struct vring_virtqueue *vr,
			 u16 num)
{
	w->vr = vr;
	w->left = num;
	w->avail = vr->packed.avail;
	w->flags = vr->packed.avail_flags;
	w->id = vr->free_head;
	w->slot = w->id;
	w->first = true;
}

/* The next descriptor; all but the last one have a successor (2.8.6). */
static __always_inline void packed_put(struct packed_writer *w, dma_addr_t addr,
				       u32 len, bool in)
{
	struct vring_virtqueue *vr = w->vr;
	struct vring_packed_desc *d = &vr->mem.ring[w->avail & PACKED_OFFSET];
	u16 flags = w->flags | (in ? VRING_DESC_F_WRITE : 0);
	u16 next = packed_move(vr, w->avail, 1);

	if (--w->left)
		flags |= VRING_DESC_F_NEXT;
	packed_set_desc(d, addr, len, w->id);
	if (w->first) {
		w->first_flags = flags;
		w->first = false;
	} else {
		d->flags = cpu_to_le16(flags);
	}
	if ((next ^ w->avail) & PACKED_WRAP)
		w->flags ^= PACKED_BOTH;
	w->avail = next;
	w->last = w->slot;
	w->slot = vr->mem.slots[w->slot].next;
}

/* The chain is written: show it to the device. */
static void packed_end(struct packed_writer *w, u16 num, u32 in_bytes,
		       void *data, void *ctx)
{
	struct vring_virtqueue *vr = w->vr;

	packed_expose(vr, &vr->mem.ring[vr->packed.avail & PACKED_OFFSET],
		      w->first_flags, w->avail, w->last, num, in_bytes, data,
		      ctx);
}

/* A chain of ring descriptors (2.8.6). */
static int packed_add_direct(struct vring_virtqueue *vr, struct vring_chain *c,
			     void *data, void *ctx)
{
	int err = vring_prepare_direct(vr, c);
	struct packed_writer w;
	struct scatterlist *sg;
	unsigned int n;
	bool in;

	if (unlikely(err))
		return err;

	packed_begin(&w, vr, c->num);
	for (n = 0; n < c->out_sgs + c->in_sgs; n++) {
		in = n >= c->out_sgs;
		for (sg = c->sgs[n]; sg; sg = vring_sg_next(sg))
			packed_put(&w, vring_direct_addr(vr, sg, in, w.slot),
				   sg->length, in);
	}
	packed_end(&w, c->num, c->in_bytes, data, ctx);
	return 0;
}

/**
 * vring_packed_add - add a buffer of any number of segments
 * @vr: the queue
 * @sgs: lists of segments, those that the device reads first
 * @out_sgs: how many lists the device reads
 * @in_sgs: how many lists the device writes
 * @data: the token
 * @ctx: the driver's context
 *
 * VIRTIO 1.4, 2.8.17, 2.8.19 and 2.8.21.
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping), -EINVAL (nothing in it, longer
 * than the queue, or more than 2^32 - 1 bytes).
 */
int vring_packed_add(struct vring_virtqueue *vr, struct scatterlist *sgs[],
		     unsigned int out_sgs, unsigned int in_sgs, void *data,
		     void *ctx)
{
	struct vring_chain c = {
		.sgs = sgs, .out_sgs = out_sgs, .in_sgs = in_sgs
	};
	int err = -E2BIG;

	if (vr->mem.tables && likely(vr->vq.num_free))
		err = packed_add_indirect(vr, &c, data, ctx);
	if (unlikely(err == -E2BIG))
		err = packed_add_direct(vr, &c, data, ctx);
	return likely(!err) ? 0 : vring_add_failed(vr, err);
}

/*
 * The driver's table as a chain of ring descriptors.  Address and length are
 * copied from memory that the device might reach; both only ever go back to
 * the device.  Number and directions come from private memory.
 */
static void packed_copy_table(struct vring_virtqueue *vr,
			      const struct virtqueue_table *t, void *data)
{
	const struct vring_packed_desc *d = t->packed_desc;
	struct packed_writer w;
	u16 n;

	packed_begin(&w, vr, t->num);
	for (n = 0; n < t->num; n++)
		packed_put(&w, le64_to_cpu(d[n].addr), le32_to_cpu(d[n].len),
			   n >= t->out_num);
	packed_end(&w, t->num, t->in_bytes, data, NULL);
}

/**
 * vring_packed_add_table - add a buffer whose descriptors the driver wrote
 * @vr: the queue
 * @t: the table, with 1 to queue size entries
 * @data: the token
 *
 * Return: 0 or -ENOSPC.
 */
int vring_packed_add_table(struct vring_virtqueue *vr,
			   struct virtqueue_table *t, void *data)
{
	if (unlikely(vr->vq.num_free < (vr->indirect ? 1 : t->num)))
		return vring_add_failed(vr, -ENOSPC);

	vr->out_bytes += t->out_bytes;
	if (!vr->indirect) {
		packed_copy_table(vr, t, data);
		return 0;
	}
	vr->indirects++;
	packed_add_desc(vr, t->addr, t->num, t->in_bytes, data, NULL);
	return 0;
}

/*
 * Did the @num descriptors before @avail pass the one that the device wants to
 * hear of?  Offsets of the lap before are behind, whatever their number.
 */
static bool packed_passed(const struct vring_virtqueue *vr, u16 event, u32 num)
{
	u16 avail = vr->packed.avail;
	u16 new = avail & PACKED_OFFSET, off = event & PACKED_OFFSET;

	if ((event ^ avail) & PACKED_WRAP)
		off -= vr->mem.num;
	return num > vr->mem.num || vring_need_event(off, new, new - num);
}

/**
 * vring_packed_kick_prepare - is a notification due?
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.8.14 and 2.8.21.2.  A value that means nothing is read as
 * "notify": that is always right.
 *
 * Return: true when the device has to be notified.
 */
bool vring_packed_kick_prepare(struct vring_virtqueue *vr)
{
	u32 num = vr->packed.unkicked, seen;
	u16 flags;

	if (!num)
		return false;
	vr->packed.unkicked = 0;

	/*
	 * The flags of what was added before the read of what the device wants
	 * (2.8.21.2).  Partner: the device's full barrier between its write of
	 * Device Event Suppression and its re-check of the next descriptor.
	 */
	virtio_mb(vr->weak_barriers);

	/* Both halves in one read: they belong together. */
	seen = le32_to_cpu(READ_ONCE(*(__le32 *)vr->mem.device));
	flags = (seen >> 16) & PACKED_EVENT_MASK;
	if (flags == VRING_PACKED_EVENT_FLAG_DISABLE)
		return vring_decided(vr, false);
	if (flags != VRING_PACKED_EVENT_FLAG_DESC || !vr->event)
		return vring_decided(vr, true);
	return vring_decided(vr, packed_passed(vr, seen, num));
}

static void packed_write_flags(struct vring_virtqueue *vr, u16 flags)
{
	vr->packed.event_flags = flags;
	WRITE_ONCE(vr->mem.driver->flags, cpu_to_le16(flags));
}

static void packed_write_event(struct vring_virtqueue *vr, u16 pos)
{
	vr->used_event = pos;
	WRITE_ONCE(vr->mem.driver->off_wrap, cpu_to_le16(pos));
}

/* The chain of the used descriptor at @pos, and the length that it says. */
static __always_inline struct vring_slot *
packed_used_desc(struct vring_virtqueue *vr, u16 pos, u32 *len)
{
	const struct vring_packed_desc *d = &vr->mem.ring[pos & PACKED_OFFSET];

	/*
	 * The flags before the rest of the descriptor and the buffer.
	 * Partner: the device's write barrier before its write of the flags.
	 */
	virtio_rmb(vr->weak_barriers);
	*len = le32_to_cpu(READ_ONCE(d->len));
	return vring_outstanding(vr, le16_to_cpu(READ_ONCE(d->id)), vr->added);
}

/*
 * In order, one used descriptor names the last chain of a batch and stands
 * where the first one did (2.8.8).
 */
static struct vring_slot *packed_used_in_order(struct vring_virtqueue *vr,
					       u16 pos, u32 *len)
{
	struct vring_slot *slot;

	if (!vring_batch_left(vr)) {
		slot = packed_used_desc(vr, pos, &vr->batch_len);
		if (unlikely(!slot))
			return NULL;
		WRITE_ONCE(vr->batch_end, slot->pos + 1);
	}
	return vring_take_oldest(vr, len);
}

/*
 * The driver has what was known to be used.  While it wants to be told, say
 * where the next interrupt is due; while it does not, keep an offset that was
 * passed from being met again two laps later.
 */
static __always_inline void packed_taken(struct vring_virtqueue *vr, u16 pos)
{
	if (!vr->event)
		return;
	if (!vr->cb_enabled) {
		if (unlikely(!(pos & PACKED_OFFSET)) &&
		    vr->packed.event_flags != VRING_PACKED_EVENT_FLAG_DISABLE)
			packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_DISABLE);
		return;
	}
	if (vring_batch_left(vr) || packed_is_used(vr, pos))
		return;

	packed_write_event(vr, pos);
	/*
	 * The event before the next read of used flags.  Partner: the device's
	 * full barrier between its write of a used descriptor and its read of
	 * Driver Event Suppression.
	 */
	virtio_mb(vr->weak_barriers);
}

/**
 * vring_packed_get - take the next used buffer
 * @vr: the queue, not broken
 * @len: bytes that the device says it wrote, at most what the buffer holds
 * @ctx: the driver's context, or NULL
 *
 * VIRTIO 1.4, 2.8.22.  The length is believed, and bounded, whether or not
 * the device set the WRITE flag beside it: many devices never do.
 *
 * Return: the token, or NULL when there is none (or the queue is broken now).
 */
void *vring_packed_get(struct vring_virtqueue *vr, unsigned int *len,
		       void **ctx)
{
	u16 pos = vr->packed.used;
	struct vring_slot *slot;
	void *data;
	u32 used;

	if (!vring_batch_left(vr) && !packed_is_used(vr, pos))
		return NULL;

	if (vr->in_order)
		slot = packed_used_in_order(vr, pos, &used);
	else
		slot = packed_used_desc(vr, pos, &used);
	if (unlikely(!slot))
		return NULL;

	pos = packed_move(vr, pos, slot->num);
	data = vring_hand_over(vr, slot, used, len, ctx);
	if (unlikely(!data))
		return NULL;
	WRITE_ONCE(vr->packed.used, pos);
	packed_taken(vr, pos);
	return data;
}

/**
 * vring_packed_disable_cb - tell the device that interrupts are not needed
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.8.14.  With the event index, nothing needs to be said to a
 * device that has passed the descriptor that it was given.
 */
void vring_packed_disable_cb(struct vring_virtqueue *vr)
{
	if (!vr->cb_enabled)
		return;
	vr->cb_enabled = false;
	if (!vr->event || !READ_ONCE(vr->event_passed))
		packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_DISABLE);
}

/* Ask for an interrupt: with the event index when @pos is used. */
static void packed_arm(struct vring_virtqueue *vr, u16 pos)
{
	u16 want = vr->event ? VRING_PACKED_EVENT_FLAG_DESC :
			       VRING_PACKED_EVENT_FLAG_ENABLE;

	vr->cb_enabled = true;
	if (vr->event) {
		WRITE_ONCE(vr->event_passed, false);
		packed_write_event(vr, pos);
		/*
		 * The offset before the flag that makes it mean something.
		 * Partner: the device's read barrier between its reads of
		 * the two.
		 */
		virtio_wmb(vr->weak_barriers);
	}
	/* Always without the event: a disable beside this may be half done. */
	if (vr->packed.event_flags != want || !vr->event)
		packed_write_flags(vr, want);
}

/**
 * vring_packed_enable_cb - ask for an interrupt with the next used buffer
 * @vr: the queue
 *
 * Return: where the driver stands, for vring_packed_poll().
 */
u16 vring_packed_enable_cb(struct vring_virtqueue *vr)
{
	packed_arm(vr, vr->packed.used);
	return vr->packed.used;
}

/**
 * vring_packed_poll - has the device used a buffer since?
 * @vr: the queue
 * @pos: what vring_packed_enable_cb() returned
 *
 * Return: true when it has.
 */
bool vring_packed_poll(struct vring_virtqueue *vr, u16 pos)
{
	/*
	 * The request for an interrupt before the read of the used flags.
	 * Partner: the device's full barrier between its write of a used
	 * descriptor and its read of Driver Event Suppression.
	 */
	virtio_mb(vr->weak_barriers);
	return vring_batch_left(vr) || packed_is_used(vr, pos);
}

/**
 * vring_packed_enable_cb_delayed - ask for an interrupt when most are used
 * @vr: the queue
 *
 * Three quarters of the descriptors that are outstanding, and never beyond
 * the last: whatever the fill level, the interrupt comes.  Whether that many
 * are used already cannot be seen in this layout, only whether any are.
 *
 * Return: false when buffers wait already.
 */
bool vring_packed_enable_cb_delayed(struct vring_virtqueue *vr)
{
	u32 outstanding = vr->mem.num - vr->vq.num_free;
	u16 pos = vr->packed.used;

	packed_arm(vr, packed_move(vr, pos, outstanding * 3 / 4));
	return !vring_packed_poll(vr, pos);
}

/**
 * vring_packed_interrupt - was the interrupt for used buffers of this queue?
 * @vr: the queue
 *
 * May run while the queue is being operated on: only looks.  With nothing
 * outstanding no descriptor can be a used one, and the driver is left alone.
 *
 * Return: true when there are used buffers that the driver has not taken.
 */
bool vring_packed_interrupt(struct vring_virtqueue *vr)
{
	u16 pos = READ_ONCE(vr->packed.used);
	bool used = packed_is_used(vr, pos) || vring_batch_left(vr);

	if (used && READ_ONCE(vr->added) == READ_ONCE(vr->taken))
		used = false;
	trace_virtqueue_interrupt(&vr->vq, used);
	if (used && vr->event && pos == READ_ONCE(vr->used_event))
		WRITE_ONCE(vr->event_passed, true);
	return used;
}

/**
 * vring_packed_reset - everything as before the first buffer
 * @vr: the queue, with fresh memory, not seen by the device yet
 *
 * All slots on the free list, both wrap counters 1, the ring zero (2.8.1,
 * 2.8.13), interrupts as the driver's callback wants them.
 */
void vring_packed_reset(struct vring_virtqueue *vr)
{
	vring_reset_slots(vr);
	memset(vr->mem.ring, 0, vr->mem.num * sizeof(*vr->mem.ring));
	vr->packed.avail = PACKED_WRAP;
	vr->packed.avail_flags = PACKED_AVAIL;
	vr->packed.used = PACKED_WRAP;
	vr->packed.unkicked = 0;

	vr->mem.device->off_wrap = 0;
	vr->mem.device->flags = 0;
	vr->cb_enabled = true;
	packed_write_event(vr, PACKED_WRAP);
	packed_write_flags(vr, vr->event ? VRING_PACKED_EVENT_FLAG_DESC :
					   VRING_PACKED_EVENT_FLAG_ENABLE);
	if (!vr->vq.callback)
		vring_packed_disable_cb(vr);
}
