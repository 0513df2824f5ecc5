// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: the interrupt
 *
 * A device has one (VIRTIO 1.4, 4.2.3.4), maybe on a line with others, for
 * used buffers of all its queues and for changes of its configuration.
 *
 * The handler takes no lock.  The table of queues is complete before it is
 * requested (request_irq() orders the two), and is freed after free_irq() has
 * waited for it.
 *
 * What happened is acknowledged before the queues are looked at.  The other
 * way round, a buffer used between look and acknowledgment would be told of
 * by nobody.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/virtio_ring.h>
#include "vm.h"

/* Other bits of InterruptStatus are ignored: VIRTIO 1.4, 4.2.2.2. */
#define VM_EVENTS	(VIRTIO_MMIO_INT_VRING | VIRTIO_MMIO_INT_CONFIG)

/* How often a handler looks for more where no level would call it again. */
#define VM_EDGE_ROUNDS	16

static void vm_walk_queues(struct vm_device *vm, int irq)
{
	unsigned int i;

	for (i = 0; i < vm->nvqs; i++)
		if (vm->vqs[i]->callback)
			vring_interrupt(irq, vm->vqs[i]);
}

/**
 * vm_handle_events - handle what the device has to tell
 * @vm: the device
 * @irq: its interrupt
 *
 * VIRTIO 1.4, 4.2.3.4.1: one read, one write of what is handled.
 *
 * Return: whether there was something.  All ones is a device that is gone.
 */
static bool vm_handle_events(struct vm_device *vm, int irq)
{
	u32 status = vm_read(vm, VIRTIO_MMIO_INTERRUPT_STATUS);
	u32 events = status & VM_EVENTS;

	if (status == VM_GONE || !events)
		return false;
	vm_write(vm, events, VIRTIO_MMIO_INTERRUPT_ACK);
	if (events & VIRTIO_MMIO_INT_CONFIG)
		virtio_config_changed(&vm->vdev);
	if (events & VIRTIO_MMIO_INT_VRING)
		vm_walk_queues(vm, irq);
	return true;
}

/*
 * An event between the read and the write keeps the line up.  A level raises
 * the interrupt again then, an edge never would: look again.
 */
static irqreturn_t vm_interrupt(int irq, void *arg)
{
	struct vm_device *vm = arg;
	unsigned int rounds = vm->irq_edge ? VM_EDGE_ROUNDS : 1;
	irqreturn_t ret = IRQ_NONE;

	while (rounds-- && vm_handle_events(vm, irq))
		ret = IRQ_HANDLED;
	return ret;
}

/**
 * vm_irq_request - let the interrupt come
 * @vm: the device, its table of queues complete
 *
 * Context: process, may sleep.
 *
 * Return: 0 or the error of request_irq().
 */
int vm_irq_request(struct vm_device *vm)
{
	struct irq_data *data = irq_get_irq_data(vm->irq);
	int err;

	vm->irq_edge = data && !irqd_is_level_type(data);
	err = request_irq(vm->irq, vm_interrupt, IRQF_SHARED,
			  dev_name(&vm->vdev.dev), vm);
	vm->irq_requested = !err;
	if (err)
		dev_err(&vm->vdev.dev, "interrupt %d: error %d\n", vm->irq,
			err);
	return err;
}

/**
 * vm_irq_free - give the interrupt back
 * @vm: the device
 *
 * On return the handler runs no more.  Does nothing when there is none.
 * Context: process, may sleep.
 */
void vm_irq_free(struct vm_device *vm)
{
	if (vm->irq_requested)
		free_irq(vm->irq, vm);
	vm->irq_requested = false;
}

/**
 * vm_synchronize_cbs - wait for callbacks that run
 * @vdev: the device
 *
 * Serves config->synchronize_cbs.  Context: process, may sleep.
 */
void vm_synchronize_cbs(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);

	if (vm->irq_requested)
		synchronize_irq(vm->irq);
}
