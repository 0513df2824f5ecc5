// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: interrupts
 *
 * Vectors, the mapping of vectors to events, handlers and affinity
 * (VIRTIO 1.4, 4.1.5.1.2 and 4.1.5.3 to 4.1.5.5).  pci_queues.c decides which
 * mode is tried when; drivers reach the affinity functions through struct
 * virtio_config_ops.
 *
 * Handlers take no lock.  The table of queues is complete before a handler
 * that walks it is requested (request_irq() orders the two), and is freed
 * after free_irq() has waited for the handler.
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/virtio_ring.h>
#include "vp.h"

#define VP_CONFIG_VECTOR	0
#define VP_SHARED_VECTOR	1

/* ISR status: VIRTIO 1.4, 4.1.4.5. */
#define VP_ISR_QUEUE		0x1
#define VP_ISR_ALL_ONES		0xff

static irqreturn_t vp_config_interrupt(int irq, void *arg)
{
	struct vp_device *vp = arg;

	virtio_config_changed(&vp->vdev);
	return IRQ_HANDLED;
}

static void vp_walk_queues(struct vp_device *vp, int irq)
{
	unsigned int i;

	for (i = 0; i < vp->nqueues; i++)
		if (vp->queues[i].vq->callback)
			vring_interrupt(irq, vp->queues[i].vq);
}

static irqreturn_t vp_shared_interrupt(int irq, void *arg)
{
	vp_walk_queues(arg, irq);
	return IRQ_HANDLED;
}

/*
 * One vector for everything.  A message carries no cause, and two of them may
 * become one, so a configuration change has to be asked for: the device sets
 * its bit before it sends (4.1.4.5.1), and the read clears it.  The bit of the
 * queues says nothing with MSI-X (4.1.4.5.1): they are all looked at.
 */
static irqreturn_t vp_single_interrupt(int irq, void *arg)
{
	struct vp_device *vp = arg;
	u8 isr = vp->ops->read_isr(vp);

	if (isr == VP_ISR_ALL_ONES)
		return IRQ_NONE;
	if (isr & VIRTIO_PCI_ISR_CONFIG)
		virtio_config_changed(&vp->vdev);
	vp_walk_queues(vp, irq);
	return IRQ_HANDLED;
}

/*
 * INTx: one read tells whether it was us and acknowledges.  Both bits may be
 * set at once (4.1.5.4.2).  All ones is a function that is gone.
 */
static irqreturn_t vp_intx_interrupt(int irq, void *arg)
{
	struct vp_device *vp = arg;
	u8 isr = vp->ops->read_isr(vp);

	if (!isr || isr == VP_ISR_ALL_ONES)
		return IRQ_NONE;
	if (isr & VIRTIO_PCI_ISR_CONFIG)
		virtio_config_changed(&vp->vdev);
	if (isr & VP_ISR_QUEUE)
		vp_walk_queues(vp, irq);
	return IRQ_HANDLED;
}

static int vp_irq_request(struct vp_device *vp, unsigned int vector,
			  irq_handler_t handler, unsigned long flags,
			  const char *name, void *arg)
{
	int err = request_irq(pci_irq_vector(vp->pdev, vector), handler, flags,
			      name, arg);

	if (!err)
		return 0;
	dev_dbg(&vp->pdev->dev, "%s: vector %u: error %d\n", name, vector, err);
	return -EBUSY;
}

static int vp_irq_map_config(struct vp_device *vp)
{
	return vp->ops->set_config_vector(vp, VP_CONFIG_VECTOR) ==
	       VP_CONFIG_VECTOR ? 0 : -EBUSY;
}

/* Vector 0 for configuration changes, if the device takes it. */
static int vp_irq_config(struct vp_device *vp)
{
	int err;

	snprintf(vp->config_name, sizeof(vp->config_name), "%s-config",
		 dev_name(&vp->vdev.dev));
	err = vp_irq_request(vp, VP_CONFIG_VECTOR, vp_config_interrupt, 0,
			     vp->config_name, vp);
	if (err)
		return err;
	vp->config_irq = true;
	return vp_irq_map_config(vp);
}

/**
 * vp_irq_alloc - allocate vectors and map configuration changes
 * @vp: a device without queues
 * @mode: how interrupts shall be delivered
 * @vectors: how many vectors that takes, at least 1
 * @desc: how the driver wants its queues' vectors spread over CPUs, or NULL;
 *	followed in VP_IRQ_PER_QUEUE only, not changed
 *
 * The PCI core grants no vector outside of the MSI-X table (VIRTIO 1.4,
 * 4.1.5.1.2.2).  The device reads back what it mapped.
 * Context: process, may sleep.
 *
 * Return: 0, or -EBUSY when this mode is not to be had; vp_irq_free() undoes
 * what was done in both cases.
 */
int vp_irq_alloc(struct vp_device *vp, enum vp_irq_mode mode,
		 unsigned int vectors, const struct irq_affinity *desc)
{
	unsigned int flags = mode == VP_IRQ_INTX ? PCI_IRQ_LEGACY
						 : PCI_IRQ_MSIX;
	struct irq_affinity spread;
	int err;

	if (desc && mode == VP_IRQ_PER_QUEUE) {
		spread = *desc;
		spread.pre_vectors++;
		flags |= PCI_IRQ_AFFINITY;
	}
	err = pci_alloc_irq_vectors_affinity(vp->pdev, vectors, vectors, flags,
					     flags & PCI_IRQ_AFFINITY ? &spread
								      : NULL);
	if (err < 0) {
		dev_dbg(&vp->pdev->dev, "%u vectors: error %d\n", vectors, err);
		return -EBUSY;
	}
	vp->irq_mode = mode;
	switch (mode) {
	case VP_IRQ_INTX:
		return 0;
	case VP_IRQ_SINGLE:
		/* Its handler walks the queues: it comes after them. */
		return vp_irq_map_config(vp);
	default:
		return vp_irq_config(vp);
	}
}

/**
 * vp_irq_vector - the vector for a queue with a callback
 * @vp: the device, vectors allocated
 * @nth: how many such queues were given one before
 *
 * Return: the MSI-X vector, or VIRTIO_MSI_NO_VECTOR in VP_IRQ_INTX.
 */
u16 vp_irq_vector(struct vp_device *vp, unsigned int nth)
{
	switch (vp->irq_mode) {
	case VP_IRQ_PER_QUEUE:
		return VP_CONFIG_VECTOR + 1 + nth;
	case VP_IRQ_SHARED:
		return VP_SHARED_VECTOR;
	case VP_IRQ_SINGLE:
		return VP_CONFIG_VECTOR;
	default:
		return VIRTIO_MSI_NO_VECTOR;
	}
}

static int vp_irq_own(struct vp_device *vp, struct vp_queue *q)
{
	int err;

	snprintf(q->name, sizeof(q->name), "%s-%s", dev_name(&vp->vdev.dev),
		 q->vq->name);
	err = vp_irq_request(vp, q->vector, vring_interrupt, 0, q->name, q->vq);
	q->own_irq = !err;
	return err;
}

static int vp_irq_all_own(struct vp_device *vp)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < vp->nqueues; i++)
		if (vp->queues[i].vector != VIRTIO_MSI_NO_VECTOR)
			err = vp_irq_own(vp, &vp->queues[i]);
	return err;
}

static int vp_irq_shared(struct vp_device *vp)
{
	int err;

	snprintf(vp->shared_name, sizeof(vp->shared_name), "%s-virtqueues",
		 dev_name(&vp->vdev.dev));
	err = vp_irq_request(vp, VP_SHARED_VECTOR, vp_shared_interrupt, 0,
			     vp->shared_name, vp);
	vp->shared_irq = !err;
	return err;
}

/* One handler for the whole device, named after it. */
static int vp_irq_whole(struct vp_device *vp, irq_handler_t handler,
			unsigned long flags)
{
	int err = vp_irq_request(vp, VP_CONFIG_VECTOR, handler, flags,
				 dev_name(&vp->vdev.dev), vp);

	vp->config_irq = !err;
	return err;
}

/**
 * vp_irq_request_queues - request the handlers of the queues
 * @vp: the device, with its table of queues complete
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -EBUSY when a handler cannot be had.
 */
int vp_irq_request_queues(struct vp_device *vp)
{
	switch (vp->irq_mode) {
	case VP_IRQ_PER_QUEUE:
		return vp_irq_all_own(vp);
	case VP_IRQ_SHARED:
		return vp_irq_shared(vp);
	case VP_IRQ_SINGLE:
		return vp_irq_whole(vp, vp_single_interrupt, 0);
	default:
		return vp_irq_whole(vp, vp_intx_interrupt, IRQF_SHARED);
	}
}

static void vp_irq_free_own(struct vp_device *vp, struct vp_queue *q)
{
	int irq = pci_irq_vector(vp->pdev, q->vector);

	irq_update_affinity_hint(irq, NULL);
	free_irq(irq, q->vq);
	q->own_irq = false;
}

/**
 * vp_irq_free - free handlers and vectors
 * @vp: the device, in any state
 *
 * On return no handler runs or will run.  Context: process, may sleep.
 */
void vp_irq_free(struct vp_device *vp)
{
	unsigned int i;

	for (i = 0; i < vp->nqueues; i++)
		if (vp->queues[i].own_irq)
			vp_irq_free_own(vp, &vp->queues[i]);
	if (vp->shared_irq)
		free_irq(pci_irq_vector(vp->pdev, VP_SHARED_VECTOR), vp);
	/* A line without us on it is nobody's: others have to live with it. */
	if (vp->irq_mode == VP_IRQ_INTX)
		pci_intx(vp->pdev, 0);
	if (vp->config_irq)
		free_irq(pci_irq_vector(vp->pdev, VP_CONFIG_VECTOR), vp);
	vp->shared_irq = false;
	vp->config_irq = false;
	if (vp->irq_mode != VP_IRQ_NONE) {
		pci_free_irq_vectors(vp->pdev);
		/* It switches INTx on again. */
		pci_intx(vp->pdev, 0);
	}
	vp->irq_mode = VP_IRQ_NONE;
}

/**
 * vp_synchronize_cbs - wait for the interrupt handlers that run
 * @vdev: the device
 *
 * Serves config->synchronize_cbs: a handler that starts after this sees what
 * was written before it.  Context: process, may sleep.
 */
void vp_synchronize_cbs(struct virtio_device *vdev)
{
	struct vp_device *vp = to_vp(vdev);
	unsigned int i;

	if (vp->config_irq)
		synchronize_irq(pci_irq_vector(vp->pdev, VP_CONFIG_VECTOR));
	if (vp->shared_irq)
		synchronize_irq(pci_irq_vector(vp->pdev, VP_SHARED_VECTOR));
	for (i = 0; i < vp->nqueues; i++)
		if (vp->queues[i].own_irq)
			synchronize_irq(pci_irq_vector(vp->pdev,
						       vp->queues[i].vector));
}
EXPORT_SYMBOL_GPL(vp_synchronize_cbs);

/**
 * vp_synchronize_vq - wait for a queue's interrupt handler, if it runs
 * @vq: the queue
 *
 * As vp_synchronize_cbs(), but does not wait for other queues' handlers unless
 * they are the same one.  Context: process, may sleep.
 */
void vp_synchronize_vq(struct virtqueue *vq)
{
	struct vp_device *vp = to_vp(vq->vdev);
	struct vp_queue *q = &vp->queues[vq->index];

	if (q->own_irq)
		synchronize_irq(pci_irq_vector(vp->pdev, q->vector));
	else
		vp_synchronize_cbs(vq->vdev);
}
EXPORT_SYMBOL_GPL(vp_synchronize_vq);

/**
 * vp_set_vq_affinity - ask for a queue's interrupt on some CPUs
 * @vq: a queue with a callback
 * @mask: the CPUs, or NULL for "no preference"
 *
 * Serves config->set_vq_affinity.  A queue that shares its vector has no say.
 * Context: process, may sleep.
 *
 * Return: 0, -EINVAL for a queue without a callback, or an error.
 */
int vp_set_vq_affinity(struct virtqueue *vq, const struct cpumask *mask)
{
	struct vp_device *vp = to_vp(vq->vdev);
	struct vp_queue *q;
	int irq;

	if (!vq->callback || vq->index >= vp->nqueues)
		return -EINVAL;
	q = &vp->queues[vq->index];
	if (!q->own_irq)
		return 0;

	irq = pci_irq_vector(vp->pdev, q->vector);
	if (!mask)
		return irq_update_affinity_hint(irq, NULL);
	if (!q->has_affinity && !zalloc_cpumask_var(&q->affinity, GFP_KERNEL))
		return -ENOMEM;
	q->has_affinity = true;
	/* The interrupt core keeps the pointer. */
	cpumask_copy(q->affinity, mask);
	return irq_set_affinity_and_hint(irq, q->affinity);
}
EXPORT_SYMBOL_GPL(vp_set_vq_affinity);

/**
 * vp_get_vq_affinity - the CPUs that a queue's vector was spread to
 * @vdev: the device
 * @index: queue index
 *
 * Serves config->get_vq_affinity.  Context: process.
 *
 * Return: the mask, or NULL when the queue has no vector of its own.
 */
const struct cpumask *vp_get_vq_affinity(struct virtio_device *vdev, int index)
{
	struct vp_device *vp = to_vp(vdev);

	if (index < 0 || index >= vp->nqueues || !vp->queues[index].own_irq)
		return NULL;
	return pci_irq_get_affinity(vp->pdev, vp->queues[index].vector);
}
EXPORT_SYMBOL_GPL(vp_get_vq_affinity);
