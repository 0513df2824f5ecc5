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
#include "vring_split.h"

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
 * vring_split_add_slow - add a buffer of one segment, whatever the queue
 * @vr: the queue, not broken
 * @sg: the segment
 * @in: the device writes it
 * @data: the token
 * @ctx: the driver's context
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping).
 */
int vring_split_add_slow(struct vring_virtqueue *vr, struct scatterlist *sg,
			 bool in, void *data, void *ctx)
{
	return split_add_one(vr, sg, in, data, ctx, vr->use_dma);
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
	return split_commit(vr, head, head, 1, in_bytes, data, ctx);
}

/* The first free slot's table is written: its last entry has no link. */
static __always_inline int split_add_table(struct vring_virtqueue *vr,
					   struct vring_table *table,
					   const struct vring_chain *c,
					   void *data, void *ctx)
{
	struct vring_desc *last = (struct vring_desc *)table->desc + c->num - 1;

	last->flags = cpu_to_vring16(vr, c->in_sgs ? VRING_DESC_F_WRITE : 0);
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
	u16 head = vr->free_head, next = head, last = head;
	int err = vring_prepare_direct(vr, c);
	unsigned int n;

	if (unlikely(err))
		return err;

	for (n = 0; n < c->out_sgs + c->in_sgs; n++)
		split_link_list(vr, c->sgs[n], n >= c->out_sgs, &last, &next);
	vr->mem.vring.desc[last].flags = cpu_to_vring16(vr, flags);
	return split_commit(vr, head, last, c->num, c->in_bytes, data, ctx);
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
	struct vring_table *table = &vr->mem.tables[vr->free_head];
	int err;

	if (vr->use_dma && vr->mem.tables && vr->vq.num_free &&
	    vring_fill_mapped(vr, table->desc, &c, false))
		return split_add_table(vr, table, &c, data, ctx);

	err = split_add_direct(vr, &c, data, ctx);
	return err ? vring_add_failed(vr, err) : 0;
}

/**
 * vring_split_add_list - add a buffer of any number of segments
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
int vring_split_add_list(struct vring_virtqueue *vr, struct scatterlist *sgs[],
			 unsigned int out_sgs, unsigned int in_sgs, void *data,
			 void *ctx)
{
	struct vring_chain c = {
		.sgs = sgs, .out_sgs = out_sgs, .in_sgs = in_sgs
	};
	struct vring_table *table = vr->mem.plain_tables;
	struct vring_map *map = NULL;

	if (unlikely(!table || !vr->vq.num_free))
		return split_add_slow(vr, sgs, out_sgs, in_sgs, data, ctx);
	table += vr->free_head;
	if (unlikely(!vring_fill_table(vr, table->desc, &c, &map, false, false)))
		return split_add_slow(vr, sgs, out_sgs, in_sgs, data, ctx);
	return split_add_table(vr, table, &c, data, ctx);
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
	return split_commit(vr, vr->free_head, last, t->num, t->in_bytes, data,
			    NULL);
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

/* The chain in @slots that an entry of the used ring names; false for a lie. */
static __always_inline bool split_used_slot(struct vring_virtqueue *vr,
					    struct vring_slot *slots,
					    u64 published, u16 taken, u32 *id,
					    u32 *len)
{
	const struct vring_used_elem *elem =
		&vr->mem.vring.used->ring[taken & vr->mem.mask];
	const struct vring_slot *slot;

	*id = vring32_to_cpu(vr, READ_ONCE(elem->id));
	*len = vring32_to_cpu(vr, READ_ONCE(elem->len));
	if (unlikely(*id >= vr->mem.num))
		return vring_bad_id(vr, *id);
	slot = &slots[*id];
	if (unlikely(!slot->data || slot->pos >= published))
		return vring_stale_id(vr, *id);
	if (likely(*len <= slot->in_bytes))
		return true;
	if (READ_ONCE(vr->strict))
		return vring_bad_len(vr, *len, slot->in_bytes);
	vr->errors[VQ_ERR_LEN]++;
	*len = slot->in_bytes;
	return true;
}

/* As many used buffers as the used idx that was read last covers. */
static unsigned int split_get_run(struct vring_virtqueue *vr,
				  struct virtqueue_used *used, unsigned int max)
{
	u64 published = READ_ONCE(vr->split.published), bytes = 0;
	struct vring_slot *slots = vr->mem.slots, *slot;
	u16 taken = vr->taken, free = vr->free_head;
	u32 id, len, num_free = vr->vq.num_free;
	unsigned int n;

	max = min_t(unsigned int, max, (u16)(vr->split.used_seen - taken));
	for (n = 0; n < max; n++) {
		if (unlikely(!split_used_slot(vr, slots, published, taken + n,
					      &id, &len)))
			break;
		slot = &slots[id];
		used[n].data = slot->data;
		used[n].len = len;
		bytes += len;
		slots[slot->last].next = free;
		free = id;
		num_free += slot->num;
		slot->data = NULL;
	}
	vr->free_head = free;
	vr->vq.num_free = num_free;
	vr->in_bytes += bytes;
	WRITE_ONCE(vr->taken, vr->taken + n);
	return n;
}

/* Is a buffer used that was not taken?  Reads the used idx if need be. */
static __always_inline bool split_look(struct vring_virtqueue *vr)
{
	u16 taken = vr->taken, idx;

	if (taken != vr->split.used_seen)
		return true;
	idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	if (idx == taken)
		return false;
	if (unlikely((u16)(idx - taken) >
		     (u16)(READ_ONCE(vr->split.published) - taken))) {
		vring_bad_index(vr, idx);
		return false;
	}
	split_seen(vr, idx);
	return true;
}

/**
 * vring_split_get_batch - take several used buffers
 * @vr: the queue; neither the DMA API nor VIRTIO_F_IN_ORDER, no tracepoint,
 *	callbacks disabled
 * @used: where they go, oldest first
 * @max: how many @used has room for
 *
 * What split_take() does, with one write of the queue's state for all that one
 * read of the used idx covers.
 *
 * Return: how many were taken.
 */
unsigned int vring_split_get_batch(struct vring_virtqueue *vr,
				   struct virtqueue_used *used,
				   unsigned int max)
{
	unsigned int n = 0;

	while (n < max && READ_ONCE(vr->mode) == VRING_SPLIT && split_look(vr))
		n += split_get_run(vr, used + n, max - n);
	return n;
}

/**
 * vring_split_get_slow - take the next used buffer, whatever the queue
 * @vr: the queue, not broken
 * @len: bytes that the device says it wrote, at most what the buffer holds
 * @ctx: the driver's context, or NULL
 *
 * Return: the token, or NULL when there is none (or the queue is broken now).
 */
void *vring_split_get_slow(struct vring_virtqueue *vr, unsigned int *len,
			   void **ctx)
{
	return split_take(vr, len, ctx, false);
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

	/* The request before the used idx; partner as in split_poll(). */
	virtio_mb(vr->weak_barriers);
	idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	return (u16)(idx - (u16)vr->taken) <= (vr->event ? wait : 0);
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
		split_disable_cb(vr);
}
