/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The split layout, its hot half
 *
 * VIRTIO 1.4, 2.7.  What runs for each buffer, inlined into virtqueue.c, which
 * chooses between this and vring_packed.h by one branch.  See vring_split.c
 * for the indices and for what runs less often.
 */
#ifndef _VIRTIO_CORE_VRING_SPLIT_H
#define _VIRTIO_CORE_VRING_SPLIT_H

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
 * The chain that starts at @head, the first free descriptor, becomes the next
 * available buffer: its head in the ring, the rest in private memory.
 */
static __always_inline int split_commit(struct vring_virtqueue *vr, u16 head,
					u16 last, u16 num, u32 in_bytes,
					void *data, void *ctx)
{
	vr->mem.vring.avail->ring[vr->added & vr->mem.mask] =
		cpu_to_vring16(vr, head);
	vring_record(vr, head, last, num, in_bytes, data, ctx);
	return vring_added(vr, data, num, in_bytes);
}

/*
 * Let the device see the ring up to all that was added (2.7.13.3).  What is
 * exposed is noted before the device can see it: it may answer at once, and
 * its interrupt asks whether anything was out.
 */
static __always_inline void split_publish(struct vring_virtqueue *vr)
{
	u64 added = vr->added;

	WRITE_ONCE(vr->split.published, added);
	/*
	 * Descriptors, ring entries and @published before the index that
	 * exposes them (2.7.13.3.1).  Partners: the device's read barrier
	 * between its read of idx and its reads of what idx covers; and, for
	 * @published, the barrier in split_interrupt().
	 */
	virtio_wmb(vr->weak_barriers);
	WRITE_ONCE(vr->mem.vring.avail->idx, cpu_to_vring16(vr, added));
}

/* A buffer of one segment; there is a free slot. */
static __always_inline int split_put_one(struct vring_virtqueue *vr,
					 dma_addr_t addr, u32 len, bool in,
					 void *data, void *ctx)
{
	u16 head = vr->free_head;
	u32 in_bytes = 0;

	split_set_desc(vr, &vr->mem.vring.desc[head], addr, len,
		       in ? VRING_DESC_F_WRITE : 0);
	if (in)
		in_bytes = len;
	else
		vr->out_bytes += len;
	return split_commit(vr, head, head, 1, in_bytes, data, ctx);
}

static __always_inline int split_add_one(struct vring_virtqueue *vr,
					 struct scatterlist *sg, bool in,
					 void *data, void *ctx, const bool dma)
{
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	addr = vring_sg_addr(vr, sg, in, &vr->mem.maps[vr->free_head], dma);
	if (dma && unlikely(addr == DMA_MAPPING_ERROR))
		return vring_add_failed(vr, -ENOMEM);
	return split_put_one(vr, addr, sg->length, in, data, ctx);
}

/**
 * split_kick_prepare - expose what was added; is a notification due?
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.7.10 and 2.7.13.4.
 *
 * Return: true when the device has to be notified.
 */
static __always_inline bool split_kick_prepare(struct vring_virtqueue *vr)
{
	u64 old = vr->split.kicked, new = vr->added;
	u16 event, flags;

	if (old == new)
		return false;
	split_publish(vr);
	WRITE_ONCE(vr->split.kicked, new);

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
	WRITE_ONCE(vr->event_passed, false);
	WRITE_ONCE(vr->used_event, event);
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

	if (vr->event && !READ_ONCE(vr->cb_enabled) &&
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

/* The last buffer that was exposed always passes the event (2.7.10). */
static __always_inline u16 split_patience(const struct vring_virtqueue *vr)
{
	return vring_patience(vr, READ_ONCE(vr->split.published) - vr->taken);
}

/*
 * Take one used buffer.  The used idx is read once per batch, each entry once;
 * a good id is that of a chain that was exposed.  Positions count chains from
 * the first on and do not wrap: a buffer may stay with the device while any
 * number of others come and go.
 */
static __always_inline void *split_take(struct vring_virtqueue *vr,
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
		slot = vring_take_oldest(vr, &id, &used);
	if (unlikely(used > slot->in_bytes)) {
		if (READ_ONCE(vr->strict))
			return vring_bad_len(vr, used, slot->in_bytes);
		vr->errors[VQ_ERR_LEN]++;
		used = slot->in_bytes;
	}
	data = vring_hand_over(vr, slot, id, used, len, ctx, plain);

	/*
	 * The batch is done: ask for the next.  The event before the next
	 * read of the used idx.  Partner: the device's full barrier between
	 * its write of the used idx and its read of used_event.
	 */
	if (vr->event && READ_ONCE(vr->cb_enabled) &&
	    (u16)(taken + 1) == vr->split.used_seen) {
		split_write_used_event(vr, taken + 1 + split_patience(vr));
		virtio_mb(vr->weak_barriers);
	}
	return vring_got(vr, data, used);
}

/**
 * split_disable_cb - tell the device that interrupts are not needed
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.7.7.  With the event index, nothing needs to be said to a
 * device that has passed used_event.
 */
static __always_inline void split_disable_cb(struct vring_virtqueue *vr)
{
	if (!READ_ONCE(vr->cb_enabled))
		return;
	WRITE_ONCE(vr->cb_enabled, false);

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
static __always_inline void split_arm(struct vring_virtqueue *vr, u16 event)
{
	WRITE_ONCE(vr->cb_enabled, true);

	if (vr->event) {
		split_write_used_event(vr, event);
	} else {
		/* Always: a disable beside this one may be half done. */
		WRITE_ONCE(vr->mem.vring.avail->flags, 0);
	}
}

/**
 * split_enable_cb - ask for an interrupt with the next used buffer
 * @vr: the queue
 *
 * Return: where the driver stands, for split_poll().
 */
static __always_inline u16 split_enable_cb(struct vring_virtqueue *vr)
{
	split_arm(vr, vr->taken);
	return vr->taken;
}

/**
 * split_poll - has the device used a buffer since?
 * @vr: the queue
 * @last_used: what split_enable_cb() returned
 *
 * Return: true when it has.
 */
static __always_inline bool split_poll(struct vring_virtqueue *vr, u16 last_used)
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
 * split_interrupt - was the interrupt for used buffers of this queue?
 * @vr: the queue
 *
 * May run while the queue is being operated on: only looks.  With nothing
 * outstanding (also: before the first buffer was exposed) no used idx can mean
 * anything, and the driver is left alone.
 *
 * Return: true when there are used buffers that the driver has not taken.
 */
static __always_inline bool split_interrupt(struct vring_virtqueue *vr)
{
	u16 idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	u16 taken = READ_ONCE(vr->taken);

	if (idx == taken)
		return false;
	/*
	 * The used idx before @published.  Partner: the barrier in
	 * split_publish(): a device that used a buffer has seen it.
	 */
	virtio_rmb(vr->weak_barriers);
	if ((u16)READ_ONCE(vr->split.published) == taken)
		return false;
	if (vr->event && (u16)(idx - READ_ONCE(vr->used_event) - 1) < 0x8000)
		WRITE_ONCE(vr->event_passed, true);
	return true;
}

#endif /* _VIRTIO_CORE_VRING_SPLIT_H */
