// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The virtqueue API
 *
 * What <linux/virtio.h> and <linux/virtio_ring.h> promise to drivers and
 * transports, on top of the layouts in vring_split.c and vring_packed.c.  A
 * layout's functions get arguments that were checked and a queue that is not
 * broken.
 *
 * Context: any, unless a function says that it may sleep.  Locking: the
 * caller serialises the calls on one queue, unless a function says otherwise.
 *
 * A queue breaks when the device breaks the rules, when its doorbell fails
 * or when the transport says so (device gone, reset).  From then on adding
 * gives -EIO and taking gives NULL; what was outstanding comes back through
 * virtqueue_detach_unused_buf() once the device has been reset.
 */
#include <linux/module.h>

#include "vring_packed.h"
#include "vring_split.h"

/* The layout that the queue has: a branch, never an indirect call. */
#define vring_call(queue, op, ...)					\
({									\
	struct vring_virtqueue *vr_ = (queue);				\
									\
	vr_->is_packed ? packed_##op(vr_, ##__VA_ARGS__) :		\
			 split_##op(vr_, ##__VA_ARGS__);		\
})

/* The same for what is not inlined. */
#define vring_call_out(queue, op, ...)					\
({									\
	struct vring_virtqueue *vr_ = (queue);				\
									\
	vr_->is_packed ? vring_packed_##op(vr_, ##__VA_ARGS__) :	\
			 vring_split_##op(vr_, ##__VA_ARGS__);		\
})

static noinline int vring_add_slow(struct vring_virtqueue *vr,
				   struct scatterlist *sg, bool in, void *data,
				   void *ctx)
{
	if (vring_broken(vr))
		return -EIO;
	return vring_call_out(vr, add_slow, sg, in, data, ctx);
}

/* A buffer of one segment: the case that has to be cheap. */
static __always_inline int vring_add_one(struct vring_virtqueue *vr,
					 struct scatterlist *sg, bool in,
					 void *data, void *ctx)
{
	u8 mode = READ_ONCE(vr->mode);

	if (WARN_ON_ONCE(!data))
		return -EINVAL;
	if (mode == VRING_SPLIT)
		return split_add_one(vr, sg, in, data, ctx, false);
	if (mode == VRING_PACKED)
		return packed_add_one(vr, sg, in, data, ctx, false);
	return vring_add_slow(vr, sg, in, data, ctx);
}

static __always_inline int vring_add(struct vring_virtqueue *vr,
				     struct scatterlist *sgs[],
				     unsigned int out_sgs, unsigned int in_sgs,
				     void *data, void *ctx)
{
	if (vring_broken(vr))
		return -EIO;
	if (WARN_ON_ONCE(!data || !(out_sgs + in_sgs)))
		return -EINVAL;
	if (out_sgs + in_sgs == 1 && sg_is_last(sgs[0]))
		return vring_add_one(vr, sgs[0], in_sgs, data, ctx);
	return vring_call_out(vr, add_list, sgs, out_sgs, in_sgs, data, ctx);
}

static noinline int vring_add_long(struct vring_virtqueue *vr,
				   struct scatterlist *sg, bool in, void *data,
				   void *ctx)
{
	return vring_add(vr, &sg, !in, in, data, ctx);
}

/* One list, one direction. */
static __always_inline int vring_add_list(struct vring_virtqueue *vr,
					  struct scatterlist *sg,
					  unsigned int num, bool in,
					  void *data, void *ctx)
{
	if (unlikely(num != 1))
		return vring_add_long(vr, sg, in, data, ctx);
	return vring_add_one(vr, sg, in, data, ctx);
}

static noinline void *vring_get_slow(struct vring_virtqueue *vr,
				     unsigned int *len, void **ctx)
{
	if (vring_broken(vr))
		return NULL;
	return vring_call_out(vr, get_slow, len, ctx);
}

static __always_inline void *vring_get(struct vring_virtqueue *vr,
				       unsigned int *len, void **ctx)
{
	u8 mode = READ_ONCE(vr->mode);

	if (mode == VRING_SPLIT)
		return split_take(vr, len, ctx, true);
	if (mode == VRING_PACKED)
		return packed_take(vr, len, ctx, true);
	return vring_get_slow(vr, len, ctx);
}

static __always_inline bool vring_notify(struct vring_virtqueue *vr)
{
	if (vring_broken(vr))
		return false;
	if (likely(vr->notify(&vr->vq)))
		return true;

	vring_break(vr, VQ_ERR_NOTIFY, "the notification failed");
	return false;
}

/**
 * virtqueue_add_sgs - add a buffer made of several scatterlists
 * @_vq: the queue
 * @sgs: lists, each ended as sg_mark_end() does; device-readable ones first
 * @out_sgs: how many lists the device reads
 * @in_sgs: how many lists behind them the device writes
 * @data: token, not NULL, by which the buffer comes back
 * @gfp: not used: nothing is allocated
 *
 * VIRTIO 1.4, 2.7.13.  The buffer becomes visible to the device with the next
 * virtqueue_kick_prepare() or virtqueue_kick().
 *
 * Return: 0; -ENOSPC when the ring has no room now; -EINVAL for a buffer that
 * fits no ring of this size; -ENOMEM when it cannot be mapped; -EIO when the
 * queue is broken.
 */
int virtqueue_add_sgs(struct virtqueue *_vq, struct scatterlist *sgs[],
		      unsigned int out_sgs, unsigned int in_sgs, void *data,
		      gfp_t gfp)
{
	return vring_add(to_vring(_vq), sgs, out_sgs, in_sgs, data, NULL);
}
EXPORT_SYMBOL_GPL(virtqueue_add_sgs);

/**
 * virtqueue_add_outbuf - add a buffer that the device reads
 * @vq: the queue
 * @sg: its segments
 * @num: how many, at least 1; the list is ended as sg_mark_end() does
 * @data: token, not NULL
 * @gfp: not used
 *
 * Return: as virtqueue_add_sgs().
 */
int virtqueue_add_outbuf(struct virtqueue *vq, struct scatterlist *sg,
			 unsigned int num, void *data, gfp_t gfp)
{
	return vring_add_list(to_vring(vq), sg, num, false, data, NULL);
}
EXPORT_SYMBOL_GPL(virtqueue_add_outbuf);

/**
 * virtqueue_add_inbuf - add a buffer that the device writes
 * @vq: the queue
 * @sg: its segments
 * @num: how many, at least 1; the list is ended as sg_mark_end() does
 * @data: token, not NULL
 * @gfp: not used
 *
 * Return: as virtqueue_add_sgs().
 */
int virtqueue_add_inbuf(struct virtqueue *vq, struct scatterlist *sg,
			unsigned int num, void *data, gfp_t gfp)
{
	return vring_add_list(to_vring(vq), sg, num, true, data, NULL);
}
EXPORT_SYMBOL_GPL(virtqueue_add_inbuf);

/**
 * virtqueue_add_inbuf_ctx - add a buffer that the device writes, with context
 * @vq: the queue
 * @sg: its segments
 * @num: how many, at least 1; the list is ended as sg_mark_end() does
 * @data: token, not NULL
 * @ctx: a second word that comes back through virtqueue_get_buf_ctx()
 * @gfp: not used
 *
 * Return: as virtqueue_add_sgs().
 */
int virtqueue_add_inbuf_ctx(struct virtqueue *vq, struct scatterlist *sg,
			    unsigned int num, void *data, void *ctx, gfp_t gfp)
{
	return vring_add_list(to_vring(vq), sg, num, true, data, ctx);
}
EXPORT_SYMBOL_GPL(virtqueue_add_inbuf_ctx);

int virtqueue_ext_add_one(struct virtqueue *vq, dma_addr_t addr, u32 len,
			  bool in, void *data)
{
	struct vring_virtqueue *vr = to_vring(vq);

	if (unlikely(READ_ONCE(vr->mode) > VRING_PACKED) && vring_broken(vr))
		return -EIO;
	if (WARN_ON_ONCE(!data))
		return -EINVAL;
	if (unlikely(!vr->vq.num_free))
		return vring_add_failed(vr, -ENOSPC);
	if (vr->is_packed)
		return packed_put_one(vr, addr, len, in, data, NULL);
	return split_put_one(vr, addr, len, in, data, NULL);
}
EXPORT_SYMBOL_GPL(virtqueue_ext_add_one);

int virtqueue_table_init(struct virtqueue *vq, struct virtqueue_table *t,
			 void *mem, dma_addr_t addr, u16 max)
{
	struct vring_virtqueue *vr = to_vring(vq);

	if (WARN_ON_ONCE(!max || !IS_ALIGNED((unsigned long)mem, 16)))
		return -EINVAL;

	t->desc = mem;
	t->addr = addr;
	t->max = max;
	t->packed = vr->is_packed;
	t->little_endian = vr->little_endian;
	virtqueue_table_begin(t);
	if (!t->packed)
		vring_split_init_table(mem, max, vr->little_endian);
	return 0;
}
EXPORT_SYMBOL_GPL(virtqueue_table_init);

int virtqueue_add_table(struct virtqueue *vq, struct virtqueue_table *t,
			void *data)
{
	struct vring_virtqueue *vr = to_vring(vq);

	if (vring_broken(vr))
		return -EIO;
	if (WARN_ON_ONCE(!data || t->num > t->max || t->out_num > t->num ||
			 t->packed != vr->is_packed))
		return -EINVAL;
	if (unlikely(!t->num || t->num > vr->mem.num ||
		     t->out_bytes + t->in_bytes > U32_MAX))
		return vring_add_failed(vr, -EINVAL);
	return vring_call_out(vr, add_table, t, data);
}
EXPORT_SYMBOL_GPL(virtqueue_add_table);

/**
 * virtqueue_kick_prepare - expose what was added; is a notification due?
 * @_vq: the queue
 *
 * The first half of virtqueue_kick(), under the caller's lock; the second,
 * virtqueue_notify(), needs no lock.  VIRTIO 1.4, 2.7.13.3 and 2.7.13.4.
 *
 * Return: true when virtqueue_notify() has to be called.
 */
bool virtqueue_kick_prepare(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_call(vr, kick_prepare);
}
EXPORT_SYMBOL_GPL(virtqueue_kick_prepare);

/**
 * virtqueue_notify - notify the device
 * @_vq: the queue
 *
 * Locking: none needed.
 *
 * Return: false when the queue is broken, or its doorbell failed just now.
 */
bool virtqueue_notify(struct virtqueue *_vq)
{
	return vring_notify(to_vring(_vq));
}
EXPORT_SYMBOL_GPL(virtqueue_notify);

/**
 * virtqueue_kick - expose what was added and notify the device if it asks
 * @vq: the queue
 *
 * Return: false when the queue is broken.
 */
bool virtqueue_kick(struct virtqueue *vq)
{
	struct vring_virtqueue *vr = to_vring(vq);

	if (vring_call(vr, kick_prepare))
		return vring_notify(vr);
	return !vring_broken(vr);
}
EXPORT_SYMBOL_GPL(virtqueue_kick);

/**
 * virtqueue_get_buf_ctx - take the next used buffer
 * @_vq: the queue
 * @len: bytes that the device wrote; never more than the buffer can hold
 * @ctx: what virtqueue_add_inbuf_ctx() was given; may be NULL
 *
 * What lies beyond @len bytes must be ignored (VIRTIO 1.4, 2.7.8.3).
 *
 * Return: the token, or NULL: nothing used, or the queue is broken.
 */
void *virtqueue_get_buf_ctx(struct virtqueue *_vq, unsigned int *len,
			    void **ctx)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_get(vr, len, ctx);
}
EXPORT_SYMBOL_GPL(virtqueue_get_buf_ctx);

/**
 * virtqueue_get_buf - take the next used buffer
 * @_vq: the queue
 * @len: bytes that the device wrote; never more than the buffer can hold
 *
 * Return: the token, or NULL: nothing used, or the queue is broken.
 */
void *virtqueue_get_buf(struct virtqueue *_vq, unsigned int *len)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_get(vr, len, NULL);
}
EXPORT_SYMBOL_GPL(virtqueue_get_buf);

/* May several be taken at once, as nothing but that is to be done? */
static __always_inline bool vring_may_batch(struct vring_virtqueue *vr)
{
	return READ_ONCE(vr->mode) == VRING_SPLIT &&
	       !READ_ONCE(vr->cb_enabled) && !vring_traces_get();
}

unsigned int virtqueue_ext_get_batch(struct virtqueue *vq,
				     struct virtqueue_used *used,
				     unsigned int max)
{
	struct vring_virtqueue *vr = to_vring(vq);
	unsigned int n;

	if (likely(vring_may_batch(vr)))
		return vring_split_get_batch(vr, used, max);
	for (n = 0; n < max; n++) {
		used[n].data = vring_get(vr, &used[n].len, NULL);
		if (!used[n].data)
			break;
	}
	return n;
}
EXPORT_SYMBOL_GPL(virtqueue_ext_get_batch);

/**
 * virtqueue_disable_cb - interrupts of this queue are not needed
 * @_vq: the queue
 *
 * Advice to the device: the callback may still be called.  Locking: may be
 * called from the callback, beside whatever runs.
 */
void virtqueue_disable_cb(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	vring_call(vr, disable_cb);
}
EXPORT_SYMBOL_GPL(virtqueue_disable_cb);

/**
 * virtqueue_enable_cb_prepare - ask for an interrupt with the next used buffer
 * @_vq: the queue
 *
 * To be followed by virtqueue_poll(): a buffer used in between may cause none.
 *
 * Return: what virtqueue_poll() wants to know.
 */
unsigned int virtqueue_enable_cb_prepare(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_call(vr, enable_cb);
}
EXPORT_SYMBOL_GPL(virtqueue_enable_cb_prepare);

/**
 * virtqueue_poll - has the device used a buffer since?
 * @_vq: the queue
 * @last_used_idx: from virtqueue_enable_cb_prepare()
 *
 * Locking: none needed.
 *
 * Return: true when buffers wait; false also when the queue is broken.
 */
bool virtqueue_poll(struct virtqueue *_vq, unsigned int last_used_idx)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return !vring_broken(vr) && vring_call(vr, poll, last_used_idx);
}
EXPORT_SYMBOL_GPL(virtqueue_poll);

/**
 * virtqueue_enable_cb - ask for an interrupt with the next used buffer
 * @_vq: the queue
 *
 * Return: false when buffers wait already: take them, then try again.
 */
bool virtqueue_enable_cb(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);
	u16 last_used = vring_call(vr, enable_cb);

	return !vring_call(vr, poll, last_used) || vring_broken(vr);
}
EXPORT_SYMBOL_GPL(virtqueue_enable_cb);

/**
 * virtqueue_enable_cb_delayed - ask for an interrupt when most are used
 * @_vq: the queue
 *
 * For a driver in no hurry to get its buffers back.  VIRTIO 1.4, 2.7.7.
 *
 * Return: false when that many buffers wait already; true also when the queue
 * is broken, so that a loop around it ends.
 */
bool virtqueue_enable_cb_delayed(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_call_out(vr, enable_cb_delayed) || vring_broken(vr);
}
EXPORT_SYMBOL_GPL(virtqueue_enable_cb_delayed);

/**
 * virtqueue_detach_unused_buf - take back a buffer that was not used
 * @_vq: a queue whose device was reset, or that was reset itself
 *
 * VIRTIO 1.4, 2.4: only then do the buffers belong to the driver again.
 *
 * Return: the token, or NULL when none is left.
 */
void *virtqueue_detach_unused_buf(struct virtqueue *_vq)
{
	return vring_detach_unused(to_vring(_vq));
}
EXPORT_SYMBOL_GPL(virtqueue_detach_unused_buf);

/**
 * vring_interrupt - a queue's interrupt handler
 * @irq: not used
 * @_vq: the &struct virtqueue
 *
 * For transports.  Context: hard interrupt, or any.  Locking: none; may run
 * while the queue is operated on, and spuriously (VIRTIO 1.4, 2.7.7.1).
 *
 * Return: IRQ_NONE when the queue has nothing for the driver.
 */
irqreturn_t vring_interrupt(int irq, void *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	vr->interrupts++;
	if (vring_broken(vr))
		return IRQ_HANDLED;
	if (unlikely(!vring_call(vr, interrupt))) {
		vr->empty_interrupts++;
		vring_note_interrupt(vr, false);
		return IRQ_NONE;
	}
	vring_note_interrupt(vr, true);
	if (vr->vq.callback)
		vr->vq.callback(&vr->vq);
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_GPL(vring_interrupt);

/**
 * vring_transport_features - keep the ring features that the ring has
 * @vdev: the device; its features are what device and driver have in common
 *
 * For transports, in finalize_features(): clears those of the reserved
 * feature bits (VIRTIO 1.4, 6) that are the ring's and not known here.  What
 * a transport does itself it adds afterwards.
 */
void vring_transport_features(struct virtio_device *vdev)
{
	const u64 mine = BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC) |
			 BIT_ULL(VIRTIO_RING_F_EVENT_IDX) |
			 BIT_ULL(VIRTIO_F_VERSION_1) |
			 BIT_ULL(VIRTIO_F_ACCESS_PLATFORM) |
			 BIT_ULL(VIRTIO_F_RING_PACKED) |
			 BIT_ULL(VIRTIO_F_IN_ORDER) |
			 BIT_ULL(VIRTIO_F_ORDER_PLATFORM);
	const u64 reserved = GENMASK_ULL(VIRTIO_TRANSPORT_F_END - 1,
					 VIRTIO_TRANSPORT_F_START);

	vdev->features &= mine | ~reserved;
}
EXPORT_SYMBOL_GPL(vring_transport_features);

/**
 * virtqueue_get_vring_size - how many descriptors the queue has
 * @_vq: the queue
 *
 * Return: the queue size.
 */
unsigned int virtqueue_get_vring_size(struct virtqueue *_vq)
{
	return to_vring(_vq)->mem.num;
}
EXPORT_SYMBOL_GPL(virtqueue_get_vring_size);

/**
 * virtqueue_is_broken - has the queue been given up?
 * @_vq: the queue
 *
 * Locking: none needed.
 *
 * Return: true when it is broken.
 */
bool virtqueue_is_broken(struct virtqueue *_vq)
{
	return vring_broken(to_vring(_vq));
}
EXPORT_SYMBOL_GPL(virtqueue_is_broken);

/**
 * __virtqueue_break - give up a queue
 * @_vq: the queue
 *
 * Locking: none needed.
 */
void __virtqueue_break(struct virtqueue *_vq)
{
	vring_set_broken(to_vring(_vq), true);
}
EXPORT_SYMBOL_GPL(__virtqueue_break);

/**
 * __virtqueue_unbreak - use a queue again
 * @_vq: the queue
 *
 * For transports, on a queue that was reset (VIRTIO 1.4, 2.6.1).
 */
void __virtqueue_unbreak(struct virtqueue *_vq)
{
	vring_set_broken(to_vring(_vq), false);
}
EXPORT_SYMBOL_GPL(__virtqueue_unbreak);

static void vring_break_all(struct virtio_device *dev, bool broken)
{
	struct virtqueue *vq;

	spin_lock(&dev->vqs_list_lock);
	list_for_each_entry(vq, &dev->vqs, list)
		vring_set_broken(to_vring(vq), broken);
	spin_unlock(&dev->vqs_list_lock);
}

/**
 * virtio_break_device - give up all queues of a device
 * @dev: the device
 *
 * For a device that is gone or about to be reset.  What runs already sees it
 * late: virtio_synchronize_cbs() waits for that.  Context: not hard interrupt.
 */
void virtio_break_device(struct virtio_device *dev)
{
	vring_break_all(dev, true);
}
EXPORT_SYMBOL_GPL(virtio_break_device);

/**
 * __virtio_unbreak_device - use all queues of a device again
 * @dev: the device
 *
 * Context: not hard interrupt.
 */
void __virtio_unbreak_device(struct virtio_device *dev)
{
	vring_break_all(dev, false);
}
EXPORT_SYMBOL_GPL(__virtio_unbreak_device);

/* The device's address of a part of the ring, given its CPU address. */
static dma_addr_t vring_part_addr(struct vring_virtqueue *vr, void *part)
{
	struct vring_mem *mem = &vr->mem;

	if (WARN_ON_ONCE(!mem->owned))
		return 0;
	return mem->dma + (part - mem->start);
}

/**
 * virtqueue_get_desc_addr - the device's address of the Descriptor Area
 * @_vq: a queue made by vring_create_virtqueue()
 *
 * VIRTIO 1.4, 2.6: the descriptor table or, packed, the descriptor ring.
 *
 * Return: the address.
 */
dma_addr_t virtqueue_get_desc_addr(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_part_addr(vr, vr->mem.start);
}
EXPORT_SYMBOL_GPL(virtqueue_get_desc_addr);

/**
 * virtqueue_get_avail_addr - the device's address of the Driver Area
 * @_vq: a queue made by vring_create_virtqueue()
 *
 * The available ring or, packed, Driver Event Suppression.
 *
 * Return: the address.
 */
dma_addr_t virtqueue_get_avail_addr(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_part_addr(vr, vr->is_packed ? (void *)vr->mem.driver :
						   vr->mem.vring.avail);
}
EXPORT_SYMBOL_GPL(virtqueue_get_avail_addr);

/**
 * virtqueue_get_used_addr - the device's address of the Device Area
 * @_vq: a queue made by vring_create_virtqueue()
 *
 * The used ring or, packed, Device Event Suppression.
 *
 * Return: the address.
 */
dma_addr_t virtqueue_get_used_addr(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vring_part_addr(vr, vr->is_packed ? (void *)vr->mem.device :
						   vr->mem.vring.used);
}
EXPORT_SYMBOL_GPL(virtqueue_get_used_addr);

/**
 * virtqueue_get_vring - the parts of the ring
 * @vq: a queue of the split layout
 *
 * Return: their CPU addresses and the queue size.
 */
const struct vring *virtqueue_get_vring(struct virtqueue *vq)
{
	return &to_vring(vq)->mem.vring;
}
EXPORT_SYMBOL_GPL(virtqueue_get_vring);

/**
 * virtqueue_set_dma_premapped - buffers will come with their DMA addresses
 * @_vq: a queue with no buffers in it
 *
 * From now on sg_dma_address() of each segment is what the device is given,
 * and the driver undoes its mappings itself.
 *
 * Return: 0, or -EINVAL when the queue is in use or without the DMA API.
 */
int virtqueue_set_dma_premapped(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	if (!vr->use_dma || _vq->num_free != vr->mem.num)
		return -EINVAL;
	vr->premapped = true;
	return 0;
}
EXPORT_SYMBOL_GPL(virtqueue_set_dma_premapped);

void virtqueue_ext_stats(struct virtqueue *vq, struct virtqueue_stats *stats)
{
	struct vring_virtqueue *vr = to_vring(vq);
	unsigned int i;

	/* A resize moves what its old ring counted to @past. */
	stats->added = vr->past.added + READ_ONCE(vr->added);
	stats->used = vr->past.used + READ_ONCE(vr->taken);
	stats->out_bytes = READ_ONCE(vr->out_bytes);
	stats->in_bytes = READ_ONCE(vr->in_bytes);
	stats->notified = READ_ONCE(vr->decided[1]);
	stats->suppressed = READ_ONCE(vr->decided[0]);
	stats->interrupts = READ_ONCE(vr->interrupts);
	stats->empty_interrupts = READ_ONCE(vr->empty_interrupts);
	stats->full = READ_ONCE(vr->full);
	stats->indirect = READ_ONCE(vr->indirects);
	for (i = 0; i < VIRTQUEUE_ERRORS; i++)
		stats->errors[i] = READ_ONCE(vr->errors[i]);
}
EXPORT_SYMBOL_GPL(virtqueue_ext_stats);

void virtqueue_ext_strict(struct virtqueue *vq, bool strict)
{
	WRITE_ONCE(to_vring(vq)->strict, strict);
}
EXPORT_SYMBOL_GPL(virtqueue_ext_strict);

void virtqueue_ext_moderate(struct virtqueue *vq, u16 most)
{
	WRITE_ONCE(to_vring(vq)->patience, most);
}
EXPORT_SYMBOL_GPL(virtqueue_ext_moderate);

u32 virtqueue_ext_notification_data(struct virtqueue *vq)
{
	struct vring_virtqueue *vr = to_vring(vq);
	u16 next = vr->is_packed ? READ_ONCE(vr->packed.told) :
				   READ_ONCE(vr->split.kicked);

	return (u32)next << 16 | vq->index;
}
EXPORT_SYMBOL_GPL(virtqueue_ext_notification_data);

MODULE_DESCRIPTION("Virtqueues");
MODULE_LICENSE("GPL");
