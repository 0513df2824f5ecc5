/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What drivers of the block layer have in common
 *
 * virtio_blk and virtio_scsi, whose requests have tags, and come by the queues
 * of blk-mq: memory of a tag that the device can reach, asking the transport
 * for virtqueues, which CPU uses which, and how they are emptied.  How a
 * request is described, and what becomes of it, is each driver's own.
 *
 * Inline functions, so that neither needs another module for them.
 */
#ifndef _VIRTIO_MQ_H
#define _VIRTIO_MQ_H

#include <linux/blk-mq-virtio.h>
#include <linux/blk-mq.h>
#include <linux/dmapool.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <virtqueue_ext.h>

/**
 * struct virtio_mq_mem - where memory of tags that the device can reach is from
 * @pool: when the device is behind the DMA API
 * @cache: else, and with the kernel's own ring, which maps each segment itself
 */
struct virtio_mq_mem {
	struct dma_pool *pool;
	struct kmem_cache *cache;
};

/**
 * virtio_mq_mem_create - decide where memory of tags comes from
 * @mem: the result
 * @name: of the pool, for people
 * @dma_dev: device for the DMA API, or NULL
 * @size: bytes of a tag
 * @align: its alignment
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
static inline int virtio_mq_mem_create(struct virtio_mq_mem *mem,
				       const char *name,
				       struct device *dma_dev, size_t size,
				       size_t align)
{
	if (dma_dev) {
		mem->pool = dma_pool_create(name, dma_dev, size, align, 0);
		return mem->pool ? 0 : -ENOMEM;
	}
	/* Nothing of it is ever copied to user space. */
	mem->cache = kmem_cache_create(name, size, align, 0, NULL);
	return mem->cache ? 0 : -ENOMEM;
}

/**
 * virtio_mq_mem_destroy - the end of virtio_mq_mem_create()
 * @mem: all of it is freed
 *
 * Context: process.  Harmless when called twice, or after a failure.
 */
static inline void virtio_mq_mem_destroy(struct virtio_mq_mem *mem)
{
	dma_pool_destroy(mem->pool);
	mem->pool = NULL;
	kmem_cache_destroy(mem->cache);
	mem->cache = NULL;
}

/**
 * virtio_mq_mem_alloc - memory of a tag
 * @mem: where from
 * @addr: its address for the device
 *
 * Context: process.
 *
 * Return: the memory, zeroed, or NULL.
 */
static inline void *virtio_mq_mem_alloc(struct virtio_mq_mem *mem,
					dma_addr_t *addr)
{
	void *tag;

	if (mem->pool)
		return dma_pool_zalloc(mem->pool, GFP_KERNEL, addr);
	tag = kmem_cache_zalloc(mem->cache, GFP_KERNEL);
	if (tag)
		*addr = virt_to_phys(tag);
	return tag;
}

/**
 * virtio_mq_mem_free - free memory of a tag
 * @mem: where from
 * @tag: the memory
 * @addr: its address for the device
 */
static inline void virtio_mq_mem_free(struct virtio_mq_mem *mem, void *tag,
				      dma_addr_t addr)
{
	if (mem->pool)
		dma_pool_free(mem->pool, tag, addr);
	else
		kmem_cache_free(mem->cache, tag);
}

/**
 * struct virtio_mq_vqs - virtqueues to be asked for, and what is got
 * @num: how many
 * @vqs: the virtqueues
 * @callbacks: of each, NULL for a polled one
 * @names: of each
 */
struct virtio_mq_vqs {
	unsigned int num;
	struct virtqueue **vqs;
	vq_callback_t **callbacks;
	const char **names;
};

/**
 * virtio_mq_vqs_alloc - room to ask for virtqueues
 * @a: the result, to be freed in any case
 * @num: how many
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
static inline int virtio_mq_vqs_alloc(struct virtio_mq_vqs *a, unsigned int num)
{
	a->num = num;
	a->vqs = kcalloc(num, sizeof(*a->vqs), GFP_KERNEL);
	a->callbacks = kcalloc(num, sizeof(*a->callbacks), GFP_KERNEL);
	a->names = kcalloc(num, sizeof(*a->names), GFP_KERNEL);
	return a->vqs && a->callbacks && a->names ? 0 : -ENOMEM;
}

/**
 * virtio_mq_vqs_free - the end of virtio_mq_vqs_alloc()
 * @a: what it allocated; the virtqueues stay
 */
static inline void virtio_mq_vqs_free(struct virtio_mq_vqs *a)
{
	kfree(a->names);
	kfree(a->callbacks);
	kfree(a->vqs);
}

/**
 * virtio_mq_find - have the transport set the virtqueues up
 * @vdev: the device
 * @a: what is wanted
 * @first: virtqueue that requests begin with; others before it have an
 *	interrupt that follows no CPU
 *
 * Interrupts of request queues are enabled, or disabled where they are polled.
 * Context: process.
 *
 * Return: 0 or what the transport says.
 */
static inline int virtio_mq_find(struct virtio_device *vdev,
				 struct virtio_mq_vqs *a, unsigned int first)
{
	struct irq_affinity desc = { .pre_vectors = first };
	unsigned int i;
	int err;

	err = virtio_find_vqs(vdev, a->num, a->vqs, a->callbacks, a->names,
			      &desc);
	if (err)
		return err;
	for (i = first; i < a->num; i++) {
		/* Enabled as they are, but packed ones for each buffer. */
		if (a->callbacks[i])
			virtqueue_enable_cb(a->vqs[i]);
		else
			virtqueue_disable_cb(a->vqs[i]);
	}
	return 0;
}

/**
 * virtio_mq_smallest - one limit serves requests of every queue
 * @vdev: the device
 * @a: its virtqueues
 * @first: virtqueue that requests begin with
 * @least: entries that a ring has to have
 *
 * Return: entries of the smallest ring, at least @least, or -EINVAL.
 */
static inline int virtio_mq_smallest(struct virtio_device *vdev,
				     struct virtio_mq_vqs *a,
				     unsigned int first, unsigned int least)
{
	unsigned int i, smallest = U16_MAX;

	for (i = first; i < a->num; i++)
		smallest = min(smallest, virtqueue_get_vring_size(a->vqs[i]));
	if (smallest >= least)
		return smallest;
	dev_err(&vdev->dev, "queue of %u descriptors is too small\n",
		smallest);
	return -EINVAL;
}

/**
 * virtio_mq_can_moderate - can an interrupt wait for several requests?
 * @vdev: the device, with its features negotiated
 *
 * A packed ring counts descriptors (2.8), so that one long chain would put
 * off the interrupt of a short one: there, each request has to be one.
 *
 * Return: true with the event index (VIRTIO 1.4, 6.1), on this project's ring.
 */
static inline bool virtio_mq_can_moderate(struct virtio_device *vdev)
{
	if (virtio_has_feature(vdev, VIRTIO_F_RING_PACKED) &&
	    !virtio_has_feature(vdev, VIRTIO_RING_F_INDIRECT_DESC))
		return false;
	return virtio_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX) &&
	       virtqueue_ext_has(virtqueue_ext_moderate);
}

/**
 * virtio_mq_map_queues - which CPU uses which queue
 * @set: blk-mq's tags
 * @vdev: the device
 * @first: virtqueue that requests begin with
 * @num: request queues, polled ones last
 * @polled: how many of them are polled
 *
 * Interrupt-driven queues follow the affinity of their vectors, polled ones
 * are spread over the CPUs.  Reads have no queues of their own and use the
 * default ones.
 */
static inline void virtio_mq_map_queues(struct blk_mq_tag_set *set,
					struct virtio_device *vdev,
					unsigned int first, unsigned int num,
					unsigned int polled)
{
	struct blk_mq_queue_map *map = &set->map[HCTX_TYPE_DEFAULT];

	map->nr_queues = num - polled;
	map->queue_offset = 0;
	blk_mq_virtio_map_queues(map, vdev, first);
	if (!polled)
		return;

	set->map[HCTX_TYPE_READ].nr_queues = 0;
	map = &set->map[HCTX_TYPE_POLL];
	map->nr_queues = polled;
	map->queue_offset = num - polled;
	blk_mq_map_queues(map);
}

/**
 * virtio_mq_take - take used buffers, in one call where the ring has one
 * @vq: the virtqueue; the caller serialises all operations on it
 * @used: where they go, oldest first
 * @max: how many @used has room for
 * @ext: the ring is this project's
 *
 * Context: any.
 *
 * Return: how many were taken; fewer than @max when no more are used.
 */
static __always_inline unsigned int virtio_mq_take(struct virtqueue *vq,
						   struct virtqueue_used *used,
						   unsigned int max, bool ext)
{
	unsigned int n;

	if (likely(ext))
		return virtqueue_ext_get_batch(vq, used, max);
	for (n = 0; n < max; n++) {
		used[n].data = virtqueue_get_buf(vq, &used[n].len);
		if (!used[n].data)
			break;
	}
	return n;
}

#endif /* _VIRTIO_MQ_H */
