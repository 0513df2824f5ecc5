// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: the table of queues
 *
 * Finds and deletes the queues of a device together with their interrupts.
 * Drivers call it through struct virtio_config_ops, in probe, remove, freeze
 * and restore.
 *
 * Interrupts are tried in the order of what they cost: an MSI-X vector for
 * each queue, one for all queues, one for everything, INTx.  A device may
 * refuse a vector when some queues are set up already (VIRTIO 1.4,
 * 4.1.5.1.2.2).  An enabled queue can be taken back by a reset only (4.1.4.3.2),
 * so then the device is reset and the initialization repeated up to where the
 * driver was.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include "vp.h"

/* The arguments of find_vqs. */
struct vp_wanted {
	unsigned int nvqs;
	struct virtqueue **vqs;
	vq_callback_t **callbacks;
	const char * const *names;
	const bool *ctx;
};

static unsigned int vp_count_callbacks(const struct vp_wanted *w)
{
	unsigned int i, n = 0;

	for (i = 0; i < w->nvqs; i++)
		if (w->names[i] && w->callbacks[i])
			n++;
	return n;
}

static unsigned int vp_count_vectors(const struct vp_wanted *w,
				     enum vp_irq_mode mode)
{
	switch (mode) {
	case VP_IRQ_PER_QUEUE:
		return 1 + vp_count_callbacks(w);
	case VP_IRQ_SHARED:
		return 2;
	default:
		return 1;
	}
}

/**
 * vp_create_queues - set up the queues that the driver names
 * @vp: the device, vectors allocated
 * @w: what the driver wants; @w->vqs is filled
 *
 * An entry without a name is a queue that the driver does without: it takes
 * no index at the device.
 *
 * Return: 0 or the error of the transport; @vp->nqueues queues exist.
 */
static int vp_create_queues(struct vp_device *vp, const struct vp_wanted *w)
{
	struct vp_queue_request req = {};
	unsigned int i, nth = 0;
	struct virtqueue *vq;

	for (i = 0; i < w->nvqs; i++) {
		w->vqs[i] = NULL;
		if (!w->names[i])
			continue;
		req.name = w->names[i];
		req.callback = w->callbacks[i];
		req.ctx = w->ctx && w->ctx[i];
		req.vector = req.callback ? vp_irq_vector(vp, nth++)
					  : VIRTIO_MSI_NO_VECTOR;
		vq = vp->ops->setup_vq(vp, &req);
		if (IS_ERR(vq))
			return PTR_ERR(vq);
		vp->queues[req.index].vq = vq;
		vp->queues[req.index].vector = req.vector;
		vp->nqueues = ++req.index;
		w->vqs[i] = vq;
	}
	return 0;
}

static void vp_free_table(struct vp_queue *table, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (table[i].has_affinity)
			free_cpumask_var(table[i].affinity);
	kvfree(table);
}

/* Handlers first: they use the queues.  Leaves the table to the caller. */
static void vp_take_queues(struct vp_device *vp)
{
	unsigned int i;

	vp_irq_free(vp);
	for (i = 0; i < vp->nqueues; i++)
		vp->ops->del_vq(vp, vp->queues[i].vq);
}

static void vp_release_queues(struct vp_device *vp)
{
	vp_take_queues(vp);
	vp_free_table(vp->queues, vp->nqueues);
	vp->queues = NULL;
	vp->nqueues = 0;
}

/**
 * vp_forget_kept - free the table of queues that was kept over a sleep
 * @vp: the device
 *
 * Context: process.
 */
void vp_forget_kept(struct vp_device *vp)
{
	vp_free_table(vp->kept, vp->nkept);
	vp->kept = NULL;
	vp->nkept = 0;
}

/* The queues are back: so is what the driver asked for their vectors. */
static void vp_restore_affinity(struct vp_device *vp)
{
	unsigned int i;
	int err;

	for (i = 0; i < min(vp->nkept, vp->nqueues); i++) {
		if (!vp->kept[i].has_affinity || !vp->queues[i].own_irq)
			continue;
		err = vp_set_vq_affinity(vp->queues[i].vq,
					 vp->kept[i].affinity);
		if (err)
			dev_dbg(&vp->vdev.dev, "affinity of queue %u: error %d\n",
				i, err);
	}
	vp_forget_kept(vp);
}

/**
 * vp_start_over - repeat the initialization up to FEATURES_OK
 * @vdev: the device, reset
 *
 * VIRTIO 1.4, 3.1.1 steps 2 to 6 with the features that were agreed on; for a
 * legacy device 3.1.2.
 *
 * Return: 0, or -EIO when the device does not follow.
 */
static int vp_start_over(struct virtio_device *vdev)
{
	u64 features = vdev->features;

	if (vp_get_status(vdev))
		return -EIO;
	vp_set_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE |
			    VIRTIO_CONFIG_S_DRIVER);
	if (vdev->config->finalize_features(vdev) ||
	    vdev->features != features)
		return -EIO;
	if (!__virtio_test_bit(vdev, VIRTIO_F_VERSION_1))
		return 0;
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK);
	if (!(vp_get_status(vdev) & VIRTIO_CONFIG_S_FEATURES_OK))
		return -EIO;
	return 0;
}

/**
 * vp_try_mode - find queues with one way of delivering interrupts
 * @vp: the device, without queues
 * @w: what the driver wants
 * @mode: the way
 * @desc: spread of the vectors, or NULL
 *
 * Return: 0; -EBUSY when only the interrupts are the trouble, and another mode
 * can be tried; any other error is final.
 */
static int vp_try_mode(struct vp_device *vp, const struct vp_wanted *w,
		       enum vp_irq_mode mode, const struct irq_affinity *desc)
{
	bool enabled;
	int err;

	vp->queues = kvcalloc(w->nvqs, sizeof(*vp->queues), GFP_KERNEL);
	if (!vp->queues)
		return -ENOMEM;

	err = vp_irq_alloc(vp, mode, vp_count_vectors(w, mode), desc);
	if (!err)
		err = vp_create_queues(vp, w);
	if (!err)
		err = vp_irq_request_queues(vp);
	if (!err)
		return 0;

	/* An enabled queue is the device's until a reset: 4.1.4.3.2. */
	enabled = vp->nqueues;
	if (enabled)
		virtio_reset_device(&vp->vdev);
	vp_release_queues(vp);
	if (enabled && vp_start_over(&vp->vdev))
		return -EIO;
	return err;
}

/**
 * vp_find_vqs - find the queues of a device
 * @vdev: the device, FEATURES_OK set
 * @nvqs: number of entries in the arrays
 * @vqs: filled with the queues; NULL where there is no name
 * @callbacks: for used buffers, NULL for a queue that is polled
 * @names: NULL for a queue that is not used: it takes no queue index
 * @ctx: which queues keep a context per buffer, or NULL for none
 * @desc: how to spread the vectors over CPUs, or NULL
 *
 * Serves config->find_vqs.  VIRTIO 1.4, 4.1.5.1.2 and 4.1.5.1.3.
 * Context: process, may sleep.
 *
 * Return: 0; -ENOENT when the device has not so many queues; -EEXIST when
 * they were found before and not deleted; another error.
 */
int vp_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
		struct virtqueue *vqs[], vq_callback_t *callbacks[],
		const char * const names[], const bool *ctx,
		struct irq_affinity *desc)
{
	static const enum vp_irq_mode modes[] = {
		VP_IRQ_PER_QUEUE, VP_IRQ_SHARED, VP_IRQ_SINGLE, VP_IRQ_INTX,
	};
	struct vp_device *vp = to_vp(vdev);
	struct vp_wanted w = {
		.nvqs = nvqs,
		.vqs = vqs,
		.callbacks = callbacks,
		.names = names,
		.ctx = ctx,
	};
	int i, err = -EBUSY;

	if (WARN_ON_ONCE(vp->queues))
		return -EEXIST;
	if (WARN_ON_ONCE(!nvqs))
		return -EINVAL;

	for (i = 0; err == -EBUSY && i < ARRAY_SIZE(modes); i++)
		err = vp_try_mode(vp, &w, modes[i], desc);
	if (!err) {
		vp->down = false;
		vp_restore_affinity(vp);
	} else {
		dev_err(&vdev->dev, "%u queues with interrupts: error %d\n",
			nvqs, err);
	}
	return err;
}
EXPORT_SYMBOL_GPL(vp_find_vqs);

/**
 * vp_del_vqs - delete the queues of a device
 * @vdev: the device
 *
 * Serves config->del_vqs.  The memory of a queue must not be freed while the
 * device may use it (VIRTIO 1.4, 3.3.1): a device that is still live and has
 * access to memory is reset.  Does nothing when there are no queues.  For a
 * device that goes to sleep the affinity of its queues is kept.
 * Context: process, may sleep.
 */
void vp_del_vqs(struct virtio_device *vdev)
{
	struct vp_device *vp = to_vp(vdev);

	if (!vp->queues)
		return;
	if (!vp->cut_off &&
	    vp_get_status(vdev) & VIRTIO_CONFIG_S_DRIVER_OK)
		virtio_reset_device(vdev);
	if (!vp->sleeping) {
		vp_release_queues(vp);
		return;
	}
	vp_take_queues(vp);
	vp_forget_kept(vp);
	vp->kept = vp->queues;
	vp->nkept = vp->nqueues;
	vp->queues = NULL;
	vp->nqueues = 0;
}
EXPORT_SYMBOL_GPL(vp_del_vqs);
