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
#include "vring_packed.h"

/**
 * vring_packed_add_slow - add a buffer of one segment, whatever the queue
 * @vr: the queue, not broken
 * @sg: the segment
 * @in: the device writes it
 * @data: the token
 * @ctx: the driver's context
 *
 * Return: 0, -ENOSPC, -ENOMEM (DMA mapping).
 */
int vring_packed_add_slow(struct vring_virtqueue *vr, struct scatterlist *sg,
			  bool in, void *data, void *ctx)
{
	return packed_add_one(vr, sg, in, data, ctx, vr->use_dma);
}

/* One descriptor that refers to a table (2.8.7). */
static __always_inline int packed_add_desc(struct vring_virtqueue *vr,
					   dma_addr_t addr, u16 num,
					   u32 in_bytes, void *data, void *ctx)
{
	u16 id = vr->free_head, avail = vr->packed.avail;
	struct vring_packed_desc *d = &vr->mem.ring[avail & PACKED_OFFSET];

	packed_set_desc(d, addr, num * sizeof(*d), id);
	vr->indirects++;
	return packed_expose(vr, d,
			     vr->packed.avail_flags | VRING_DESC_F_INDIRECT,
			     packed_move(vr, avail, 1), id, id, 1, in_bytes,
			     data, ctx);
}

/* The first free slot's table is written. */
static __always_inline int packed_add_table(struct vring_virtqueue *vr,
					    struct vring_table *table,
					    const struct vring_chain *c,
					    void *data, void *ctx)
{
	vr->out_bytes += c->out_bytes;
	return packed_add_desc(vr, table->addr, c->num, c->in_bytes, data, ctx);
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
static int packed_end(struct packed_writer *w, u16 num, u32 in_bytes,
		      void *data, void *ctx)
{
	struct vring_virtqueue *vr = w->vr;

	return packed_expose(vr,
			     &vr->mem.ring[vr->packed.avail & PACKED_OFFSET],
			     w->first_flags, w->avail, w->id, w->last, num,
			     in_bytes, data, ctx);
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
	return packed_end(&w, c->num, c->in_bytes, data, ctx);
}

/* All requests but those that a table takes without the DMA API. */
static noinline int packed_add_slow(struct vring_virtqueue *vr,
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
	    vring_fill_mapped(vr, table->desc, &c, true))
		return packed_add_table(vr, table, &c, data, ctx);

	err = packed_add_direct(vr, &c, data, ctx);
	return err ? vring_add_failed(vr, err) : 0;
}

/**
 * vring_packed_add_list - add a buffer of any number of segments
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
int vring_packed_add_list(struct vring_virtqueue *vr, struct scatterlist *sgs[],
			  unsigned int out_sgs, unsigned int in_sgs, void *data,
			  void *ctx)
{
	struct vring_chain c = {
		.sgs = sgs, .out_sgs = out_sgs, .in_sgs = in_sgs
	};
	struct vring_table *table = vr->mem.plain_tables;
	struct vring_map *map = NULL;

	if (unlikely(!table || !vr->vq.num_free))
		return packed_add_slow(vr, sgs, out_sgs, in_sgs, data, ctx);
	table += vr->free_head;
	if (unlikely(!vring_fill_table(vr, table->desc, &c, &map, true, false)))
		return packed_add_slow(vr, sgs, out_sgs, in_sgs, data, ctx);
	return packed_add_table(vr, table, &c, data, ctx);
}

/*
 * The driver's table as a chain of ring descriptors.  Address and length are
 * copied from memory that the device might reach; both only ever go back to
 * the device.  Number and directions come from private memory.
 */
static int packed_copy_table(struct vring_virtqueue *vr,
			     const struct virtqueue_table *t, void *data)
{
	const struct vring_packed_desc *d = t->packed_desc;
	struct packed_writer w;
	u16 n;

	packed_begin(&w, vr, t->num);
	for (n = 0; n < t->num; n++)
		packed_put(&w, le64_to_cpu(d[n].addr), le32_to_cpu(d[n].len),
			   n >= t->out_num);
	return packed_end(&w, t->num, t->in_bytes, data, NULL);
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
	if (!vr->indirect)
		return packed_copy_table(vr, t, data);
	return packed_add_desc(vr, t->addr, t->num, t->in_bytes, data, NULL);
}

/**
 * vring_packed_get_slow - take the next used buffer, whatever the queue
 * @vr: the queue, not broken
 * @len: bytes that the device says it wrote, at most what the buffer holds
 * @ctx: the driver's context, or NULL
 *
 * Return: the token, or NULL when there is none (or the queue is broken now).
 */
void *vring_packed_get_slow(struct vring_virtqueue *vr, unsigned int *len,
			    void **ctx)
{
	return packed_take(vr, len, ctx, false);
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
	return !packed_poll(vr, pos);
}

/**
 * vring_packed_reset - everything as before the first buffer
 * @vr: the queue, with fresh memory, not seen by the device yet
 *
 * All slots on the free list, both wrap counters 1, the ring zero (2.8.1,
 * 2.8.13), interrupts as the driver's callback wants them: for each buffer,
 * until it asks for one at a descriptor.
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
	packed_write_flags(vr, VRING_PACKED_EVENT_FLAG_ENABLE);
	if (!vr->vq.callback)
		packed_disable_cb(vr);
}
