// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: the table of queues
 *
 * Finds and deletes the queues of a device together with its interrupt.
 * Drivers call it through struct virtio_config_ops, in probe, remove, freeze
 * and restore.  What the registers of a queue are is struct vm_version's.
 *
 * Each access costs an exit from the guest: a queue is selected once and then
 * set up with at most 10 of them.
 */
#include <linux/iopoll.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/virtio_ring.h>
#include <virtqueue_ext.h>
#include "vm.h"

/* Entries of a queue: VIRTIO 1.4, 2.7 and 2.8. */
#define VM_QUEUE_MAX		32768

/* How long a device may take to let go of a queue. */
#define VM_STOP_LIMIT_US	(100 * USEC_PER_MSEC)
#define VM_STOP_PAUSE_US	100

/* VIRTIO 1.4, 4.2.3.3: the queue's index. */
static bool vm_notify(struct virtqueue *vq)
{
	iowrite32(vq->index, (void __force __iomem *)vq->priv);
	return true;
}

/* VIRTIO 1.4, 2.9 and 4.2.3.3: with what the ring says of itself. */
static bool vm_notify_data(struct virtqueue *vq)
{
	iowrite32(virtqueue_ext_notification_data(vq),
		  (void __force __iomem *)vq->priv);
	return true;
}

/**
 * vm_queue_size - how large the selected queue may be
 * @vm: the device
 * @index: of the queue, for messages
 *
 * The register says the most that the device takes; a split queue has a power
 * of two of entries (VIRTIO 1.4, 2.7), and none has more than VM_QUEUE_MAX.
 *
 * Return: the size, -ENOENT when there is no such queue, -ENODEV when there
 * is no device any more.
 */
static int vm_queue_size(struct vm_device *vm, unsigned int index)
{
	struct virtio_device *vdev = &vm->vdev;
	u32 max = vm_read(vm, VIRTIO_MMIO_QUEUE_NUM_MAX);

	if (!max) {
		dev_err(&vdev->dev, "there is no queue %u\n", index);
		return -ENOENT;
	}
	if (max == VM_GONE) {
		dev_err(&vdev->dev, "no answer for queue %u\n", index);
		return -ENODEV;
	}
	max = min_t(u32, max, VM_QUEUE_MAX);
	if (__virtio_test_bit(vdev, VIRTIO_F_RING_PACKED))
		return max;
	return rounddown_pow_of_two(max);
}

/**
 * vm_setup_selected - create the selected queue and start it
 * @vm: the device
 * @index: of the queue
 * @callback: of the driver, or NULL
 * @name: of the queue
 * @ctx: the driver keeps a context per buffer
 *
 * VIRTIO 1.4, 4.2.3.2 and 4.2.4.
 *
 * Return: the queue or an ERR_PTR().
 */
static struct virtqueue *
vm_setup_selected(struct vm_device *vm, unsigned int index,
		  vq_callback_t *callback, const char *name, bool ctx)
{
	struct virtio_device *vdev = &vm->vdev;
	bool data = __virtio_test_bit(vdev, VIRTIO_F_NOTIFICATION_DATA);
	u32 live = vm_read(vm, vm->version->live_reg);
	struct virtqueue *vq;
	int num, err;

	if (live) {
		dev_err(&vdev->dev, "queue %u is in use already: 0x%08x\n",
			index, live);
		return ERR_PTR(-EBUSY);
	}
	num = vm_queue_size(vm, index);
	if (num < 0)
		return ERR_PTR(num);
	vq = vring_create_virtqueue(index, num, vm->version->align, vdev, true,
				    true, ctx,
				    data ? vm_notify_data : vm_notify,
				    callback, name);
	if (!vq)
		return ERR_PTR(-ENOMEM);
	vq->num_max = num;
	vq->priv = (void __force *)(vm->base + VIRTIO_MMIO_QUEUE_NOTIFY);

	err = vm->version->start(vm, vq);
	if (!err)
		return vq;
	vring_del_virtqueue(vq);
	return ERR_PTR(err);
}

static struct virtqueue *vm_setup_vq(struct vm_device *vm, unsigned int index,
				     vq_callback_t *callback, const char *name,
				     bool ctx)
{
	struct virtqueue *vq;

	mutex_lock(&vm->select_lock);
	vm_write(vm, index, VIRTIO_MMIO_QUEUE_SEL);
	vq = vm_setup_selected(vm, index, callback, name, ctx);
	mutex_unlock(&vm->select_lock);
	return vq;
}

/* Take one queue from the device; VIRTIO 1.4, 4.2.2.2 and 4.2.4. */
static void vm_stop_queue(struct vm_device *vm, struct virtqueue *vq)
{
	unsigned int reg = vm->version->live_reg;
	u32 live;

	mutex_lock(&vm->select_lock);
	vm_write(vm, vq->index, VIRTIO_MMIO_QUEUE_SEL);
	vm_write(vm, 0, reg);
	read_poll_timeout(vm_read, live, !live || live == VM_GONE,
			  VM_STOP_PAUSE_US, VM_STOP_LIMIT_US, false, vm, reg);
	mutex_unlock(&vm->select_lock);
	if (live && live != VM_GONE)
		dev_err_ratelimited(&vm->vdev.dev,
				    "queue %u (%s) does not stop: 0x%08x\n",
				    vq->index, vq->name ?: "-", live);
}

/**
 * vm_stop_queues - take all queues from the device
 * @vm: the device
 *
 * On return the device uses no queue any more, or a line was logged for each
 * that it does not let go of.  Context: process, may sleep for
 * VM_STOP_LIMIT_US for each queue.
 */
void vm_stop_queues(struct vm_device *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nvqs; i++)
		vm_stop_queue(vm, vm->vqs[i]);
}

/* The handler first: it uses the queues. */
static void vm_release_queues(struct vm_device *vm)
{
	unsigned int i;

	vm_irq_free(vm);
	vm_stop_queues(vm);
	for (i = 0; i < vm->nvqs; i++)
		vring_del_virtqueue(vm->vqs[i]);
	kvfree(vm->vqs);
	vm->vqs = NULL;
	vm->nvqs = 0;
}

/**
 * vm_find_vqs - find the queues of a device
 * @vdev: the device, features agreed on
 * @nvqs: number of entries in the arrays
 * @vqs: filled with the queues; NULL where there is no name
 * @callbacks: for used buffers, NULL for a queue that is polled
 * @names: NULL for a queue that is not used: it takes no queue index
 * @ctx: which queues keep a context per buffer, or NULL for none
 * @desc: not used, there is one interrupt
 *
 * Serves config->find_vqs.  VIRTIO 1.4, 4.2.3.2 and 4.2.4.
 * Context: process, may sleep.
 *
 * Return: 0; -ENOENT when the device has not so many queues; -EBUSY when one
 * is in use; -EEXIST when they were found before and not deleted; another
 * error.
 */
int vm_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
		struct virtqueue *vqs[], vq_callback_t *callbacks[],
		const char * const names[], const bool *ctx,
		struct irq_affinity *desc)
{
	struct vm_device *vm = to_vm(vdev);
	unsigned int i;
	int err = 0;

	if (WARN_ON_ONCE(vm->vqs))
		return -EEXIST;
	if (WARN_ON_ONCE(!nvqs))
		return -EINVAL;
	vm->vqs = kvcalloc(nvqs, sizeof(*vm->vqs), GFP_KERNEL);
	if (!vm->vqs)
		return -ENOMEM;

	if (vm->version->prepare)
		vm->version->prepare(vm);
	for (i = 0; !err && i < nvqs; i++) {
		vqs[i] = NULL;
		if (!names[i])
			continue;
		vqs[i] = vm_setup_vq(vm, vm->nvqs, callbacks[i], names[i],
				     ctx && ctx[i]);
		err = PTR_ERR_OR_ZERO(vqs[i]);
		if (!err)
			vm->vqs[vm->nvqs++] = vqs[i];
	}
	if (!err)
		err = vm_irq_request(vm);
	if (err)
		vm_release_queues(vm);
	return err;
}

/**
 * vm_del_vqs - delete the queues of a device
 * @vdev: the device
 *
 * Serves config->del_vqs.  The memory of a queue must not be freed while the
 * device may use it (VIRTIO 1.4, 3.3.1): a device that is still live is reset,
 * and each queue is stopped.  Does nothing when there are no queues.
 * Context: process, may sleep.
 */
void vm_del_vqs(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);

	if (!vm->vqs)
		return;
	if (!vm->dead && vm_get_status(vdev) & VIRTIO_CONFIG_S_DRIVER_OK)
		virtio_reset_device(vdev);
	vm_release_queues(vm);
}
