// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Making, resizing and freeing a queue
 *
 * Called by transports, from their find_vqs() and del_vqs(), and by drivers
 * for a resize.  All memory that a queue will ever need is allocated here:
 * the ring, the private slots, the indirect tables, the room to note DMA
 * mappings.  Everything in this file may sleep.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vring.h"

/* VIRTIO 1.4, 2.7 and 2.8 */
#define VRING_MAX_SIZE		32768

static bool strict;
module_param(strict, bool, 0644);
MODULE_PARM_DESC(strict, "break a new queue whose device reports a used length above the buffer's (default: clamp and count it)");

/*
 * Entries per table: what most requests need, never more than a chain may
 * have (2.7.5.3.1), and less in a long queue so that the tables stay small.
 */
static unsigned int vring_table_entries(unsigned int num)
{
	unsigned int fit = VRING_TABLES_BYTES / num / sizeof(struct vring_desc);

	return min3(VRING_TABLE_ENTRIES, num, fit);
}

static unsigned int vring_tables_per_page(const struct vring_mem *mem)
{
	return PAGE_SIZE / (mem->table_max * sizeof(struct vring_desc));
}

/* Tables come in pages; the first table of each page owns it. */
static void vring_free_tables(struct vring_virtqueue *vr, struct vring_mem *mem)
{
	unsigned int i, step;

	if (!mem->tables)
		return;
	step = vring_tables_per_page(mem);
	for (i = 0; i < mem->num && mem->tables[i].desc; i += step)
		vring_free_shared(vr->vq.vdev, vr->use_dma, PAGE_SIZE,
				  mem->tables[i].desc, mem->tables[i].addr);
	kvfree(mem->tables);
	mem->tables = NULL;
	mem->plain_tables = NULL;
	kvfree(mem->table_maps);
	mem->table_maps = NULL;
}

/* A page of tables for the slots from @first on. */
static int vring_alloc_table_page(struct vring_virtqueue *vr,
				  struct vring_mem *mem, unsigned int first)
{
	unsigned int last = min(first + vring_tables_per_page(mem),
				mem->num);
	size_t bytes = mem->table_max * sizeof(struct vring_desc);
	dma_addr_t addr;
	void *page;
	unsigned int i;

	page = vring_alloc_shared(vr->vq.vdev, vr->use_dma, PAGE_SIZE, &addr);
	if (!page)
		return -ENOMEM;
	for (i = first; i < last; i++, page += bytes, addr += bytes) {
		mem->tables[i].desc = page;
		mem->tables[i].addr = addr;
		if (!vr->is_packed)
			vring_split_init_table(page, mem->table_max,
					       vr->little_endian);
	}
	return 0;
}

/*
 * Indirect tables, one per slot.  A queue without them works as well: chains
 * of ring descriptors say the same, so that a failure here is no error.
 */
static void vring_alloc_tables(struct vring_virtqueue *vr, struct vring_mem *mem)
{
	unsigned int num = mem->num, i;

	mem->table_max = vring_table_entries(num);
	if (!vr->indirect || mem->table_max < 2)
		return;

	mem->tables = kvcalloc(num, sizeof(*mem->tables), GFP_KERNEL);
	if (!mem->tables)
		return;
	if (vr->use_dma) {
		mem->table_maps = kvcalloc(array_size(num, mem->table_max),
					   sizeof(*mem->table_maps), GFP_KERNEL);
		if (!mem->table_maps)
			goto err;
	}
	for (i = 0; i < num; i += vring_tables_per_page(mem))
		if (vring_alloc_table_page(vr, mem, i))
			goto err;
	if (!vr->use_dma)
		mem->plain_tables = mem->tables;
	return;

err:
	vring_free_tables(vr, mem);
}

/* The private side of a ring whose shared memory is there. */
static int vring_mem_alloc_private(struct vring_virtqueue *vr,
				   struct vring_mem *mem)
{
	unsigned int num = mem->num;

	mem->slots = kvcalloc(num, sizeof(*mem->slots), GFP_KERNEL);
	if (!mem->slots)
		return -ENOMEM;
	if (vr->use_dma) {
		mem->maps = kvcalloc(num, sizeof(*mem->maps), GFP_KERNEL);
		if (!mem->maps)
			return -ENOMEM;
	}
	vring_alloc_tables(vr, mem);
	return 0;
}

/**
 * vring_mem_free - free all memory of a ring
 * @vr: the queue that it was allocated for
 * @mem: the memory, complete or not
 */
void vring_mem_free(struct vring_virtqueue *vr, struct vring_mem *mem)
{
	vring_free_tables(vr, mem);
	kvfree(mem->maps);
	kvfree(mem->slots);
	if (mem->owned)
		vring_free_shared(vr->vq.vdev, vr->use_dma, mem->bytes,
				  mem->start, mem->dma);
	memset(mem, 0, sizeof(*mem));
}

/*
 * Bytes of the packed layout's parts (2.8.10.1): each event suppression
 * structure on a cache line of its own, since each has one writer.
 */
static size_t vring_packed_size(unsigned int num)
{
	return ALIGN(num * sizeof(struct vring_packed_desc), SMP_CACHE_BYTES) +
	       2 * SMP_CACHE_BYTES;
}

/* Where the parts stand in the memory at @mem->start. */
static void vring_place_parts(struct vring_virtqueue *vr, struct vring_mem *mem)
{
	void *end = mem->start + vring_packed_size(mem->num);

	if (!vr->is_packed) {
		vring_init(&mem->vring, mem->num, mem->start, vr->align);
		mem->mask = mem->num - 1;
		mem->used_event = &vring_used_event(&mem->vring);
		mem->avail_event = &vring_avail_event(&mem->vring);
		return;
	}
	mem->ring = mem->start;
	mem->driver = end - 2 * SMP_CACHE_BYTES;
	mem->device = end - SMP_CACHE_BYTES;
}

/**
 * vring_mem_alloc - allocate all memory of a ring
 * @vr: the queue, with its device, alignment and features known
 * @mem: the result
 * @num: queue size
 *
 * One contiguous block for the three parts; split: with the padding of the
 * legacy layout (VIRTIO 1.4, 2.7.2), which satisfies the modern one as well.
 *
 * Return: 0 or -ENOMEM.
 */
int vring_mem_alloc(struct vring_virtqueue *vr, struct vring_mem *mem,
		    unsigned int num)
{
	memset(mem, 0, sizeof(*mem));
	mem->num = num;
	mem->bytes = PAGE_ALIGN(vr->is_packed ? vring_packed_size(num) :
						vring_size(num, vr->align));
	mem->start = vring_alloc_shared(vr->vq.vdev, vr->use_dma, mem->bytes,
					&mem->dma);
	if (!mem->start)
		return -ENOMEM;
	mem->owned = true;
	vring_place_parts(vr, mem);

	if (vring_mem_alloc_private(vr, mem)) {
		vring_mem_free(vr, mem);
		return -ENOMEM;
	}
	return 0;
}

/* A queue in which all is known but the ring. */
static struct vring_virtqueue *
vring_alloc(struct virtio_device *vdev, unsigned int index, unsigned int align,
	    bool weak_barriers, bool (*notify)(struct virtqueue *),
	    void (*callback)(struct virtqueue *), const char *name)
{
	struct vring_virtqueue *vr = kzalloc(sizeof(*vr), GFP_KERNEL);

	if (!vr)
		return NULL;

	vr->vq.vdev = vdev;
	vr->vq.index = index;
	vr->vq.callback = callback;
	vr->vq.name = name;
	vr->notify = notify;
	vr->align = align;
	vr->weak_barriers = weak_barriers &&
			    !virtio_has_feature(vdev, VIRTIO_F_ORDER_PLATFORM);
	vr->little_endian = virtio_is_little_endian(vdev);
	vr->is_packed = virtio_has_feature(vdev, VIRTIO_F_RING_PACKED);
	vr->in_order = virtio_has_feature(vdev, VIRTIO_F_IN_ORDER);
	vr->event = virtio_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX);
	vr->indirect = virtio_has_feature(vdev, VIRTIO_RING_F_INDIRECT_DESC);
	vr->use_dma = vring_use_dma(vdev);
	vr->plain = !vr->use_dma && !vr->in_order;
	vring_set_broken(vr, false);
	vr->strict = strict;
	vring_report_init(vr);
	return vr;
}

static void vring_reset(struct vring_virtqueue *vr)
{
	if (vr->is_packed)
		vring_packed_reset(vr);
	else
		vring_split_reset(vr);
}

/* The queue has its ring: show it in the device's list of queues. */
static struct virtqueue *vring_start(struct vring_virtqueue *vr)
{
	struct virtio_device *vdev = vr->vq.vdev;

	vr->vq.num_max = vr->mem.num;
	vring_reset(vr);

	spin_lock(&vdev->vqs_list_lock);
	list_add_tail(&vr->vq.list, &vdev->vqs);
	spin_unlock(&vdev->vqs_list_lock);
	vring_debugfs_add(vr);
	return &vr->vq;
}

static bool vring_size_ok(const struct vring_virtqueue *vr, unsigned int num)
{
	return num && num <= VRING_MAX_SIZE &&
	       (vr->is_packed || is_power_of_2(num));
}

/* The same, for what a transport asks for. */
static bool vring_params_ok(const struct vring_virtqueue *vr, unsigned int num)
{
	if (vring_size_ok(vr, num) && is_power_of_2(vr->align))
		return true;
	dev_err(&vr->vq.vdev->dev,
		"no ring can have %u descriptors, aligned to %u\n", num,
		vr->align);
	return false;
}

/**
 * vring_create_virtqueue - make a queue with memory of its own
 * @index: number of the queue in its device
 * @num: descriptors, up to 32768; split: a power of two (VIRTIO 1.4, 2.7
 *	and 2.8)
 * @vring_align: alignment of the used ring, bytes, a power of two
 * @vdev: the device, features negotiated
 * @weak_barriers: SMP barriers are enough between driver and device
 * @may_reduce_num: a smaller ring will do when memory is short
 * @context: the driver uses virtqueue_add_inbuf_ctx(); makes no difference
 * @notify: the transport's doorbell; false when it failed
 * @callback: called by vring_interrupt() for used buffers, or NULL
 * @name: name of the queue; must outlive it
 *
 * Context: may sleep.
 *
 * Return: the queue, to be freed by vring_del_virtqueue(), or NULL.
 */
struct virtqueue *vring_create_virtqueue(unsigned int index, unsigned int num,
					 unsigned int vring_align,
					 struct virtio_device *vdev,
					 bool weak_barriers,
					 bool may_reduce_num, bool context,
					 bool (*notify)(struct virtqueue *),
					 void (*callback)(struct virtqueue *),
					 const char *name)
{
	struct vring_virtqueue *vr =
		vring_alloc(vdev, index, vring_align, weak_barriers, notify,
			    callback, name);

	if (!vr)
		return NULL;
	if (!vring_params_ok(vr, num))
		goto err;

	for (; num; num >>= 1) {
		if (!vring_mem_alloc(vr, &vr->mem, num))
			return vring_start(vr);
		if (!may_reduce_num)
			break;
	}
err:
	kfree(vr);
	return NULL;
}
EXPORT_SYMBOL_GPL(vring_create_virtqueue);

/**
 * vring_new_virtqueue - make a queue in the caller's memory
 * @index: number of the queue in its device
 * @num: descriptors, a power of two up to 32768
 * @vring_align: alignment of the used ring, bytes, a power of two
 * @vdev: the device, features negotiated
 * @weak_barriers: SMP barriers are enough between driver and device
 * @context: the driver uses virtqueue_add_inbuf_ctx(); makes no difference
 * @pages: vring_size(@num, @vring_align) bytes, zeroed; stays the caller's
 * @notify: the transport's doorbell; false when it failed
 * @callback: called by vring_interrupt() for used buffers, or NULL
 * @name: name of the queue; must outlive it
 *
 * The split layout only: the caller could not know the other one's parts.
 * Context: may sleep.
 *
 * Return: the queue, to be freed by vring_del_virtqueue(), or NULL.
 */
struct virtqueue *vring_new_virtqueue(unsigned int index, unsigned int num,
				      unsigned int vring_align,
				      struct virtio_device *vdev,
				      bool weak_barriers, bool context,
				      void *pages,
				      bool (*notify)(struct virtqueue *),
				      void (*callback)(struct virtqueue *),
				      const char *name)
{
	struct vring_virtqueue *vr =
		vring_alloc(vdev, index, vring_align, weak_barriers, notify,
			    callback, name);

	if (!vr)
		return NULL;
	if (vr->is_packed || !vring_params_ok(vr, num))
		goto err;

	vr->mem.num = num;
	vr->mem.start = pages;
	vring_place_parts(vr, &vr->mem);
	if (!vring_mem_alloc_private(vr, &vr->mem))
		return vring_start(vr);
	vring_mem_free(vr, &vr->mem);
err:
	kfree(vr);
	return NULL;
}
EXPORT_SYMBOL_GPL(vring_new_virtqueue);

/**
 * vring_del_virtqueue - free a queue
 * @_vq: a queue that the device does not touch any more
 *
 * Context: may sleep.
 */
void vring_del_virtqueue(struct virtqueue *_vq)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	spin_lock(&_vq->vdev->vqs_list_lock);
	list_del(&_vq->list);
	spin_unlock(&_vq->vdev->vqs_list_lock);

	vring_debugfs_remove(vr);
	flush_work(&vr->report);
	vring_mem_free(vr, &vr->mem);
	kfree(vr);
}
EXPORT_SYMBOL_GPL(vring_del_virtqueue);

/* May this queue be given @num descriptors?  0, or why not. */
static int vring_resize_check(struct vring_virtqueue *vr, u32 num)
{
	const struct virtio_config_ops *config = vr->vq.vdev->config;

	if (!vr->mem.owned)
		return -EPERM;
	if (num > vr->vq.num_max)
		return -E2BIG;
	if (!vring_size_ok(vr, num))
		return -EINVAL;
	if (num == vr->mem.num)
		return 0;
	if (!virtio_has_feature(vr->vq.vdev, VIRTIO_F_RING_RESET) ||
	    !config->disable_vq_and_reset || !config->enable_vq_after_reset)
		return -ENOENT;
	return 0;
}

/* The device has let go of the queue: give all buffers back, change rings. */
static void vring_exchange(struct vring_virtqueue *vr, struct vring_mem *mem,
			   void (*recycle)(struct virtqueue *vq, void *buf))
{
	void *buf;

	vr->scan = 0;
	while ((buf = vring_detach_unused(vr)))
		recycle(&vr->vq, buf);
	swap(vr->mem, *mem);
	vring_mem_free(vr, mem);
	vring_reset(vr);

	flush_work(&vr->report);
	vr->reason[0] = '\0';
	clear_bit(VRING_HAS_REASON, &vr->say);
}

/*
 * The queue stays as it is.  An interrupt that came while it looked broken was
 * not passed on: look now, as a handler would.
 */
static void vring_resume(struct vring_virtqueue *vr, bool was_broken)
{
	unsigned long flags;

	vring_set_broken(vr, was_broken);
	if (was_broken)
		return;
	local_irq_save(flags);
	vring_interrupt(0, &vr->vq);
	local_irq_restore(flags);
}

/**
 * virtqueue_resize - give a live queue another size
 * @_vq: the queue
 * @num: descriptors, up to @_vq->num_max; split: a power of two
 * @recycle: takes back each buffer that was outstanding
 *
 * Resets the one queue (VIRTIO 1.4, 2.6.1).  The new ring is allocated
 * first, so that a lack of memory leaves the queue as it is.  Context: may
 * sleep.  Nobody else may use the queue meanwhile.
 *
 * Return: 0; -EPERM for a ring in the caller's memory; -E2BIG, -EINVAL for a
 * bad @num; -ENOENT when the device cannot reset a queue; -ENOMEM; what the
 * transport says when the reset fails, or -EBUSY when the queue could not be
 * enabled again: either leaves it broken.
 */
int virtqueue_resize(struct virtqueue *_vq, u32 num,
		     void (*recycle)(struct virtqueue *vq, void *buf))
{
	struct vring_virtqueue *vr = to_vring(_vq);
	const struct virtio_config_ops *config = _vq->vdev->config;
	struct vring_mem mem;
	bool was_broken;
	int err;

	err = vring_resize_check(vr, num);
	if (err || num == vr->mem.num)
		return err;

	err = vring_mem_alloc(vr, &mem, num);
	if (err)
		return err;

	/* Whatever the transport does: no handler looks at the ring now. */
	was_broken = vring_broken(vr);
	vring_set_broken(vr, true);
	err = config->disable_vq_and_reset(_vq);
	if (err) {
		vring_mem_free(vr, &mem);
		if (err == -ENOENT)
			vring_resume(vr, was_broken);
		else
			vring_break(vr, VQ_ERR_RESET, "it could not be reset");
		return err;
	}

	vring_exchange(vr, &mem, recycle);
	if (config->enable_vq_after_reset(_vq)) {
		vring_break(vr, VQ_ERR_RESET,
			    "it could not be enabled after a reset");
		return -EBUSY;
	}
	vring_set_broken(vr, false);
	return 0;
}
EXPORT_SYMBOL_GPL(virtqueue_resize);
