// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Addresses for the device
 *
 * A device either takes guest-physical addresses as they are, or stands
 * behind whatever the platform has between a device and memory: an IOMMU,
 * bounce buffers of a confidential guest, Xen's grants.  Which of the two is
 * decided once per device by VIRTIO_F_ACCESS_PLATFORM (VIRTIO 1.4, 6.1) and
 * kept in the queue.
 *
 * Called by the rest of virtio_ring.ko; the virtqueue_dma_*() helpers at the
 * end are for drivers that map their own buffers.
 */
#include <linux/dma-mapping.h>
#include <linux/kmsan.h>
#include <linux/slab.h>
#include <xen/xen.h>

#include "vring.h"

/**
 * vring_use_dma - do buffers of this device go through the DMA API?
 * @vdev: the device, features negotiated
 *
 * VIRTIO 1.4, 6.1, VIRTIO_F_ACCESS_PLATFORM.  A Xen guest's physical
 * addresses mean nothing to the host, so there it is always so.
 *
 * Return: true when the DMA API of the parent device is to be used.
 */
bool vring_use_dma(struct virtio_device *vdev)
{
	return !virtio_has_dma_quirk(vdev) || xen_domain();
}

static struct device *vring_dma_dev(const struct vring_virtqueue *vr)
{
	return vr->vq.vdev->dev.parent;
}

/**
 * vring_map_sg_dma - map one segment by the DMA API
 * @vr: a queue that uses it
 * @sg: the segment
 * @dir: DMA_TO_DEVICE or DMA_FROM_DEVICE
 * @map: where to note the address and what has to be undone
 *
 * A pre-mapped segment carries its address already, and the driver undoes it.
 * Context: that of the caller of the add function.
 *
 * Return: the address, or DMA_MAPPING_ERROR when the DMA API has no room.
 */
dma_addr_t vring_map_sg_dma(struct vring_virtqueue *vr, struct scatterlist *sg,
			    enum dma_data_direction dir, struct vring_map *map)
{
	struct device *dev = vring_dma_dev(vr);

	map->dir = DMA_NONE;
	if (vr->premapped) {
		map->addr = sg_dma_address(sg);
		return map->addr;
	}

	map->addr = dma_map_page(dev, sg_page(sg), sg->offset, sg->length, dir);
	if (dma_mapping_error(dev, map->addr))
		return DMA_MAPPING_ERROR;

	map->len = sg->length;
	map->dir = dir;
	return map->addr;
}

/**
 * vring_unmap - undo mappings
 * @vr: the queue
 * @map: the first of them
 * @num: how many
 */
void vring_unmap(struct vring_virtqueue *vr, struct vring_map *map,
		 unsigned int num)
{
	for (; num; num--, map++) {
		if (map->dir == DMA_NONE)
			continue;
		dma_unmap_page(vring_dma_dev(vr), map->addr, map->len, map->dir);
		map->dir = DMA_NONE;
	}
}

/* The mappings of @num slots from @i on. */
static void vring_unmap_slots(struct vring_virtqueue *vr, u16 i,
			      unsigned int num)
{
	for (; num; num--, i = vr->mem.slots[i].next)
		vring_unmap(vr, &vr->mem.maps[i], 1);
}

/**
 * vring_map_chain - map the segments of a chain of ring descriptors
 * @vr: a queue with the DMA API
 * @c: the request, for which there are free slots
 *
 * The mappings stand in the slots that the chain will take.
 *
 * Return: 0, or -ENOMEM with nothing mapped.
 */
int vring_map_chain(struct vring_virtqueue *vr, const struct vring_chain *c)
{
	u16 i = vr->free_head;
	struct scatterlist *sg;
	unsigned int n, done = 0;
	enum dma_data_direction dir;

	for (n = 0; n < c->out_sgs + c->in_sgs; n++) {
		dir = n < c->out_sgs ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
		for (sg = c->sgs[n]; sg; sg = sg_next(sg)) {
			if (vring_map_sg_dma(vr, sg, dir, &vr->mem.maps[i]) ==
			    DMA_MAPPING_ERROR) {
				vring_unmap_slots(vr, vr->free_head, done);
				return -ENOMEM;
			}
			i = vr->mem.slots[i].next;
			done++;
		}
	}
	return 0;
}

/**
 * vring_unmap_chain - undo all mappings of a chain
 * @vr: a queue with the DMA API
 * @head: its first slot
 *
 * Slots without a chain have no mappings noted, neither in their table nor in
 * the ring: this keeps it so.
 */
void vring_unmap_chain(struct vring_virtqueue *vr, u16 head)
{
	struct vring_slot *slot = &vr->mem.slots[head];

	if (!slot->num_maps) {
		vring_unmap_slots(vr, head, slot->num);
		return;
	}
	vring_unmap(vr, &vr->mem.table_maps[head * vr->mem.table_max],
		    slot->num_maps);
	slot->num_maps = 0;
}

/**
 * vring_alloc_shared - memory that driver and device both use
 * @vdev: the device
 * @use_dma: through the DMA API
 * @bytes: how much; physically contiguous
 * @dma: address for the device
 *
 * Context: may sleep.
 *
 * Return: zeroed memory, or NULL.
 */
void *vring_alloc_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
			 dma_addr_t *dma)
{
	void *cpu;

	if (use_dma)
		return dma_alloc_coherent(vdev->dev.parent, bytes, dma,
					  GFP_KERNEL | __GFP_NOWARN);

	cpu = alloc_pages_exact(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (cpu)
		*dma = virt_to_phys(cpu);
	return cpu;
}

/**
 * vring_free_shared - give back what vring_alloc_shared() returned
 * @vdev: the device
 * @use_dma: as in the allocation
 * @bytes: as in the allocation
 * @cpu: the memory
 * @dma: its address for the device
 */
void vring_free_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
		       void *cpu, dma_addr_t dma)
{
	if (use_dma)
		dma_free_coherent(vdev->dev.parent, bytes, cpu, dma);
	else
		free_pages_exact(cpu, bytes);
}

/**
 * virtio_max_dma_size - largest segment that a device can be given
 * @vdev: the device, features negotiated
 *
 * Bounce buffers and some IOMMUs have a limit per mapping.  Context: any.
 *
 * Return: bytes; SIZE_MAX when there is no limit.
 */
size_t virtio_max_dma_size(struct virtio_device *vdev)
{
	return vring_use_dma(vdev) ? dma_max_mapping_size(vdev->dev.parent) :
				     SIZE_MAX;
}
EXPORT_SYMBOL_GPL(virtio_max_dma_size);

struct device *virtqueue_ext_dma_dev(struct virtqueue *vq)
{
	struct vring_virtqueue *vr = to_vring(vq);

	return vr->use_dma ? vring_dma_dev(vr) : NULL;
}
EXPORT_SYMBOL_GPL(virtqueue_ext_dma_dev);

/**
 * virtqueue_dma_map_single_attrs - map a buffer for a pre-mapped queue
 * @_vq: the queue
 * @ptr: the buffer, in the kernel's linear mapping
 * @size: bytes
 * @dir: direction
 * @attrs: DMA_ATTR_*
 *
 * Context: any.
 *
 * Return: the address for the device; to be checked with
 * virtqueue_dma_mapping_error().
 */
dma_addr_t virtqueue_dma_map_single_attrs(struct virtqueue *_vq, void *ptr,
					  size_t size,
					  enum dma_data_direction dir,
					  unsigned long attrs)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	if (!vr->use_dma) {
		kmsan_handle_dma(virt_to_page(ptr), offset_in_page(ptr), size, dir);
		return virt_to_phys(ptr);
	}
	return dma_map_single_attrs(vring_dma_dev(vr), ptr, size, dir, attrs);
}
EXPORT_SYMBOL_GPL(virtqueue_dma_map_single_attrs);

/**
 * virtqueue_dma_unmap_single_attrs - undo virtqueue_dma_map_single_attrs()
 * @_vq: the queue
 * @addr: what it returned
 * @size: bytes
 * @dir: direction
 * @attrs: DMA_ATTR_*
 *
 * Context: any.
 */
void virtqueue_dma_unmap_single_attrs(struct virtqueue *_vq, dma_addr_t addr,
				      size_t size, enum dma_data_direction dir,
				      unsigned long attrs)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	if (vr->use_dma)
		dma_unmap_single_attrs(vring_dma_dev(vr), addr, size, dir, attrs);
}
EXPORT_SYMBOL_GPL(virtqueue_dma_unmap_single_attrs);

/**
 * virtqueue_dma_mapping_error - did virtqueue_dma_map_single_attrs() fail?
 * @_vq: the queue
 * @addr: what it returned
 *
 * Context: any.
 *
 * Return: 0, or -ENOMEM.
 */
int virtqueue_dma_mapping_error(struct virtqueue *_vq, dma_addr_t addr)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vr->use_dma ? dma_mapping_error(vring_dma_dev(vr), addr) : 0;
}
EXPORT_SYMBOL_GPL(virtqueue_dma_mapping_error);

/**
 * virtqueue_dma_need_sync - does this mapping need the sync calls?
 * @_vq: the queue
 * @addr: an address from virtqueue_dma_map_single_attrs()
 *
 * Context: any.
 *
 * Return: true when it does.
 */
bool virtqueue_dma_need_sync(struct virtqueue *_vq, dma_addr_t addr)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	return vr->use_dma && dma_need_sync(vring_dma_dev(vr), addr);
}
EXPORT_SYMBOL_GPL(virtqueue_dma_need_sync);

/**
 * virtqueue_dma_sync_single_range_for_cpu - let the CPU see what was written
 * @_vq: the queue
 * @addr: an address from virtqueue_dma_map_single_attrs()
 * @offset: bytes from there
 * @size: bytes
 * @dir: direction of the mapping
 *
 * Context: any.
 */
void virtqueue_dma_sync_single_range_for_cpu(struct virtqueue *_vq,
					     dma_addr_t addr,
					     unsigned long offset, size_t size,
					     enum dma_data_direction dir)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	if (vr->use_dma)
		dma_sync_single_range_for_cpu(vring_dma_dev(vr), addr, offset,
					      size, dir);
}
EXPORT_SYMBOL_GPL(virtqueue_dma_sync_single_range_for_cpu);

/**
 * virtqueue_dma_sync_single_range_for_device - let the device see it
 * @_vq: the queue
 * @addr: an address from virtqueue_dma_map_single_attrs()
 * @offset: bytes from there
 * @size: bytes
 * @dir: direction of the mapping
 *
 * Context: any.
 */
void virtqueue_dma_sync_single_range_for_device(struct virtqueue *_vq,
						dma_addr_t addr,
						unsigned long offset,
						size_t size,
						enum dma_data_direction dir)
{
	struct vring_virtqueue *vr = to_vring(_vq);

	if (vr->use_dma)
		dma_sync_single_range_for_device(vring_dma_dev(vr), addr, offset,
						 size, dir);
}
EXPORT_SYMBOL_GPL(virtqueue_dma_sync_single_range_for_device);
