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

/* sg_next() without the call. */
static __always_inline struct scatterlist *vring_sg_next(struct scatterlist *sg)
{
	if (sg_is_last(sg))
		return NULL;
	sg++;
	return unlikely(sg_is_chain(sg)) ? sg_chain_ptr(sg) : sg;
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

/* Entry @i of an indirect table; split: its link was written at creation. */
static __always_inline void vring_put_entry(const struct vring_virtqueue *vr,
					    void *table, u32 i, dma_addr_t addr,
					    u32 len, bool in, const bool packed)
{
	struct vring_packed_desc *p = table;
	struct vring_desc *d = table;

	if (packed) {
		p[i].addr = cpu_to_le64(addr);
		p[i].len = cpu_to_le32(len);
		p[i].flags = cpu_to_le16(in ? VRING_DESC_F_WRITE : 0);
		return;
	}
	d[i].addr = cpu_to_vring64(vr, addr);
	d[i].len = cpu_to_vring32(vr, len);
	d[i].flags = cpu_to_vring16(vr, VRING_DESC_F_NEXT |
				    (in ? VRING_DESC_F_WRITE : 0));
}

/* One list of segments into @table, behind the @num entries that it has. */
static __always_inline int vring_fill_list(struct vring_virtqueue *vr,
					   void *table, struct vring_map *maps,
					   u32 *num, u64 *bytes,
					   struct scatterlist *sg, bool in,
					   const bool packed, const bool dma)
{
	dma_addr_t addr;

	for (; sg; sg = vring_sg_next(sg)) {
		if (unlikely(*num == vr->mem.table_max))
			return -E2BIG;
		addr = vring_sg_addr(vr, sg, in, &maps[*num], dma);
		if (dma && unlikely(addr == DMA_MAPPING_ERROR))
			return -ENOMEM;
		vring_put_entry(vr, table, *num, addr, sg->length, in, packed);
		*bytes += sg->length;
		++*num;
	}
	return 0;
}

/**
 * vring_fill_table - write a request into the indirect table of a slot
 * @vr: the queue, with a free slot
 * @c: the request; counted here
 * @maps: where mappings are noted; NULL without the DMA API
 * @packed: layout of the table, a constant
 * @dma: the queue uses the DMA API; a constant
 *
 * Device-readable segments first (VIRTIO 1.4, 2.7.4.2 and 2.8.17).
 *
 * Return: 0; -E2BIG when the table is too short; -EINVAL for no bytes or more
 * than 2^32 - 1 (2.7.5.2); -ENOMEM when a segment cannot be mapped.
 */
static __always_inline int vring_fill_table(struct vring_virtqueue *vr,
					    struct vring_chain *c,
					    struct vring_map *maps,
					    const bool packed, const bool dma)
{
	void *table = vr->mem.tables[vr->free_head].desc;
	unsigned int n, num_sgs = c->out_sgs + c->in_sgs;
	int err;

	for (n = 0; n < c->out_sgs; n++) {
		err = vring_fill_list(vr, table, maps, &c->num, &c->out_bytes,
				      c->sgs[n], false, packed, dma);
		if (unlikely(err))
			return err;
	}
	for (; n < num_sgs; n++) {
		err = vring_fill_list(vr, table, maps, &c->num, &c->in_bytes,
				      c->sgs[n], true, packed, dma);
		if (unlikely(err))
			return err;
	}
	return unlikely(!c->num || c->out_bytes + c->in_bytes > U32_MAX) ?
	       -EINVAL : 0;
}

/**
 * vring_fill_mapped - vring_fill_table() with the DMA API
 * @vr: the queue, with a free slot
 * @c: the request; counted here, and zero again after an error
 * @packed: layout of the table, a constant
 *
 * Return: as vring_fill_table(); with an error nothing stays mapped.
 */
static __always_inline int vring_fill_mapped(struct vring_virtqueue *vr,
					     struct vring_chain *c,
					     const bool packed)
{
	struct vring_map *maps;
	int err;

	maps = &vr->mem.table_maps[vr->free_head * vr->mem.table_max];
	err = vring_fill_table(vr, c, maps, packed, true);
	if (likely(!err)) {
		vr->mem.slots[vr->free_head].num_maps = c->num;
		return 0;
	}
	vring_unmap(vr, maps, c->num);
	c->num = 0;
	c->out_bytes = 0;
	c->in_bytes = 0;
	return err;
}

/**
 * vring_record - note a chain under its head
 * @vr: the queue
 * @last: its last slot; the first is @vr->free_head
 * @num: slots that it takes
 * @in_bytes: bytes that the device may write
 * @data: the token
 * @ctx: the driver's context
 *
 * The slots from the first to the last leave the free list.
 */
static __always_inline void vring_record(struct vring_virtqueue *vr, u16 last,
					 u16 num, u32 in_bytes, void *data,
					 void *ctx)
{
	struct vring_slot *slots = vr->mem.slots;
	struct vring_slot *slot = &slots[vr->free_head];

	slot->data = data;
	slot->ctx = ctx;
	slot->in_bytes = in_bytes;
	slot->pos = vr->added;
	slot->num = num;
	slot->last = last;
	vr->free_head = slots[last].next;
	vr->vq.num_free -= num;
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
 * vring_decided - count a decision about a notification
 * @vr: the queue
 * @due: it has to be sent
 *
 * Return: @due.
 */
static __always_inline bool vring_decided(struct vring_virtqueue *vr, bool due)
{
	vr->decided[due]++;
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

static __always_inline void vring_note_interrupt(struct vring_virtqueue *vr,
						 bool used)
{
	if (tracepoint_enabled(virtqueue_interrupt))
		vring_trace_interrupt(vr, used);
}

#endif /* _VIRTIO_CORE_VRING_CHAIN_H */
