/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The packed layout, its hot half
 *
 * VIRTIO 1.4, 2.8.  What runs for each buffer, inlined into virtqueue.c, which
 * chooses between this and vring_split.h by one branch.  See vring_packed.c
 * for how the ring works and for what runs less often.
 */
#ifndef _VIRTIO_CORE_VRING_PACKED_H
#define _VIRTIO_CORE_VRING_PACKED_H

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
 * @id is its first slot; the next chain goes to @avail.
 */
static __always_inline int
packed_expose(struct vring_virtqueue *vr, struct vring_packed_desc *d,
	      u16 flags, u16 avail, u16 id, u16 last, u16 num, u32 in_bytes,
	      void *data, void *ctx)
{
	vring_record(vr, id, last, num, in_bytes, data, ctx);
	vr->packed.unkicked += num;
	if (unlikely((avail ^ vr->packed.avail) & PACKED_WRAP))
		vr->packed.avail_flags ^= PACKED_BOTH;
	WRITE_ONCE(vr->packed.avail, avail);

	/*
	 * The chain and @added before the flags that expose it (2.8.21.1.1).
	 * Partners: the device's read barrier between its read of these flags
	 * and its reads of the rest; and, for @added, the barrier in
	 * packed_interrupt().
	 */
	virtio_wmb(vr->weak_barriers);
	WRITE_ONCE(d->flags, cpu_to_le16(flags));
	return vring_added(vr, data, num, in_bytes);
}

/* A buffer of one segment; there is a free slot. */
static __always_inline int packed_put_one(struct vring_virtqueue *vr,
					  dma_addr_t addr, u32 len, bool in,
					  void *data, void *ctx)
{
	u16 id = vr->free_head, avail = vr->packed.avail;
	struct vring_packed_desc *d = &vr->mem.ring[avail & PACKED_OFFSET];
	u16 flags = vr->packed.avail_flags;
	u32 in_bytes = 0;

	packed_set_desc(d, addr, len, id);
	if (in) {
		flags |= VRING_DESC_F_WRITE;
		in_bytes = len;
	} else {
		vr->out_bytes += len;
	}
	return packed_expose(vr, d, flags, packed_move(vr, avail, 1), id, id, 1,
			     in_bytes, data, ctx);
}

static __always_inline int packed_add_one(struct vring_virtqueue *vr,
					  struct scatterlist *sg, bool in,
					  void *data, void *ctx, const bool dma)
{
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	addr = vring_sg_addr(vr, sg, in, &vr->mem.maps[vr->free_head], dma);
	if (dma && unlikely(addr == DMA_MAPPING_ERROR))
		return vring_add_failed(vr, -ENOMEM);
	return packed_put_one(vr, addr, sg->length, in, data, ctx);
}

/*
 * Did the @num descriptors before @avail pass the one that the device wants to
 * hear of?  Offsets of the lap before are behind, whatever their number.
 */
static __always_inline bool packed_passed(const struct vring_virtqueue *vr, u16 event, u32 num)
{
	u16 avail = vr->packed.avail;
	u16 new = avail & PACKED_OFFSET, off = event & PACKED_OFFSET;

	if ((event ^ avail) & PACKED_WRAP)
		off -= vr->mem.num;
	return num > vr->mem.num || vring_need_event(off, new, new - num);
}

/**
 * packed_kick_prepare - is a notification due?
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.8.14 and 2.8.21.2.  A value that means nothing is read as
 * "notify": that is always right.
 *
 * Return: true when the device has to be notified.
 */
static __always_inline bool packed_kick_prepare(struct vring_virtqueue *vr)
{
	u32 num = vr->packed.unkicked, seen;
	u16 flags;

	if (!num)
		return false;
	vr->packed.unkicked = 0;
	WRITE_ONCE(vr->packed.told, vr->packed.avail);

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

/* Driver Event Suppression without a descriptor: flags alone. */
static __always_inline void packed_write_flags(struct vring_virtqueue *vr,
					       u16 flags)
{
	WRITE_ONCE(vr->packed.event_flags, flags);
	WRITE_ONCE(vr->mem.driver->flags, cpu_to_le16(flags));
}

/*
 * An event at @pos, both halves in one store: they belong together.  What the
 * interrupt handler found out about the event before is out of date.
 */
static __always_inline void packed_write_event(struct vring_virtqueue *vr,
					       u16 pos)
{
	u32 both = pos | VRING_PACKED_EVENT_FLAG_DESC << 16;

	WRITE_ONCE(vr->event_passed, false);
	WRITE_ONCE(vr->used_event, pos);
	WRITE_ONCE(vr->packed.event_flags, VRING_PACKED_EVENT_FLAG_DESC);
	WRITE_ONCE(*(__le32 *)vr->mem.driver, cpu_to_le32(both));
}

/*
 * With an event at a descriptor: the one at @pos was taken, @next comes next.
 * While the driver wants to be told and has all that is known to be used, say
 * where the next interrupt is due.  While it does not, an event of the lap
 * before must not be met again when its wrap counter comes back.
 */
static __always_inline void packed_move_event(struct vring_virtqueue *vr,
					      u16 pos, u16 next)
{
	u32 num;

	if (!READ_ONCE(vr->cb_enabled)) {
		if (unlikely((pos ^ vr->used_event) & PACKED_WRAP))
			packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_DISABLE);
		return;
	}
	if (vring_batch_left(vr) || packed_is_used(vr, next))
		return;

	/* In descriptors; the last one that the device knows passes the event. */
	num = vr->mem.num - vr->vq.num_free - vr->packed.unkicked;
	packed_write_event(vr, packed_move(vr, next, vring_patience(vr, num)));
	/*
	 * The event before the next read of used flags.  Partner: the device's
	 * full barrier between its write of a used descriptor and its read of
	 * Driver Event Suppression.
	 */
	virtio_mb(vr->weak_barriers);
}

/*
 * Take one used buffer.  Each value is read once; a good id is that of a chain
 * that was made available.  The length is believed, and bounded, whether or
 * not the device set the WRITE flag beside it (2.8.4): many never do.  In
 * order, one used descriptor names the last chain of a batch and stands where
 * the first one did (2.8.8).
 */
static __always_inline void *packed_take(struct vring_virtqueue *vr,
					 unsigned int *len, void **ctx,
					 const bool plain)
{
	const struct vring_packed_desc *d;
	u16 pos = vr->packed.used, next;
	struct vring_slot *slot;
	u32 id, used;
	void *data;

	if (plain || !vring_batch_left(vr)) {
		if (!packed_is_used(vr, pos))
			return NULL;
		/*
		 * The flags before the rest of the descriptor and the buffer.
		 * Partner: the device's write barrier before its write of the
		 * flags.
		 */
		virtio_rmb(vr->weak_barriers);
		d = &vr->mem.ring[pos & PACKED_OFFSET];
		id = le16_to_cpu(READ_ONCE(d->id));
		used = le32_to_cpu(READ_ONCE(d->len));
		if (unlikely(id >= vr->mem.num))
			return vring_bad_id(vr, id);
		slot = &vr->mem.slots[id];
		if (unlikely(!slot->data))
			return vring_stale_id(vr, id);
		if (!plain && vr->in_order) {
			vr->batch_len = used;
			WRITE_ONCE(vr->batch_end, slot->pos + 1);
		}
	}
	if (!plain && vr->in_order)
		slot = vring_take_oldest(vr, &id, &used);
	if (unlikely(used > slot->in_bytes)) {
		if (READ_ONCE(vr->strict))
			return vring_bad_len(vr, used, slot->in_bytes);
		vr->errors[VQ_ERR_LEN]++;
		used = slot->in_bytes;
	}

	next = packed_move(vr, pos, slot->num);
	WRITE_ONCE(vr->packed.used, next);
	data = vring_hand_over(vr, slot, id, used, len, ctx, plain);
	if (READ_ONCE(vr->packed.event_flags) == VRING_PACKED_EVENT_FLAG_DESC)
		packed_move_event(vr, pos, next);
	return vring_got(vr, data, used);
}

/**
 * packed_disable_cb - tell the device that interrupts are not needed
 * @vr: the queue
 *
 * VIRTIO 1.4, 2.8.14.  Nothing needs to be said to a device that has passed
 * the descriptor that it was given.
 */
static __always_inline void packed_disable_cb(struct vring_virtqueue *vr)
{
	if (!READ_ONCE(vr->cb_enabled))
		return;
	WRITE_ONCE(vr->cb_enabled, false);
	if (vr->packed.event_flags != VRING_PACKED_EVENT_FLAG_DESC ||
	    !READ_ONCE(vr->event_passed))
		packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_DISABLE);
}

/* Ask for an interrupt: with the event index when @pos is used. */
static __always_inline void packed_arm(struct vring_virtqueue *vr, u16 pos)
{
	WRITE_ONCE(vr->cb_enabled, true);

	/* Written always: a disable beside this one may be half done. */
	if (vr->event)
		packed_write_event(vr, pos);
	else
		packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_ENABLE);
}

/**
 * packed_enable_cb - ask for an interrupt with the next used buffer
 * @vr: the queue
 *
 * Return: where the driver stands, for packed_poll().
 */
static __always_inline u16 packed_enable_cb(struct vring_virtqueue *vr)
{
	packed_arm(vr, vr->packed.used);
	return vr->packed.used;
}

/**
 * packed_poll - has the device used a buffer since?
 * @vr: the queue
 * @pos: what packed_enable_cb() returned
 *
 * Return: true when it has.
 */
static __always_inline bool packed_poll(struct vring_virtqueue *vr, u16 pos)
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
 * packed_interrupt - was the interrupt for used buffers of this queue?
 * @vr: the queue
 *
 * May run while the queue is being operated on: only looks.  With nothing
 * outstanding no descriptor can be a used one, and the driver is left alone.
 *
 * Return: true when there are used buffers that the driver has not taken.
 */
static __always_inline bool packed_interrupt(struct vring_virtqueue *vr)
{
	u16 pos = READ_ONCE(vr->packed.used);

	if (!packed_is_used(vr, pos) && !vring_batch_left(vr))
		return false;
	/*
	 * The used flags before @added.  Partner: the barrier in
	 * packed_expose(): a device that used a buffer has seen it.
	 */
	virtio_rmb(vr->weak_barriers);
	if (READ_ONCE(vr->added) == READ_ONCE(vr->taken))
		return false;
	if (pos == READ_ONCE(vr->used_event))
		WRITE_ONCE(vr->event_passed, true);
	return true;
}

#endif /* _VIRTIO_CORE_VRING_PACKED_H */
