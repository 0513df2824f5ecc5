// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Request virtqueues of a block device
 *
 * How many there are, which are polled, which CPU uses which, and how long a
 * request may be; called by probe, remove, suspend and resume.
 *
 * Interrupt-driven queues come first, polled ones last.  A polled queue has no
 * callback, so the transport spends no vector on it.
 */
#include <linux/module.h>
#include "vblk.h"

unsigned int vblk_param_queues;
module_param_named(num_request_queues, vblk_param_queues, uint, 0644);
MODULE_PARM_DESC(num_request_queues,
		 "Most request queues per device; 0: one per CPU. Applies to devices probed later");

unsigned int vblk_param_poll;
module_param_named(poll_queues, vblk_param_poll, uint, 0644);
MODULE_PARM_DESC(poll_queues,
		 "How many of the queues are for polled I/O. Applies to devices probed later");

unsigned int vblk_param_depth;
module_param_named(queue_depth, vblk_param_depth, uint, 0444);
MODULE_PARM_DESC(queue_depth,
		 "Requests in flight per queue; 0: as many as the ring holds");

static bool vblk_queue_polled(const struct vblk *vblk, unsigned int i)
{
	return i >= vblk->nr_queues - vblk->nr_poll;
}

/**
 * vblk_queues_alloc - decide on number and kind of the queues
 * @vblk: the disk; its limits are read
 *
 * At least one queue is interrupt-driven.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vblk_queues_alloc(struct vblk *vblk)
{
	unsigned int want = READ_ONCE(vblk_param_queues) ?: nr_cpu_ids;
	unsigned int poll = READ_ONCE(vblk_param_poll);
	unsigned int i;

	vblk->nr_queues = min3(want, nr_cpu_ids, vblk->limits.num_queues);
	vblk->nr_poll = min(poll, vblk->nr_queues - 1);
	vblk->interrupt_batch = VBLK_INTERRUPT_BATCH;
	vblk->queues = kvcalloc(vblk->nr_queues, sizeof(*vblk->queues),
				GFP_KERNEL);
	if (!vblk->queues)
		return -ENOMEM;

	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		q->vblk = vblk;
		spin_lock_init(&q->lock);
		snprintf(q->name, sizeof(q->name), "%s.%u",
			 vblk_queue_polled(vblk, i) ? "req_poll" : "req", i);
	}
	return 0;
}

/**
 * vblk_queues_moderate - tell the rings how long interrupts may wait
 * @vblk: the disk, with its queues set up
 *
 * Says @vblk->interrupt_batch.  Context: process; the queues do not go
 * meanwhile.
 */
void vblk_queues_moderate(struct vblk *vblk)
{
	bool event = virtio_has_feature(vblk->vdev, VIRTIO_RING_F_EVENT_IDX);
	bool can = virtio_mq_can_moderate(vblk->vdev);
	unsigned int i;

	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		q->event = event;
		if (can && !vblk_queue_polled(vblk, i))
			virtqueue_ext_moderate(q->vq, vblk->interrupt_batch);
	}
}

/**
 * vblk_queues_find - have the transport set the queues up
 * @vblk: the disk; vblk_queues_alloc() was called
 *
 * Called again after each reset of the device.  The queues stay down, see
 * vblk_queues_up().  Context: process.
 *
 * Return: 0, -ENOMEM, -EINVAL for a ring that no request fits (or, after a
 * reset, one smaller than before), or what the transport says.
 */
int vblk_queues_find(struct vblk *vblk)
{
	unsigned int i, n = vblk->nr_queues;
	struct virtio_mq_vqs ask;
	int err;

	err = virtio_mq_vqs_alloc(&ask, n);
	if (err)
		goto out;
	for (i = 0; i < n; i++) {
		ask.names[i] = vblk->queues[i].name;
		if (!vblk_queue_polled(vblk, i))
			ask.callbacks[i] = vblk_vq_done;
	}
	err = virtio_mq_find(vblk->vdev, &ask, 0);
	if (err)
		goto out;
	for (i = 0; i < n; i++)
		vblk->queues[i].vq = ask.vqs[i];
	vblk_queues_moderate(vblk);
	err = virtio_mq_smallest(vblk->vdev, &ask, 0,
				 max_t(u32, vblk->min_ring,
				       VBLK_FIXED_DESCS + 1));
	if (err < 0) {
		vblk_queues_delete(vblk);
		goto out;
	}
	vblk->min_ring = err;
	err = 0;
out:
	virtio_mq_vqs_free(&ask);
	return err;
}

/**
 * vblk_queues_up - let the queues be used, or no longer
 * @vblk: the disk
 * @up: which of the two
 *
 * With @up false, nobody touches a virtqueue any more when this returns:
 * each user asks under the queue's lock.
 */
void vblk_queues_up(struct vblk *vblk, bool up)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		spin_lock_irqsave(&q->lock, flags);
		q->up = up;
		q->stopped = false;
		spin_unlock_irqrestore(&q->lock, flags);
	}
}

/**
 * vblk_queues_broken - did ring or transport give up on the device?
 * @vblk: the disk, with its queues set up
 *
 * True after a surprise removal, and after the device broke the rules of the
 * ring.
 */
bool vblk_queues_broken(struct vblk *vblk)
{
	unsigned int i;

	for (i = 0; i < vblk->nr_queues; i++)
		if (vblk->queues[i].vq &&
		    virtqueue_is_broken(vblk->queues[i].vq))
			return true;
	return false;
}

/**
 * vblk_queues_delete - give the virtqueues back to the transport
 * @vblk: the disk; its device is reset or was never ready
 *
 * Context: process.
 */
void vblk_queues_delete(struct vblk *vblk)
{
	unsigned int i;

	for (i = 0; i < vblk->nr_queues; i++)
		vblk->queues[i].vq = NULL;
	vblk->vdev->config->del_vqs(vblk->vdev);
}

/**
 * vblk_map_queues - which CPU uses which queue
 * @set: blk-mq's tags
 *
 * map_queues of blk-mq.
 */
void vblk_map_queues(struct blk_mq_tag_set *set)
{
	struct vblk *vblk = set->driver_data;

	virtio_mq_map_queues(set, vblk->vdev, 0, vblk->nr_queues,
			     vblk->nr_poll);
}
