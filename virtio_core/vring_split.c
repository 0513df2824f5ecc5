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
 *	last_used <= used_seen <= (used idx) <= published <= added
 *	taken        seen         done           exposed
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
#include "vring.h"

/* Farther from any used idx than the largest queue is long (2.7: 32768). */
#define SPLIT_EVENT_NEVER	0x8000

/**
 * struct split_chain - a chain while it is being written
 * @bytes: length of all its segments
 * @out_bytes: length of those that the device reads
 * @first: index of its first descriptor
 * @last: index of its last descriptor
 * @next: index that would come next
 * @num: descriptors written
 * @out_num: how many of them the device reads
 * @max: descriptors that there is room for
 */
struct split_chain {
	u64 bytes;
	u64 out_bytes;
	u16 first;
	u16 last;
	u16 next;
	u16 num;
	u16 out_num;
	u16 max;
};

static u16 split_mask(const struct vring_virtqueue *vr)
{
	return vr->mem.vring.num - 1;
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
 * Write the segments of one list, all in one direction, behind what the chain
 * has.  @links is the private free list for a chain of ring descriptors, or
 * NULL for an indirect table, whose links were written at creation.  Inlined
 * once for each of the two.
 */
static __always_inline int split_fill_list(struct vring_virtqueue *vr,
					   struct split_chain *c,
					   struct vring_desc *desc,
					   struct vring_map *maps,
					   const struct vring_slot *links,
					   struct scatterlist *sg, bool in)
{
	u16 flags = VRING_DESC_F_NEXT | (in ? VRING_DESC_F_WRITE : 0);
	dma_addr_t addr;
	u16 i;

	for (; sg; sg = sg_next(sg)) {
		if (unlikely(c->num == c->max))
			return -E2BIG;
		i = c->next;
		if (unlikely(vring_map_sg(vr, sg,
					  in ? DMA_FROM_DEVICE : DMA_TO_DEVICE,
					  maps, i, &addr)))
			return -ENOMEM;
		split_set_desc(vr, &desc[i], addr, sg->length, flags);
		c->bytes += sg->length;
		c->last = i;
		c->next = links ? links[i].next : i + 1;
		if (links)
			desc[i].next = cpu_to_vring16(vr, c->next);
		c->num++;
	}
	return 0;
}

/*
 * Write all segments: the device-readable ones first (2.7.4.2), the last one
 * without a link.  A chain of more than 2^32 bytes is refused (2.7.5.2).
 */
static __always_inline int split_fill(struct vring_virtqueue *vr,
				      struct split_chain *c,
				      struct vring_desc *desc,
				      struct vring_map *maps,
				      const struct vring_slot *links,
				      struct scatterlist *sgs[],
				      unsigned int out_sgs, unsigned int in_sgs)
{
	unsigned int n;
	int err;

	for (n = 0; n < out_sgs; n++) {
		err = split_fill_list(vr, c, desc, maps, links, sgs[n], false);
		if (unlikely(err))
			return err;
	}
	c->out_bytes = c->bytes;
	c->out_num = c->num;
	for (; n < out_sgs + in_sgs; n++) {
		err = split_fill_list(vr, c, desc, maps, links, sgs[n], true);
		if (unlikely(err))
			return err;
	}
	if (unlikely(!c->num || c->bytes > U32_MAX))
		return -EINVAL;

	desc[c->last].flags =
		cpu_to_vring16(vr, c->num > c->out_num ? VRING_DESC_F_WRITE : 0);
	return 0;
}

/*
 * Take @num ring descriptors, @first to @last, off the free list (which goes
 * on at @next) and note them under their head as the next available buffer.
 */
static void split_commit(struct vring_virtqueue *vr, u16 first, u16 last,
			 u16 num, u16 next, u32 in_bytes, void *data, void *ctx)
{
	struct vring_slot *slot = &vr->mem.slots[first];
	struct vring *vring = &vr->mem.vring;

	slot->data = data;
	slot->ctx = ctx;
	slot->in_bytes = in_bytes;
	slot->pos = vr->added;
	slot->num = num;
	slot->last = last;

	vr->free_head = next;
	vr->vq.num_free -= num;

	vring->avail->ring[vr->added & split_mask(vr)] =
		cpu_to_vring16(vr, first);
	vr->added++;
}

/* Let the device see the ring up to all that was added (2.7.13.3). */
static void split_publish(struct vring_virtqueue *vr)
{
	/*
	 * Descriptors and ring entries before the index that exposes them
	 * (2.7.13.3.1).  Partner: the device's read barrier between its read
	 * of idx and its reads of what idx covers.
	 */
	virtio_wmb(vr->weak_barriers);
	WRITE_ONCE(vr->mem.vring.avail->idx, cpu_to_vring16(vr, vr->added));
	vr->published = vr->added;
}

/*
 * No room now.  The device gets to see what waits for publication, so that
 * room comes by itself; it is not notified for the sake of a full ring.
 */
static int split_no_room(struct vring_virtqueue *vr)
{
	if (vr->published != vr->added)
		split_publish(vr);
	return -ENOSPC;
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
	struct vring_slot *slots = vr->mem.slots;
	u16 head = vr->free_head;
	dma_addr_t addr;

	if (unlikely(!vr->vq.num_free))
		return split_no_room(vr);
	if (unlikely(vring_map_sg(vr, sg, in ? DMA_FROM_DEVICE : DMA_TO_DEVICE,
				  vr->mem.maps, head, &addr)))
		return -ENOMEM;

	split_set_desc(vr, &vr->mem.vring.desc[head], addr, sg->length,
		       in ? VRING_DESC_F_WRITE : 0);
	slots[head].num_maps = 0;
	split_commit(vr, head, head, 1, slots[head].next, in ? sg->length : 0,
		     data, ctx);
	return 0;
}

/* One descriptor that refers to a table (2.7.5.3). */
static void split_commit_table(struct vring_virtqueue *vr, dma_addr_t addr,
			       u16 num, u32 in_bytes, void *data, void *ctx)
{
	u16 head = vr->free_head;

	split_set_desc(vr, &vr->mem.vring.desc[head], addr,
		       num * sizeof(struct vring_desc), VRING_DESC_F_INDIRECT);
	split_commit(vr, head, head, 1, vr->mem.slots[head].next, in_bytes,
		     data, ctx);
}

/* -E2BIG when the request is longer than the queue's tables. */
static int split_add_indirect(struct vring_virtqueue *vr,
			      struct scatterlist *sgs[], unsigned int out_sgs,
			      unsigned int in_sgs, void *data, void *ctx)
{
	u16 head = vr->free_head;
	struct vring_table *table = &vr->mem.tables[head];
	struct vring_map *maps = NULL;
	struct split_chain c = { .max = vr->mem.table_max };
	int err;

	if (vr->use_dma)
		maps = &vr->mem.table_maps[head * vr->mem.table_max];

	err = split_fill(vr, &c, table->desc, maps, NULL, sgs, out_sgs, in_sgs);
	if (unlikely(err)) {
		if (maps)
			vring_unmap(vr, maps, c.num);
		return err;
	}

	vr->mem.slots[head].num_maps = maps ? c.num : 0;
	split_commit_table(vr, table->addr, c.num, c.bytes - c.out_bytes, data,
			   ctx);
	return 0;
}

/* Undo the mappings of @num ring descriptors, from @i along the links. */
static void split_unmap_chain(struct vring_virtqueue *vr, u16 i, u16 num)
{
	for (; num; num--, i = vr->mem.slots[i].next)
		vring_unmap(vr, &vr->mem.maps[i], 1);
}

static unsigned int split_count(struct scatterlist *sgs[], unsigned int num_sgs)
{
	unsigned int n, total = 0;
	struct scatterlist *sg;

	for (n = 0; n < num_sgs; n++)
		for (sg = sgs[n]; sg; sg = sg_next(sg))
			total++;
	return total;
}

/*
 * A chain of ring descriptors.  One longer than the queue can never be sent
 * (2.7.5.2), which is the caller's mistake and no reason to wait.
 */
static int split_add_direct(struct vring_virtqueue *vr,
			    struct scatterlist *sgs[], unsigned int out_sgs,
			    unsigned int in_sgs, void *data, void *ctx)
{
	unsigned int total = split_count(sgs, out_sgs + in_sgs);
	struct split_chain c = {
		.first = vr->free_head,
		.next = vr->free_head,
		.max = vr->vq.num_free,
	};
	int err;

	if (unlikely(total > vr->mem.vring.num))
		return -EINVAL;
	if (unlikely(total > vr->vq.num_free))
		return split_no_room(vr);

	err = split_fill(vr, &c, vr->mem.vring.desc, vr->mem.maps,
			 vr->mem.slots, sgs, out_sgs, in_sgs);
	if (unlikely(err)) {
		if (vr->use_dma)
			split_unmap_chain(vr, c.first, c.num);
		return err;
	}

	vr->mem.slots[c.first].num_maps = 0;
	split_commit(vr, c.first, c.last, c.num, c.next, c.bytes - c.out_bytes,
		     data, ctx);
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
	int err;

	if (vr->mem.tables && likely(vr->vq.num_free)) {
		err = split_add_indirect(vr, sgs, out_sgs, in_sgs, data, ctx);
		if (likely(err != -E2BIG))
			return err;
	}
	return split_add_direct(vr, sgs, out_sgs, in_sgs, data, ctx);
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
	u16 first = vr->free_head, last = first, i = first;
	u16 flags, n;

	for (n = 0; n < t->num; n++) {
		flags = n < t->out_num ? 0 : VRING_DESC_F_WRITE;
		if (n + 1 < t->num)
			flags |= VRING_DESC_F_NEXT;
		desc[i].addr = t->desc[n].addr;
		desc[i].len = t->desc[n].len;
		desc[i].flags = cpu_to_vring16(vr, flags);
		desc[i].next = cpu_to_vring16(vr, vr->mem.slots[i].next);
		if (vr->use_dma)
			vr->mem.maps[i].dir = DMA_NONE;
		last = i;
		i = vr->mem.slots[i].next;
	}
	vr->mem.slots[first].num_maps = 0;
	split_commit(vr, first, last, t->num, i, t->in_bytes, data, NULL);
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
	if (unlikely(vr->vq.num_free < (vr->indirect ? 1 : t->num)))
		return split_no_room(vr);

	if (!vr->indirect) {
		split_copy_table(vr, t, data);
		return 0;
	}

	t->desc[t->num - 1].flags =
		cpu_to_vring16(vr, t->num > t->out_num ? VRING_DESC_F_WRITE : 0);
	vr->mem.slots[vr->free_head].num_maps = 0;
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
	u16 old = vr->kicked, new = vr->added;
	u16 event;

	if (old == new)
		return false;
	split_publish(vr);
	vr->kicked = new;

	/*
	 * The index before the read of what the device wants (2.7.13.4.1).
	 * Partner: the device's full barrier between its write of avail_event
	 * or flags and its re-check of the available idx.
	 */
	virtio_mb(vr->weak_barriers);

	if (vr->event) {
		event = vring16_to_cpu(vr, READ_ONCE(vring_avail_event(vring)));
		return vring_need_event(event, new, old);
	}
	return !(vring16_to_cpu(vr, READ_ONCE(vring->used->flags)) &
		 VRING_USED_F_NO_NOTIFY);
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

	if (idx == vr->last_used)
		return false;
	if (unlikely((u16)(idx - vr->last_used) >
		     (u16)(vr->published - vr->last_used))) {
		vring_break(vr, "used idx %u is outside of %u..%u", idx,
			    vr->last_used, (u16)vr->published);
		return false;
	}

	/*
	 * The index before the entries and buffers that it covers.  Partner:
	 * the device's write barrier before its write of the used idx.
	 */
	virtio_rmb(vr->weak_barriers);
	vr->used_seen = idx;

	/* Keep an event that nobody waits for out of the device's reach. */
	if (vr->event && !vr->cb_enabled &&
	    (u16)(vr->used_event - vr->last_used) < vr->mem.vring.num)
		split_write_used_event(vr, vr->last_used + SPLIT_EVENT_NEVER);
	return true;
}

/*
 * The slot of a head that the device returned, or NULL with the queue broken.
 * A head is good when a chain starts there and was exposed.  Positions count
 * chains from the first on and do not wrap: a buffer may stay with the device
 * while any number of others come and go.
 */
static struct vring_slot *split_check_head(struct vring_virtqueue *vr, u32 id)
{
	struct vring_slot *slot;

	if (unlikely(id >= vr->mem.vring.num)) {
		vring_break(vr, "used id %u is out of range", id);
		return NULL;
	}
	slot = &vr->mem.slots[id];
	if (unlikely(!slot->data || slot->pos >= vr->published)) {
		vring_break(vr, "used id %u is not outstanding", id);
		return NULL;
	}
	return slot;
}

/* Undo mappings, give the descriptors back, forget the token. */
static void split_free_chain(struct vring_virtqueue *vr,
			     struct vring_slot *slot, u16 head)
{
	if (unlikely(vr->use_dma)) {
		if (slot->num_maps)
			vring_unmap(vr,
				    &vr->mem.table_maps[head * vr->mem.table_max],
				    slot->num_maps);
		else
			split_unmap_chain(vr, head, slot->num);
	}
	vr->mem.slots[slot->last].next = vr->free_head;
	vr->free_head = head;
	vr->vq.num_free += slot->num;
	slot->data = NULL;
}

/**
 * vring_split_get - take the next used buffer
 * @vr: the queue, not broken
 * @len: bytes that the device says it wrote, at most what the buffer holds
 * @ctx: the driver's context, or NULL
 *
 * VIRTIO 1.4, 2.7.8 and 2.7.14.
 *
 * Return: the token, or NULL when there is none (or the queue is broken now).
 */
void *vring_split_get(struct vring_virtqueue *vr, unsigned int *len, void **ctx)
{
	const struct vring_used_elem *elem;
	struct vring_slot *slot;
	void *data;
	u32 id;

	if (vr->last_used == vr->used_seen && !split_refill(vr))
		return NULL;

	elem = &vr->mem.vring.used->ring[vr->last_used & split_mask(vr)];
	id = vring32_to_cpu(vr, READ_ONCE(elem->id));
	slot = split_check_head(vr, id);
	if (unlikely(!slot))
		return NULL;

	*len = min(vring32_to_cpu(vr, READ_ONCE(elem->len)), slot->in_bytes);
	if (ctx)
		*ctx = slot->ctx;
	data = slot->data;
	split_free_chain(vr, slot, id);
	vr->last_used++;

	/*
	 * The batch is done: ask for the next.  The event before the next
	 * read of the used idx.  Partner: the device's full barrier between
	 * its write of the used idx and its read of used_event.
	 */
	if (vr->event && vr->cb_enabled && vr->last_used == vr->used_seen) {
		split_write_used_event(vr, vr->last_used);
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
			split_write_used_event(vr, vr->last_used +
						   SPLIT_EVENT_NEVER);
		return;
	}
	vr->avail_flags = VRING_AVAIL_F_NO_INTERRUPT;
	WRITE_ONCE(vr->mem.vring.avail->flags,
		   cpu_to_vring16(vr, vr->avail_flags));
}

/* Ask for an interrupt when the used idx passes @event (2.7.7). */
static void split_arm(struct vring_virtqueue *vr, u16 event)
{
	vr->cb_enabled = true;

	if (vr->event) {
		WRITE_ONCE(vr->event_passed, false);
		split_write_used_event(vr, event);
	} else if (vr->avail_flags) {
		vr->avail_flags = 0;
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
	split_arm(vr, vr->last_used);
	return vr->last_used;
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
	u16 outstanding = vr->added - vr->last_used;
	u16 wait = (u32)outstanding * 3 / 4;
	u16 idx;

	split_arm(vr, vr->last_used + wait);

	/* The request before the used idx; partner as in vring_split_poll(). */
	virtio_mb(vr->weak_barriers);
	idx = vring16_to_cpu(vr, READ_ONCE(vr->mem.vring.used->idx));
	return (u16)(idx - vr->last_used) <= (vr->event ? wait : 0);
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
	u16 last_used = READ_ONCE(vr->last_used);

	if (idx == last_used || (u16)READ_ONCE(vr->published) == last_used)
		return false;
	if (vr->event && (u16)(idx - READ_ONCE(vr->used_event) - 1) < 0x8000)
		WRITE_ONCE(vr->event_passed, true);
	return true;
}

/**
 * vring_split_detach_unused - take back a buffer that was not used
 * @vr: a queue that the device does not touch any more
 *
 * Return: the token, or NULL when none is left.
 */
void *vring_split_detach_unused(struct vring_virtqueue *vr)
{
	unsigned int n, num = vr->mem.vring.num;
	struct vring_slot *slot;
	void *data;

	for (n = 0; n < num; n++) {
		slot = &vr->mem.slots[vr->scan];
		data = slot->data;
		if (data) {
			split_free_chain(vr, slot, vr->scan);
			return data;
		}
		vr->scan = (vr->scan + 1) & split_mask(vr);
	}
	return NULL;
}

/**
 * vring_split_reset - everything as before the first buffer
 * @vr: the queue, with fresh memory, not seen by the device yet
 *
 * All slots on the free list, all indices 0, no notification asked for in
 * the used ring (2.7.8.1), interrupts as the driver's callback wants them.
 */
void vring_split_reset(struct vring_virtqueue *vr)
{
	struct vring *vring = &vr->mem.vring;
	unsigned int i;

	for (i = 0; i < vring->num; i++) {
		vr->mem.slots[i].next = i + 1 < vring->num ? i + 1 : VRING_NO_LINK;
		if (vr->mem.maps)
			vr->mem.maps[i].dir = DMA_NONE;
	}
	vr->free_head = 0;
	vr->vq.num_free = vring->num;
	vr->added = 0;
	vr->published = 0;
	vr->kicked = 0;
	vr->last_used = 0;
	vr->used_seen = 0;
	vr->scan = 0;
	vr->avail_flags = 0;
	vr->event_passed = false;

	vring->used->flags = 0;
	vring->avail->flags = 0;
	vring->avail->idx = 0;
	if (vr->event)
		split_write_used_event(vr, 0);
	vr->cb_enabled = true;
	if (!vr->vq.callback)
		vring_split_disable_cb(vr);
}
