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

static u16 split_mask(const struct vring_virtqueue *vr)
{
	return vr->mem.num - 1;
}

static void split_set_desc(const struct vring_virtqueue *vr,
			   struct vring_desc *d, dma_addr_t addr, u32 len,
			   u16 flags)
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

	vring->avail->ring[vr->added & split_mask(vr)] =
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
	u16 head = vr->free_head;
	u32 len = sg->length;
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	if (unlikely(vring_map_sg(vr, sg, in, &vr->mem.maps[head], &addr)))
		return vring_add_failed(vr, -ENOMEM);

	split_set_desc(vr, &vr->mem.vring.desc[head], addr, len,
		       in ? VRING_DESC_F_WRITE : 0);
	if (!in)
		vr->out_bytes += len;
	split_commit(vr, head, 1, in ? len : 0, data, ctx);
	return 0;
}

/* One descriptor that refers to a table (2.7.5.3). */
static __always_inline void split_commit_table(struct vring_virtqueue *vr,
					       dma_addr_t addr, u16 num,
					       u32 in_bytes, void *data,
					       void *ctx)
{
	u16 head = vr->free_head;

	split_set_desc(vr, &vr->mem.vring.desc[head], addr,
		       num * sizeof(struct vring_desc), VRING_DESC_F_INDIRECT);
	split_commit(vr, head, 1, in_bytes, data, ctx);
}

/* -E2BIG when the request is longer than the queue's tables. */
static int split_add_indirect(struct vring_virtqueue *vr, struct vring_chain *c,
			      void *data, void *ctx)
{
	struct vring_table *table = &vr->mem.tables[vr->free_head];
	u16 flags = c->in_sgs ? VRING_DESC_F_WRITE : 0;
	int err = vring_prepare_indirect(vr, c, false);
	struct vring_desc *desc = table->desc;

	if (unlikely(err))
		return err;

	/* The last entry has no link. */
	desc[c->num - 1].flags = cpu_to_vring16(vr, flags);
	split_commit_table(vr, table->addr, c->num, c->in_bytes, data, ctx);
	return 0;
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
	return 0;
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
	int err = -E2BIG;

	if (vr->mem.tables && likely(vr->vq.num_free))
		err = split_add_indirect(vr, &c, data, ctx);
	if (unlikely(err == -E2BIG))
		err = split_add_direct(vr, &c, data, ctx);
	return likely(!err) ? 0 : vring_add_failed(vr, err);
}

/*
 * The driver's table as a chain of ring descriptors.  Address and length are
 * copied from memory that the device might reach; both only ever go back to
 * the device.  Number and directions come from private memory.
 */
static void split_copy_table(struct vring_virtqueue *vr,
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
	if (!vr->indirect) {
		split_copy_table(vr, t, data);
		return 0;
	}

	vr->indirects++;
	t->desc[t->num - 1].flags = cpu_to_vring16(vr, flags);
	split_commit_table(vr, t->addr, t->num, t->in_bytes, data, NULL);
	return 0;
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
	struct vring *vring = &vr->mem.vring;
	u64 old = vr->split.kicked, new = vr->added;
	u16 event;

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
		event = vring16_to_cpu(vr, READ_ONCE(vring_avail_event(vring)));
		return vring_decided(vr, vring_need_event(event, new, old) ||
					 unlikely(new - old > U16_MAX));
	}
	return vring_decided(vr, !(vring16_to_cpu(vr, READ_ONCE(vring->used->flags)) &
				   VRING_USED_F_NO_NOTIFY));
}

static void split_write_used_event(struct vring_virtqueue *vr, u16 event)
{
	vr->used_event = event;
	WRITE_ONCE(vring_used_event(&vr->mem.vring), cpu_to_vring16(vr, event));
}

/*
 * Read the used idx once for the batch that follows.  False: nothing there,
 * or an index that cannot be, which breaks the queue.
 */
static bool split_refill(struct vring_virtqueue *vr)
{
	u16 idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	u16 taken = vr->taken;

	if (idx == taken)
		return false;
	if (unlikely((u16)(idx - taken) >
		     (u16)(READ_ONCE(vr->split.published) - taken))) {
		vring_break(vr, VQ_ERR_INDEX, "used idx %u is outside of %u..%u",
			    idx, taken, (u16)vr->split.published);
		return false;
	}

	/*
	 * The index before the entries and buffers that it covers.  Partner:
	 * the device's write barrier before its write of the used idx.
	 */
	virtio_rmb(vr->weak_barriers);
	vr->split.used_seen = idx;

	/* Keep an event that nobody waits for out of the device's reach. */
	if (vr->event && !vr->cb_enabled &&
	    (u16)(vr->used_event - idx) < vr->mem.num)
		split_write_used_event(vr, idx + SPLIT_EVENT_NEVER);
	return true;
}

/* The chain that the next used element names, and the length that it says. */
static __always_inline struct vring_slot *
split_used_elem(struct vring_virtqueue *vr, u32 *len)
{
	const struct vring_used_elem *elem =
		&vr->mem.vring.used->ring[vr->taken & split_mask(vr)];

	*len = vring32_to_cpu(vr, READ_ONCE(elem->len));
	return vring_outstanding(vr, vring32_to_cpu(vr, READ_ONCE(elem->id)),
				 READ_ONCE(vr->split.published));
}

/*
 * In order, one used element names the last chain of a batch and stands where
 * the first one would (2.7.9).  The batch may not be longer than the used idx
 * has moved.
 */
static struct vring_slot *split_used_in_order(struct vring_virtqueue *vr,
					      u32 *len)
{
	struct vring_slot *slot;

	if (!vring_batch_left(vr)) {
		slot = split_used_elem(vr, &vr->batch_len);
		if (unlikely(!slot))
			return NULL;
		if (unlikely(slot->pos - vr->taken >=
			     (u16)(vr->split.used_seen - (u16)vr->taken))) {
			vring_break(vr, VQ_ERR_ORDER,
				    "used id %u is not in order",
				    (u32)(slot - vr->mem.slots));
			return NULL;
		}
		WRITE_ONCE(vr->batch_end, slot->pos + 1);
	}
	return vring_take_oldest(vr, len);
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
	struct vring_slot *slot;
	void *data;
	u32 used;

	if ((u16)vr->taken == vr->split.used_seen && !split_refill(vr))
		return NULL;

	if (vr->in_order)
		slot = split_used_in_order(vr, &used);
	else
		slot = split_used_elem(vr, &used);
	if (unlikely(!slot))
		return NULL;
	data = vring_hand_over(vr, slot, used, len, ctx);

	/*
	 * The batch is done: ask for the next.  The event before the next
	 * read of the used idx.  Partner: the device's full barrier between
	 * its write of the used idx and its read of used_event.
	 */
	if (vr->event && vr->cb_enabled &&
	    (u16)vr->taken == vr->split.used_seen) {
		split_write_used_event(vr, vr->taken);
		virtio_mb(vr->weak_barriers);
	}
	return data;
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

	if (idx == taken || (u16)READ_ONCE(vr->split.published) == taken) {
		trace_virtqueue_interrupt(&vr->vq, false);
		return false;
	}
	trace_virtqueue_interrupt(&vr->vq, true);
	if (vr->event && (u16)(idx - READ_ONCE(vr->used_event) - 1) < 0x8000)
		WRITE_ONCE(vr->event_passed, true);
	return true;
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
