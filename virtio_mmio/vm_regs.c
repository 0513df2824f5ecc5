// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: status and reset
 *
 * Called by the bus through struct virtio_config_ops, in process context.
 */
#include <linux/iopoll.h>
#include "vm.h"

/*
 * How long a device may take for a reset, how long when it has failed to
 * before, and how often it is asked.
 */
#define VM_RESET_LIMIT_US	(5 * USEC_PER_SEC)
#define VM_RESET_AGAIN_US	(100 * USEC_PER_MSEC)
#define VM_RESET_PAUSE_US	100

/**
 * vm_get_status - read the device status
 * @vdev: the device
 *
 * Serves config->get_status.  VIRTIO 1.4, 2.1.  Context: process.
 *
 * Return: the status; all ones when nothing answers.
 */
u8 vm_get_status(struct virtio_device *vdev)
{
	return vm_read(to_vm(vdev), VIRTIO_MMIO_STATUS);
}

/**
 * vm_set_status - write the device status
 * @vdev: the device
 * @status: new status, not 0: that is what vm_reset() is for
 *
 * Serves config->set_status.  VIRTIO 1.4, 2.1.  Context: process.
 */
void vm_set_status(struct virtio_device *vdev, u8 status)
{
	if (WARN_ON_ONCE(!status))
		return;
	vm_write(to_vm(vdev), status, VIRTIO_MMIO_STATUS);
	/* Whoever says so has something to freeze: vm_pm.c. */
	if (status & VIRTIO_CONFIG_S_DRIVER_OK)
		to_vm(vdev)->frozen = false;
}

/* Does the status read 0 in time?  VIRTIO 1.4, 2.4.2. */
static bool vm_wait_reset(struct vm_device *vm)
{
	u64 limit = vm->dead ? VM_RESET_AGAIN_US : VM_RESET_LIMIT_US;
	u32 status;

	read_poll_timeout(vm_read, status, !status || status == VM_GONE,
			  VM_RESET_PAUSE_US, limit, false,
			  vm, VIRTIO_MMIO_STATUS);
	return !status;
}

/* Nothing here can keep a device from memory: tell it queue by queue. */
static void vm_give_up(struct vm_device *vm)
{
	if (!vm->dead)
		dev_err(&vm->vdev.dev,
			"no reset within %lu ms: status 0x%08x\n",
			VM_RESET_LIMIT_US / USEC_PER_MSEC,
			vm_read(vm, VIRTIO_MMIO_STATUS));
	vm->dead = true;
	virtio_break_device(&vm->vdev);
	vm_stop_queues(vm);
}

/**
 * vm_reset - reset the device and wait until it is done
 * @vdev: the device
 *
 * Serves config->reset.  On return the device uses no memory any more and no
 * callback of its interrupt is running: either it said so (VIRTIO 1.4, 2.4.2),
 * or its queues are broken and it was told to stop each of them.
 * Context: process, may sleep for VM_RESET_LIMIT_US.
 */
void vm_reset(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);

	vm_write(vm, 0, VIRTIO_MMIO_STATUS);
	if (vm_wait_reset(vm))
		vm->dead = false;
	else
		vm_give_up(vm);
	vm_synchronize_cbs(vdev);
}
