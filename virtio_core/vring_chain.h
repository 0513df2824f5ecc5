/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What is noted of a chain that the device has
 *
 * Private to vring_split.c and vring_packed.c: the part of adding and taking
 * back that does not depend on where the descriptors stand.
 *
 * Slots form a free list through @next; a chain takes as many as it has
 * descriptors in the ring.  With VIRTIO_F_IN_ORDER the list is a circle that
 * never changes: chains come back in the order in which they left, so that
 * the free slots are always those from @free_head on (VIRTIO 1.4, 2.7.9 and
 * 2.8.8), and descriptors of the split layout are used in ring order.
 */
#ifndef _VIRTIO_CORE_VRING_CHAIN_H
#define _VIRTIO_CORE_VRING_CHAIN_H

#include <linux/tracepoint-defs.h>

#include "vring.h"

/*
 * Only whether somebody listens: vring_trace.h itself would change the
 * checksums of the symbols that virtqueue.c exports.
 */
DECLARE_TRACEPOINT(virtqueue_add);
DECLARE_TRACEPOINT(virtqueue_notify);
DECLARE_TRACEPOINT(virtqueue_interrupt);
DECLARE_TRACEPOINT(virtqueue_get);

/* sg_next() without the call, for an entry that is not the last. */
static __always_inline struct scatterlist *vring_sg_step(struct scatterlist *sg)
{
	sg++;
	if (unlikely(sg_is_chain(sg)))
		sg = sg_chain_ptr(sg);
	return sg;
}

static __always_inline struct scatterlist *vring_sg_next(struct scatterlist *sg)
{
	return sg_is_last(sg) ? NULL : vring_sg_step(sg);
}

/**
 * vring_sg_addr - get the device's address of one segment
 * @vr: the queue
 * @sg: the segment
 * @in: the device writes it
 * @map: where the mapping is noted; not looked at without the DMA API
 * @dma: the queue uses the DMA API; a constant
 *
 * Context: that of the caller of the add function.
 *
 * Return: the address; DMA_MAPPING_ERROR, with @dma only, when there is none.
 */
static __always_inline dma_addr_t vring_sg_addr(struct vring_virtqueue *vr,
						struct scatterlist *sg, bool in,
						struct vring_map *map,
						const bool dma)
{
	enum dma_data_direction dir = in ? DMA_FROM_DEVICE : DMA_TO_DEVICE;

	if (dma)
		return vring_map_sg_dma(vr, sg, dir, map);

	kmsan_handle_dma(sg_page(sg), sg->offset, sg->length, dir);
	return sg_phys(sg);
}

/**
 * vring_direct_addr - the device's address of a segment of a direct chain
 * @vr: the queue, with the request prepared by vring_prepare_direct()
 * @sg: the segment
 * @in: the device writes it
 * @slot: its slot
 *
 * Return: the address.
 */
static __always_inline dma_addr_t vring_direct_addr(struct vring_virtqueue *vr,
						    struct scatterlist *sg,
						    bool in, u16 slot)
{
	if (unlikely(vr->use_dma))
		return vr->mem.maps[slot].addr;
	return vring_sg_addr(vr, sg, in, NULL, false);
}

/*
 * One entry of an indirect table, at @d in both layouts.  Split: with a link,
 * which was written at creation; packed: no flag but WRITE (2.8.19).
 */
static __always_inline void vring_put_entry(const struct vring_virtqueue *vr,
					    struct vring_desc *d,
					    dma_addr_t addr, u32 len, bool in,
					    const bool packed)
{
	struct vring_packed_desc *p = (struct vring_packed_desc *)d;
	u16 flags = in ? VRING_DESC_F_WRITE : 0;

	if (packed) {
		p->addr = cpu_to_le64(addr);
		p->len = cpu_to_le32(len);
		p->flags = cpu_to_le16(flags);
		return;
	}
	d->addr = cpu_to_vring64(vr, addr);
	d->len = cpu_to_vring32(vr, len);
	d->flags = cpu_to_vring16(vr, flags | VRING_DESC_F_NEXT);
}

/*
 * Lists from @list to @end, of one direction, into the entries from @d on.
 * Returns the entry behind the last one written, or NULL when the table ends
 * at @limit or a segment cannot be mapped: its entry is @d then.
 */
static __always_inline struct vring_desc *
vring_fill_lists(struct vring_virtqueue *vr, struct scatterlist **list,
		 struct scatterlist **end, struct vring_desc *d,
		 struct vring_desc *limit, u64 *bytes, struct vring_map **map,
		 const bool in, const bool packed, const bool dma)
{
	struct scatterlist *sg;
	dma_addr_t addr;
	u32 len;

	for (; list != end; list++) {
		for (sg = *list; sg; sg = vring_sg_step(sg)) {
			if (unlikely(d == limit))
				return NULL;
			len = sg->length;
			addr = vring_sg_addr(vr, sg, in, *map, dma);
			if (dma) {
				if (addr == DMA_MAPPING_ERROR)
					return NULL;
				++*map;
			}
			vring_put_entry(vr, d++, addr, len, in, packed);
			*bytes += len;
			if (sg_is_last(sg))
				break;
		}
	}
	return d;
}

/**
 * vring_fill_table - write a request into an indirect table
 * @vr: the queue, with a free slot
 * @table: that slot's table
 * @c: the request; counted here
 * @map: where the first mapping is noted, moved on by each; not looked at
 *	without the DMA API
 * @packed: layout of the table, a constant
 * @dma: the queue uses the DMA API; a constant
 *
 * Device-readable segments first (VIRTIO 1.4, 2.7.4.2 and 2.8.17).
 *
 * Return: false when the table is too short, a segment cannot be mapped, or
 * the request has no segments or more than 2^32 - 1 bytes (2.7.5.2).
 */
static __always_inline bool vring_fill_table(struct vring_virtqueue *vr,
					     struct vring_desc *table,
					     struct vring_chain *c,
					     struct vring_map **map,
					     const bool packed, const bool dma)
{
	struct vring_desc *d = table, *limit = table + vr->mem.table_max;
	struct scatterlist **in_list = c->sgs + c->out_sgs;

	d = vring_fill_lists(vr, c->sgs, in_list, d, limit, &c->out_bytes, map,
			     false, packed, dma);
	if (unlikely(!d))
		return false;
	d = vring_fill_lists(vr, in_list, in_list + c->in_sgs, d, limit,
			     &c->in_bytes, map, true, packed, dma);
	if (unlikely(!d))
		return false;
	c->num = d - table;
	return likely(c->num && c->out_bytes + c->in_bytes <= U32_MAX);
}

/**
 * vring_fill_mapped - vring_fill_table() with the DMA API
 * @vr: the queue, with a free slot
 * @table: that slot's table
 * @c: the request; counted here, and zero again when it does not fit
 * @packed: layout of the table, a constant
 *
 * Return: as vring_fill_table(); with false nothing stays mapped.
 */
static __always_inline bool vring_fill_mapped(struct vring_virtqueue *vr,
					      struct vring_desc *table,
					      struct vring_chain *c,
					      const bool packed)
{
	struct vring_map *maps, *map;

	maps = &vr->mem.table_maps[vr->free_head * vr->mem.table_max];
	map = maps;
	if (likely(vring_fill_table(vr, table, c, &map, packed, true))) {
		vr->mem.slots[vr->free_head].num_maps = c->num;
		return true;
	}
	vring_unmap(vr, maps, map - maps);
	c->num = 0;
	c->out_bytes = 0;
	c->in_bytes = 0;
	return false;
}

/**
 * vring_record - note a chain under its head
 * @vr: the queue
 * @head: its first slot, which is @vr->free_head
 * @last: its last slot
 * @num: slots that it takes
 * @in_bytes: bytes that the device may write
 * @data: the token
 * @ctx: the driver's context
 *
 * The slots from the first to the last leave the free list.
 */
static __always_inline void vring_record(struct vring_virtqueue *vr, u16 head,
					 u16 last, u16 num, u32 in_bytes,
					 void *data, void *ctx)
{
	struct vring_slot *slots = vr->mem.slots;
	struct vring_slot *slot = &slots[head];
	u64 added = vr->added;

	vr->free_head = slots[last].next;
	vr->vq.num_free -= num;
	WRITE_ONCE(vr->added, added + 1);
	slot->data = data;
	slot->ctx = ctx;
	slot->in_bytes = in_bytes;
	slot->pos = added;
	slot->num = num;
	slot->last = last;
}

/**
 * vring_batch_left - in order: is part of the last batch not taken yet?
 * @vr: the queue
 *
 * Return: true when it is; false always without VIRTIO_F_IN_ORDER.
 */
static __always_inline bool vring_batch_left(const struct vring_virtqueue *vr)
{
	return unlikely(vr->in_order) &&
	       READ_ONCE(vr->batch_end) != READ_ONCE(vr->taken);
}

/**
 * vring_take_oldest - in order: the next chain of the batch
 * @vr: the queue, with a batch begun
 * @id: its id
 * @len: bytes that the device wrote
 *
 * Chains before the last one of a batch count as used completely
 * (VIRTIO 1.4, 2.7.9 and 2.8.8).
 *
 * Return: its slot.
 */
static __always_inline struct vring_slot *
vring_take_oldest(struct vring_virtqueue *vr, u32 *id, u32 *len)
{
	struct vring_slot *slot = &vr->mem.slots[vr->oldest];

	*id = vr->oldest;
	*len = vr->taken + 1 == vr->batch_end ? vr->batch_len : slot->in_bytes;
	return slot;
}

/**
 * vring_release - a chain is the driver's again
 * @vr: the queue
 * @slot: its head
 * @id: number of @slot
 * @plain: neither the DMA API nor VIRTIO_F_IN_ORDER; a constant
 *
 * Undoes its mappings, gives back its slots and forgets its token.
 */
static __always_inline void vring_release(struct vring_virtqueue *vr,
					  struct vring_slot *slot, u32 id,
					  const bool plain)
{
	struct vring_slot *slots = vr->mem.slots;

	if (!plain && vr->use_dma)
		vring_unmap_chain(vr, id);

	if (!plain && vr->in_order) {
		vr->oldest = slots[slot->last].next;
	} else {
		slots[slot->last].next = vr->free_head;
		vr->free_head = id;
	}
	vr->vq.num_free += slot->num;
	slot->data = NULL;
}

/**
 * vring_hand_over - last step of taking a used buffer
 * @vr: the queue
 * @slot: its head
 * @id: number of @slot
 * @used: bytes that the device wrote, not above what the buffer holds
 * @len: what the driver is told
 * @ctx: the driver's context, or NULL
 * @plain: as for vring_release()
 *
 * Return: the token.
 */
static __always_inline void *vring_hand_over(struct vring_virtqueue *vr,
					     struct vring_slot *slot, u32 id,
					     u32 used, unsigned int *len,
					     void **ctx, const bool plain)
{
	void *data = slot->data;

	*len = used;
	if (ctx)
		*ctx = slot->ctx;
	vr->in_bytes += used;
	WRITE_ONCE(vr->taken, vr->taken + 1);
	vring_release(vr, slot, id, plain);
	return data;
}

/**
 * vring_patience - which of the next used buffers asks for an interrupt
 * @vr: the queue, with VIRTIO_F_EVENT_IDX
 * @outstanding: buffers or descriptors that the device has been told of
 *
 * A quarter of them at the most, so that one of them always does.
 *
 * Return: how many may be used without one.
 */
static __always_inline u16 vring_patience(const struct vring_virtqueue *vr,
					  u32 outstanding)
{
	u16 most = READ_ONCE(vr->patience);

	return likely(!most) ? 0 : min_t(u32, outstanding / 4, most);
}

/**
 * vring_decided - count a decision about a notification
 * @vr: the queue
 * @due: it has to be sent
 *
 * Return: @due.
 */
static __always_inline bool vring_decided(struct vring_virtqueue *vr, bool due)
{
	if (due)
		vr->decided[1]++;
	else
		vr->decided[0]++;
	if (tracepoint_enabled(virtqueue_notify))
		return vring_trace_decided(vr, due);
	return due;
}

/* Last line of every add: the tracepoint, out of line. */
static __always_inline int vring_added(struct vring_virtqueue *vr, void *data,
				       u16 num, u32 in_bytes)
{
	if (tracepoint_enabled(virtqueue_add))
		return vring_trace_added(vr, data, num, in_bytes);
	return 0;
}

/* Last line of every get: the tracepoint, out of line. */
static __always_inline void *vring_got(struct vring_virtqueue *vr, void *data,
				       u32 len)
{
	if (tracepoint_enabled(virtqueue_get))
		return vring_trace_got(vr, data, len);
	return data;
}

/* Is somebody told of each used buffer? */
static __always_inline bool vring_traces_get(void)
{
	return tracepoint_enabled(virtqueue_get);
}

static __always_inline void vring_note_interrupt(struct vring_virtqueue *vr,
						 bool used)
{
	if (tracepoint_enabled(virtqueue_interrupt))
		vring_trace_interrupt(vr, used);
}

#endif /* _VIRTIO_CORE_VRING_CHAIN_H */
