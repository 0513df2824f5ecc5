// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The split layout
 *
 * VIRTIO 1.4, 2.7: a descriptor table, an available ring that the driver
 * writes and a used ring that the device writes.  Called by virtqueue.c and
 * vring_create.c only; see vring.h for what is trusted and who may run when.
 *
 * Where the indices stand, all free-running modulo 65536::
 *
 *	taken <= used_seen <= (used idx) <= published <= added
 *	         seen         done           exposed
 *
 * The order above is enforced, not assumed: a used idx outside of it breaks
 * the queue.
 *
 * Buffers are exposed at the decision about a notification and not before
 * (split_publish()): one barrier and one store of the index for a whole batch.
 *
 * Event index (2.7.7, 2.7.10): used_event is armed when the driver asks to be
 * told and when the last known used buffer was taken, so once per batch.
 * While nothing is wanted it stands half a lap away, where a queue of any
 * size cannot reach it.
 */
#include "vring_chain.h"

/* Farther from any used idx than the largest queue is long (2.7: 32768). */
#define SPLIT_EVENT_NEVER	0x8000

static __always_inline void split_set_desc(const struct vring_virtqueue *vr,
					   struct vring_desc *d,
					   dma_addr_t addr, u32 len, u16 flags)
{
	d->addr = cpu_to_vring64(vr, addr);
	d->len = cpu_to_vring32(vr, len);
	d->flags = cpu_to_vring16(vr, flags);
}

/*
 * The chain that starts at the first free descriptor becomes the next
 * available buffer: its head in the ring, the rest in private memory.
 */
static __always_inline void split_commit(struct vring_virtqueue *vr, u16 last,
					 u16 num, u32 in_bytes, void *data,
					 void *ctx)
{
	struct vring *vring = &vr->mem.vring;

	vring->avail->ring[vr->added & vr->mem.mask] =
		cpu_to_vring16(vr, vr->free_head);
	vring_record(vr, last, num, in_bytes, data, ctx);
	vr->added++;
}

/*
 * Let the device see the ring up to all that was added (2.7.13.3).  What is
 * exposed is noted before the device can see it: it may answer at once, and
 * its interrupt asks whether anything was out.
 */
static void split_publish(struct vring_virtqueue *vr)
{
	WRITE_ONCE(vr->split.published, vr->added);
	/*
	 * Descriptors, ring entries and @published before the index that
	 * exposes them (2.7.13.3.1).  Partners: the device's read barrier
	 * between its read of idx and its reads of what idx covers; and, for
	 * @published, the read of the used idx in vring_split_interrupt() and
	 * split_refill(), which follows from the device having seen idx.
	 */
	virtio_wmb(vr->weak_barriers);
	WRITE_ONCE(vr->mem.vring.avail->idx, cpu_to_vring16(vr, vr->added));
}

/**
 * vring_split_expose - let the device see what was added, without a decision
 *	about a notification
 * @vr: the queue
 *
 * For when a buffer could not be added: those before it must not wait for the
 * next one that can.
 */
void vring_split_expose(struct vring_virtqueue *vr)
{
	if (vr->split.published != vr->added)
		split_publish(vr);
}

static __always_inline int split_add_one(struct vring_virtqueue *vr,
					 struct scatterlist *sg, bool in,
					 void *data, void *ctx, const bool dma)
{
	u16 head = vr->free_head;
	u32 len = sg->length, in_bytes = 0;
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	addr = vring_sg_addr(vr, sg, in, &vr->mem.maps[head], dma);
	if (dma && unlikely(addr == DMA_MAPPING_ERROR))
		return vring_add_failed(vr, -ENOMEM);

	split_set_desc(vr, &vr->mem.vring.desc[head], addr, len,
		       in ? VRING_DESC_F_WRITE : 0);
	if (in)
		in_bytes = len;
	else
		vr->out_bytes += len;
	split_commit(vr, head, 1, in_bytes, data, ctx);
	return vring_added(vr, data, 1, in_bytes);
}

static noinline int split_add_one_mapped(struct vring_virtqueue *vr,
					 struct scatterlist *sg, bool in,
					 void *data, void *ctx)
{
	return split_add_one(vr, sg, in, data, ctx, true);
}

/**
 * vring_split_add_one - add a buffer of one segment
 * @vr: the queue
 * @sg: the segment
 * @in: the device writes it
 * @data: the token
 * @ctx: the driver's context
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping).
 */
int vring_split_add_one(struct vring_virtqueue *vr, struct scatterlist *sg,
			bool in, void *data, void *ctx)
{
	if (unlikely(vr->use_dma))
		return split_add_one_mapped(vr, sg, in, data, ctx);
	return split_add_one(vr, sg, in, data, ctx, false);
}

/* One descriptor that refers to a table (2.7.5.3). */
static __always_inline int split_commit_table(struct vring_virtqueue *vr,
					      dma_addr_t addr, u16 num,
					      u32 in_bytes, void *data,
					      void *ctx)
{
	u16 head = vr->free_head;

	split_set_desc(vr, &vr->mem.vring.desc[head], addr,
		       num * sizeof(struct vring_desc), VRING_DESC_F_INDIRECT);
	vr->indirects++;
	split_commit(vr, head, 1, in_bytes, data, ctx);
	return vring_added(vr, data, 1, in_bytes);
}

/* The first free slot's table is written: its last entry has no link. */
static __always_inline int split_add_table(struct vring_virtqueue *vr,
					   const struct vring_chain *c,
					   void *data, void *ctx)
{
	struct vring_table *table = &vr->mem.tables[vr->free_head];
	u16 flags = c->in_sgs ? VRING_DESC_F_WRITE : 0;
	struct vring_desc *desc = table->desc;

	desc[c->num - 1].flags = cpu_to_vring16(vr, flags);
	vr->out_bytes += c->out_bytes;
	return split_commit_table(vr, table->addr, c->num, c->in_bytes, data,
				  ctx);
}

/* One list as a part of a chain of ring descriptors, along the free list. */
static void split_link_list(struct vring_virtqueue *vr, struct scatterlist *sg,
			    bool in, u16 *last, u16 *next)
{
	u16 flags = VRING_DESC_F_NEXT | (in ? VRING_DESC_F_WRITE : 0);
	struct vring_desc *desc = vr->mem.vring.desc;
	u16 i;

	for (; sg; sg = vring_sg_next(sg)) {
		i = *next;
		split_set_desc(vr, &desc[i], vring_direct_addr(vr, sg, in, i),
			       sg->length, flags);
		*last = i;
		*next = vr->mem.slots[i].next;
		desc[i].next = cpu_to_vring16(vr, *next);
	}
}

/* A chain of ring descriptors (2.7.5). */
static int split_add_direct(struct vring_virtqueue *vr, struct vring_chain *c,
			    void *data, void *ctx)
{
	u16 flags = c->in_sgs ? VRING_DESC_F_WRITE : 0;
	u16 next = vr->free_head, last = next;
	int err = vring_prepare_direct(vr, c);
	unsigned int n;

	if (unlikely(err))
		return err;

	for (n = 0; n < c->out_sgs + c->in_sgs; n++)
		split_link_list(vr, c->sgs[n], n >= c->out_sgs, &last, &next);
	vr->mem.vring.desc[last].flags = cpu_to_vring16(vr, flags);
	split_commit(vr, last, c->num, c->in_bytes, data, ctx);
	return vring_added(vr, data, c->num, c->in_bytes);
}

/* All requests but those that a table takes without the DMA API. */
static noinline int split_add_slow(struct vring_virtqueue *vr,
				   struct scatterlist *sgs[],
				   unsigned int out_sgs, unsigned int in_sgs,
				   void *data, void *ctx)
{
	struct vring_chain c = {
		.sgs = sgs, .out_sgs = out_sgs, .in_sgs = in_sgs
	};
	int err = -E2BIG;

	if (vr->use_dma && vr->mem.tables && vr->vq.num_free) {
		err = vring_fill_mapped(vr, &c, false);
		if (!err)
			return split_add_table(vr, &c, data, ctx);
	}
	if (err == -E2BIG)
		err = split_add_direct(vr, &c, data, ctx);
	return err ? vring_add_failed(vr, err) : 0;
}

/**
 * vring_split_add - add a buffer of any number of segments
 * @vr: the queue
 * @sgs: lists of segments, those that the device reads first
 * @out_sgs: how many lists the device reads
 * @in_sgs: how many lists the device writes
 * @data: the token
 * @ctx: the driver's context
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping), -EINVAL (nothing in it, longer
 * than the queue, or more than 2^32 - 1 bytes).
 */
int vring_split_add(struct vring_virtqueue *vr, struct scatterlist *sgs[],
		    unsigned int out_sgs, unsigned int in_sgs, void *data,
		    void *ctx)
{
	struct vring_chain c = {
		.sgs = sgs, .out_sgs = out_sgs, .in_sgs = in_sgs
	};

	if (unlikely(vr->use_dma || !vr->mem.tables || !vr->vq.num_free ||
		     vring_fill_table(vr, &c, NULL, false, false)))
		return split_add_slow(vr, sgs, out_sgs, in_sgs, data, ctx);
	return split_add_table(vr, &c, data, ctx);
}

/*
 * The driver's table as a chain of ring descriptors.  Address and length are
 * copied from memory that the device might reach; both only ever go back to
 * the device.  Number and directions come from private memory.
 */
static int split_copy_table(struct vring_virtqueue *vr,
			    struct virtqueue_table *t, void *data)
{
	struct vring_desc *desc = vr->mem.vring.desc;
	u16 last = vr->free_head, i = last;
	u16 flags, n;

	for (n = 0; n < t->num; n++) {
		flags = n < t->out_num ? 0 : VRING_DESC_F_WRITE;
		if (n + 1 < t->num)
			flags |= VRING_DESC_F_NEXT;
		desc[i].addr = t->desc[n].addr;
		desc[i].len = t->desc[n].len;
		desc[i].flags = cpu_to_vring16(vr, flags);
		desc[i].next = cpu_to_vring16(vr, vr->mem.slots[i].next);
		last = i;
		i = vr->mem.slots[i].next;
	}
	split_commit(vr, last, t->num, t->in_bytes, data, NULL);
	return vring_added(vr, data, t->num, t->in_bytes);
}

/**
 * vring_split_add_table - add a buffer whose descriptors the driver wrote
 * @vr: the queue
 * @t: the table, with 1 to queue size entries
 * @data: the token
 *
 * Return: 0 or -ENOSPC.
 */
int vring_split_add_table(struct vring_virtqueue *vr, struct virtqueue_table *t,
			  void *data)
{
	u16 flags = t->num > t->out_num ? VRING_DESC_F_WRITE : 0;

	if (unlikely(vr->vq.num_free < (vr->indirect ? 1 : t->num)))
		return vring_add_failed(vr, -ENOSPC);

	vr->out_bytes += t->out_bytes;
	if (!vr->indirect)
		return split_copy_table(vr, t, data);

	t->desc[t->num - 1].flags = cpu_to_vring16(vr, flags);
	return split_commit_table(vr, t->addr, t->num, t->in_bytes, data, NULL);
}

/**
 * vring_split_init_table - write the links of an indirect table
 * @desc: the table
 * @num: its entries
 * @little_endian: byte order of the queue
 *
 * Each entry leads to the one behind it (2.7.5.3).
 */
void vring_split_init_table(struct vring_desc *desc, unsigned int num,
			    bool little_endian)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		desc[i].next = __cpu_to_virtio16(little_endian, i + 1);
}

/**
 * vring_split_kick_prepare - expose what was added; is a notification due?
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.7.10 and 2.7.13.4.
 *
 * Return: true when the device has to be notified.
 */
bool vring_split_kick_prepare(struct vring_virtqueue *vr)
{
	u64 old = vr->split.kicked, new = vr->added;
	u16 event, flags;

	if (old == new)
		return false;
	split_publish(vr);
	vr->split.kicked = new;

	/*
	 * The index before the read of what the device wants (2.7.13.4.1).
	 * Partner: the device's full barrier between its write of avail_event
	 * or flags and its re-check of the available idx.
	 */
	virtio_mb(vr->weak_barriers);

	if (vr->event) {
		/* 64 bits on the right: 65536 buffers or more pass any event. */
		event = vring16_to_cpu(vr, READ_ONCE(*vr->mem.avail_event));
		return vring_decided(vr, (u16)(new - event - 1) < new - old);
	}
	flags = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->flags));
	return vring_decided(vr, !(flags & VRING_USED_F_NO_NOTIFY));
}

static __always_inline void split_write_used_event(struct vring_virtqueue *vr,
						   u16 event)
{
	vr->used_event = event;
	WRITE_ONCE(*vr->mem.used_event, cpu_to_vring16(vr, event));
}

/*
 * A new used idx, checked: it bounds the batch that follows.  An event that
 * nobody waits for is kept out of the device's reach.
 */
static __always_inline void split_seen(struct vring_virtqueue *vr, u16 idx)
{
	/*
	 * The index before the entries and buffers that it covers.  Partner:
	 * the device's write barrier before its write of the used idx.
	 */
	virtio_rmb(vr->weak_barriers);
	vr->split.used_seen = idx;

	if (vr->event && !vr->cb_enabled &&
	    unlikely((u16)(vr->used_event - idx) < vr->mem.num))
		split_write_used_event(vr, idx + SPLIT_EVENT_NEVER);
}

/*
 * In order, one used element names the last chain of a batch and stands where
 * the first one would (2.7.9).  The batch may not be longer than the used idx
 * has moved.  @slot is the chain that the next element names.
 */
static __always_inline bool split_begin_batch(struct vring_virtqueue *vr,
					      const struct vring_slot *slot,
					      u32 len)
{
	u16 seen = vr->split.used_seen - (u16)vr->taken;

	vr->batch_len = len;
	if (unlikely(slot->pos - vr->taken >= seen))
		return vring_bad_order(vr, slot - vr->mem.slots);
	WRITE_ONCE(vr->batch_end, slot->pos + 1);
	return true;
}

/*
 * Take one used buffer.  The used idx is read once per batch, each entry once;
 * a good id is that of a chain that was exposed.  Positions count chains from
 * the first on and do not wrap: a buffer may stay with the device while any
 * number of others come and go.
 */
static __always_inline void *split_get(struct vring_virtqueue *vr,
				       unsigned int *len, void **ctx,
				       const bool plain)
{
	const struct vring_used_elem *elem;
	u16 taken = vr->taken, idx;
	struct vring_slot *slot;
	u32 id, used;
	void *data;

	if (taken == vr->split.used_seen) {
		idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
		if (idx == taken)
			return NULL;
		if (unlikely((u16)(idx - taken) >
			     (u16)(READ_ONCE(vr->split.published) - taken)))
			return vring_bad_index(vr, idx);
		split_seen(vr, idx);
	}

	if (plain || !vring_batch_left(vr)) {
		elem = &vr->mem.vring.used->ring[taken & vr->mem.mask];
		id = vring32_to_cpu(vr, READ_ONCE(elem->id));
		used = vring32_to_cpu(vr, READ_ONCE(elem->len));
		if (unlikely(id >= vr->mem.num))
			return vring_bad_id(vr, id);
		slot = &vr->mem.slots[id];
		if (unlikely(!slot->data ||
			     slot->pos >= READ_ONCE(vr->split.published)))
			return vring_stale_id(vr, id);
		if (!plain && vr->in_order &&
		    !split_begin_batch(vr, slot, used))
			return NULL;
	}
	if (!plain && vr->in_order)
		slot = vring_take_oldest(vr, &used);
	if (unlikely(used > slot->in_bytes)) {
		if (READ_ONCE(vr->strict))
			return vring_bad_len(vr, used, slot->in_bytes);
		vr->errors[VQ_ERR_LEN]++;
		used = slot->in_bytes;
	}
	data = vring_hand_over(vr, slot, used, len, ctx, plain);

	/*
	 * The batch is done: ask for the next.  The event before the next
	 * read of the used idx.  Partner: the device's full barrier between
	 * its write of the used idx and its read of used_event.
	 */
	if (vr->event && vr->cb_enabled &&
	    (u16)(taken + 1) == vr->split.used_seen) {
		split_write_used_event(vr, taken + 1);
		virtio_mb(vr->weak_barriers);
	}
	return vring_got(vr, data, used);
}

static noinline void *split_get_slow(struct vring_virtqueue *vr,
				     unsigned int *len, void **ctx)
{
	return split_get(vr, len, ctx, false);
}

/**
 * vring_split_get - take the next used buffer
 * @vr: the queue, not broken
 * @len: bytes that the device says it wrote, at most what the buffer holds
 * @ctx: the driver's context, or NULL
 *
 * VIRTIO 1.4, 2.7.8, 2.7.9 and 2.7.14.
 *
 * Return: the token, or NULL when there is none (or the queue is broken now).
 */
void *vring_split_get(struct vring_virtqueue *vr, unsigned int *len, void **ctx)
{
	if (unlikely(!vr->plain))
		return split_get_slow(vr, len, ctx);
	return split_get(vr, len, ctx, true);
}

/**
 * vring_split_disable_cb - tell the device that interrupts are not needed
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.7.7.  With the event index, nothing needs to be said to a
 * device that has passed used_event.
 */
void vring_split_disable_cb(struct vring_virtqueue *vr)
{
	if (!vr->cb_enabled)
		return;
	vr->cb_enabled = false;

	if (vr->event) {
		if (!READ_ONCE(vr->event_passed))
			split_write_used_event(vr, READ_ONCE(vr->taken) +
						   SPLIT_EVENT_NEVER);
		return;
	}
	WRITE_ONCE(vr->mem.vring.avail->flags,
		   cpu_to_vring16(vr, VRING_AVAIL_F_NO_INTERRUPT));
}

/* Ask for an interrupt when the used idx passes @event (2.7.7). */
static void split_arm(struct vring_virtqueue *vr, u16 event)
{
	vr->cb_enabled = true;

	if (vr->event) {
		WRITE_ONCE(vr->event_passed, false);
		split_write_used_event(vr, event);
	} else {
		/* Always: a disable beside this one may be half done. */
		WRITE_ONCE(vr->mem.vring.avail->flags, 0);
	}
}

/**
 * vring_split_enable_cb - ask for an interrupt with the next used buffer
 * @vr: the queue
 *
 * Return: where the driver stands, for vring_split_poll().
 */
u16 vring_split_enable_cb(struct vring_virtqueue *vr)
{
	split_arm(vr, vr->taken);
	return vr->taken;
}

/**
 * vring_split_poll - has the device used a buffer since?
 * @vr: the queue
 * @last_used: what vring_split_enable_cb() returned
 *
 * Return: true when it has.
 */
bool vring_split_poll(struct vring_virtqueue *vr, u16 last_used)
{
	/*
	 * The request for an interrupt before the read of the used idx.
	 * Partner: the device's full barrier between its write of the used
	 * idx and its read of used_event or flags.
	 */
	virtio_mb(vr->weak_barriers);
	return vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx)) !=
	       last_used;
}

/**
 * vring_split_enable_cb_delayed - ask for an interrupt when most are used
 * @vr: the queue
 *
 * Three quarters of what is outstanding, and never beyond its last buffer:
 * whatever the fill level, the interrupt comes.
 *
 * Return: false when that many are used already.
 */
bool vring_split_enable_cb_delayed(struct vring_virtqueue *vr)
{
	u16 outstanding = vr->added - vr->taken;
	u16 wait = (u32)outstanding * 3 / 4;
	u16 idx;

	split_arm(vr, vr->taken + wait);

	/* The request before the used idx; partner as in vring_split_poll(). */
	virtio_mb(vr->weak_barriers);
	idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	return (u16)(idx - (u16)vr->taken) <= (vr->event ? wait : 0);
}

/**
 * vring_split_interrupt - was the interrupt for used buffers of this queue?
 * @vr: the queue
 *
 * May run while the queue is being operated on: only looks.  With nothing
 * outstanding (also: before the first buffer was exposed) no used idx can mean
 * anything, and the driver is left alone.
 *
 * Return: true when there are used buffers that the driver has not taken.
 */
bool vring_split_interrupt(struct vring_virtqueue *vr)
{
	u16 idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	u16 taken = READ_ONCE(vr->taken);
	bool used = idx != taken &&
		    (u16)READ_ONCE(vr->split.published) != taken;

	if (used && vr->event &&
	    (u16)(idx - READ_ONCE(vr->used_event) - 1) < 0x8000)
		WRITE_ONCE(vr->event_passed, true);
	if (trace_virtqueue_interrupt_enabled())
		return vring_trace_interrupt(vr, used);
	return used;
}

/**
 * vring_split_reset - everything as before the first buffer
 * @vr: the queue, with fresh memory, not seen by the device yet
 *
 * All slots on the free list, all indices 0, no notification asked for in
 * the used ring (2.7.10.1), interrupts as the driver's callback wants them.
 */
void vring_split_reset(struct vring_virtqueue *vr)
{
	struct vring *vring = &vr->mem.vring;

	vring_reset_slots(vr);
	memset(&vr->split, 0, sizeof(vr->split));

	vring->used->flags = 0;
	vring->avail->flags = 0;
	vring->avail->idx = 0;
	if (vr->event)
		split_write_used_event(vr, 0);
	vr->cb_enabled = true;
	if (!vr->vq.callback)
		vring_split_disable_cb(vr);
}
