// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: queues of register version 1
 *
 * The legacy layout (VIRTIO 1.4, 4.2.4): the ring is one piece of memory, of
 * which the device learns the number of the first page.  How large a page is
 * and how the used ring is aligned, the driver says.  Used by vm_queues.c
 * through struct vm_version.
 */
#include <linux/mm.h>
#include <linux/virtio_ring.h>
#include "vm.h"

/* Written with each find_vqs: a device may forget it in a reset. */
static void vm_v1_prepare(struct vm_device *vm)
{
	vm_write(vm, PAGE_SIZE, VIRTIO_MMIO_GUEST_PAGE_SIZE);
}

/* QueuePFN last: with it the queue is in use. */
static int vm_v1_start(struct vm_device *vm, struct virtqueue *vq)
{
	u64 addr = virtqueue_get_desc_addr(vq);
	u64 page = addr >> PAGE_SHIFT;

	if (!page || page > U32_MAX || offset_in_page(addr)) {
		dev_err(&vm->vdev.dev,
			"queue %u at %#llx: version 1 has no page number for it\n",
			vq->index, addr);
		return -E2BIG;
	}
	vm_write(vm, virtqueue_get_vring_size(vq), VIRTIO_MMIO_QUEUE_NUM);
	vm_write(vm, PAGE_SIZE, VIRTIO_MMIO_QUEUE_ALIGN);
	vm_write(vm, page, VIRTIO_MMIO_QUEUE_PFN);
	return 0;
}

const struct vm_version vm_version_1 = {
	.number		= 1,
	.live_reg	= VIRTIO_MMIO_QUEUE_PFN,
	.align		= PAGE_SIZE,
	.prepare	= vm_v1_prepare,
	.start		= vm_v1_start,
};
