// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: queues of register version 2
 *
 * The layout of VIRTIO 1.4, 4.2.2: three addresses of 64 bits, and QueueReady.
 * Used by vm_queues.c through struct vm_version.  The reset of a single queue
 * is used by the ring, through struct virtio_config_ops.
 */
#include <linux/iopoll.h>
#include <linux/virtio_ring.h>
#include "vm.h"

/* How long the reset of a queue may take, and how often it is asked for. */
#define VM_QUEUE_RESET_LIMIT_US	(5 * USEC_PER_SEC)
#define VM_QUEUE_RESET_PAUSE_US	100

/* The high half is the next register. */
static void vm_v2_write_addr(struct vm_device *vm, dma_addr_t addr,
			     unsigned int low)
{
	vm_write(vm, lower_32_bits(addr), low);
	vm_write(vm, upper_32_bits(addr), low + sizeof(u32));
}

/* QueueReady last: none of the others may be touched then (4.2.2.2). */
static int vm_v2_start(struct vm_device *vm, struct virtqueue *vq)
{
	vm_write(vm, virtqueue_get_vring_size(vq), VIRTIO_MMIO_QUEUE_NUM);
	vm_v2_write_addr(vm, virtqueue_get_desc_addr(vq),
			 VIRTIO_MMIO_QUEUE_DESC_LOW);
	vm_v2_write_addr(vm, virtqueue_get_avail_addr(vq),
			 VIRTIO_MMIO_QUEUE_AVAIL_LOW);
	vm_v2_write_addr(vm, virtqueue_get_used_addr(vq),
			 VIRTIO_MMIO_QUEUE_USED_LOW);
	vm_write(vm, 1, VIRTIO_MMIO_QUEUE_READY);
	return 0;
}

const struct vm_version vm_version_2 = {
	.number		= 2,
	.live_reg	= VIRTIO_MMIO_QUEUE_READY,
	.align		= SMP_CACHE_BYTES,
	.start		= vm_v2_start,
};

/* The device has begun: wait until both registers read 0 (4.2.2.1). */
static int vm_v2_wait_queue(struct vm_device *vm, struct virtqueue *vq)
{
	u32 state, ready;

	read_poll_timeout(vm_read, state, !state || state == VM_GONE,
			  VM_QUEUE_RESET_PAUSE_US, VM_QUEUE_RESET_LIMIT_US,
			  false, vm, VIRTIO_MMIO_QUEUE_RESET);
	ready = vm_read(vm, VIRTIO_MMIO_QUEUE_READY);
	if (!state && !ready)
		return 0;
	dev_err(&vm->vdev.dev,
		"queue %u (%s) was not reset: QueueReset %#x, QueueReady %#x\n",
		vq->index, vq->name ?: "-", state, ready);
	return -EBUSY;
}

/*
 * There are devices that offer the feature and do not know the register: their
 * queue is neither under reset nor reset right after the write.
 */
static bool vm_v2_reset_began(struct vm_device *vm)
{
	if (vm_read(vm, VIRTIO_MMIO_QUEUE_RESET) ||
	    vm_read(vm, VIRTIO_MMIO_QUEUE_READY) != 1)
		return true;
	vm->no_queue_reset = true;
	dev_warn(&vm->vdev.dev,
		 "offers VIRTIO_F_RING_RESET, but does not know QueueReset\n");
	return false;
}

static int vm_v2_reset_queue(struct vm_device *vm, struct virtqueue *vq)
{
	vm_write(vm, vq->index, VIRTIO_MMIO_QUEUE_SEL);
	vm_write(vm, 1, VIRTIO_MMIO_QUEUE_RESET);
	if (!vm_v2_reset_began(vm))
		return -ENOENT;
	__virtqueue_break(vq);
	vm_synchronize_cbs(&vm->vdev);
	return vm_v2_wait_queue(vm, vq);
}

/**
 * vm_disable_vq_and_reset - take one queue away from the device
 * @vq: the queue; nobody but its callback uses it
 *
 * Serves config->disable_vq_and_reset.  VIRTIO 1.4, 2.6.1.1 and 4.2.2.2.  The
 * queue is broken and the handler that may run is waited for, so that a
 * notification of the device that is on its way finds nothing to do.
 * Context: process, may sleep for VM_QUEUE_RESET_LIMIT_US.
 *
 * Return: 0: the device uses the queue no more, and the queue is broken until
 * vm_enable_vq_after_reset(); -ENOENT with the queue as it was when the
 * device cannot reset a queue; -EBUSY when it did not, and the queue stays
 * broken.
 */
int vm_disable_vq_and_reset(struct virtqueue *vq)
{
	struct vm_device *vm = to_vm(vq->vdev);
	int err;

	if (!__virtio_test_bit(vq->vdev, VIRTIO_F_RING_RESET) ||
	    vm->no_queue_reset)
		return -ENOENT;
	mutex_lock(&vm->select_lock);
	err = vm_v2_reset_queue(vm, vq);
	mutex_unlock(&vm->select_lock);
	return err;
}

static int vm_v2_restart_queue(struct vm_device *vm, struct virtqueue *vq)
{
	vm_write(vm, vq->index, VIRTIO_MMIO_QUEUE_SEL);
	if (vm_read(vm, VIRTIO_MMIO_QUEUE_READY))
		return -EBUSY;
	vm_v2_start(vm, vq);
	return vm_read(vm, VIRTIO_MMIO_QUEUE_READY) == 1 ? 0 : -EBUSY;
}

/**
 * vm_enable_vq_after_reset - give a queue that was reset to the device
 * @vq: the queue, after vm_disable_vq_and_reset(); its size and its memory
 *	may be others than before
 *
 * Serves config->enable_vq_after_reset.  VIRTIO 1.4, 2.6.1.2.
 * Context: process, may sleep.
 *
 * Return: 0: the queue can be used; -EBUSY: the device did not take it, and it
 * stays broken.
 */
int vm_enable_vq_after_reset(struct virtqueue *vq)
{
	struct vm_device *vm = to_vm(vq->vdev);
	int err;

	mutex_lock(&vm->select_lock);
	err = vm_v2_restart_queue(vm, vq);
	mutex_unlock(&vm->select_lock);
	if (err)
		dev_err(&vm->vdev.dev,
			"queue %u (%s) was not enabled again after its reset\n",
			vq->index, vq->name ?: "-");
	else
		__virtqueue_unbreak(vq);
	return err;
}
