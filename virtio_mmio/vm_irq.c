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
 * What is told is handled, then acknowledged, then looked at once more: a buffer
 * that is used between the look and the acknowledgment raises a bit that is up
 * already, so that nobody would be told of it.  This is why a queue counts two
 * runs of its handler for an interrupt, one of which finds nothing as a rule.
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

/* What there is to tell.  All ones is a device that is gone: nothing. */
static u32 vm_events(struct vm_device *vm)
{
	u32 status = vm_read(vm, VIRTIO_MMIO_INTERRUPT_STATUS);

	return status == VM_GONE ? 0 : status & VM_EVENTS;
}

static void vm_handle(struct vm_device *vm, int irq, u32 events)
{
	if (events & VIRTIO_MMIO_INT_CONFIG)
		virtio_config_changed(&vm->vdev);
	if (events & VIRTIO_MMIO_INT_VRING)
		vm_walk_queues(vm, irq);
}

/**
 * vm_interrupt - handle what the device has to tell
 * @irq: its interrupt
 * @arg: the device
 *
 * VIRTIO 1.4, 4.2.3.4.1: read, handle, acknowledge what was handled.  The read
 * that follows waits for the write to arrive; whatever happens after that is
 * told by the next interrupt, and what happened before it, of a kind that was
 * acknowledged, is found by the look at the end.
 *
 * What comes up in between keeps the line up.  A level raises the interrupt
 * again then, an edge never would: go round, and let the line fall at last.
 * Context: hard interrupt.
 *
 * Return: IRQ_NONE when there was nothing.
 */
static irqreturn_t vm_interrupt(int irq, void *arg)
{
	struct vm_device *vm = arg;
	unsigned int rounds = vm->irq_edge ? VM_EDGE_ROUNDS : 1;
	u32 events = vm_events(vm), told = events;

	if (!events)
		return IRQ_NONE;
	do {
		vm_handle(vm, irq, events);
		vm_write(vm, events, VIRTIO_MMIO_INTERRUPT_ACK);
		events = vm_events(vm);
		told |= events;
	} while (events && --rounds);

	if (events && vm->irq_edge) {
		vm_write(vm, events, VIRTIO_MMIO_INTERRUPT_ACK);
		vm_events(vm);
	}
	vm_handle(vm, irq, told);
	return IRQ_HANDLED;
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
