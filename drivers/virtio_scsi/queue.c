// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Virtqueues of a SCSI host
 *
 * How many there are, which are polled, which CPU uses which; called by probe,
 * remove, recovery, suspend and resume.
 *
 * Control and event queue come first (VIRTIO 1.4, 5.6.2), then request queues
 * with an interrupt, then polled ones.  A polled queue has no callback, so the
 * transport spends no vector on it.
 */
#include <linux/blk-mq-virtio.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include "vscsi.h"

static unsigned int vscsi_param_poll;
module_param_named(virtscsi_poll_queues, vscsi_param_poll, uint, 0644);
MODULE_PARM_DESC(virtscsi_poll_queues,
		 "How many of the request queues are for polled I/O. Applies to devices probed later");

/**
 * vscsi_queues_alloc - decide on number and kind of the request queues
 * @vs: the host; its limits are read
 *
 * At least one queue is interrupt-driven.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vscsi_queues_alloc(struct vscsi *vs)
{
	unsigned int poll = READ_ONCE(vscsi_param_poll);
	unsigned int i;

	vs->nr_queues = min(nr_cpu_ids, vs->limits.num_queues);
	vs->nr_poll = min(poll, vs->nr_queues - 1);
	vs->interrupt_batch = VSCSI_INTERRUPT_BATCH;
	vs->queues = kvcalloc(vs->nr_queues, sizeof(*vs->queues), GFP_KERNEL);
	if (!vs->queues)
		return -ENOMEM;

	for (i = 0; i < vs->nr_queues; i++) {
		struct vscsi_queue *q = &vs->queues[i];

		q->vs = vs;
		q->polled = i >= vs->nr_queues - vs->nr_poll;
		spin_lock_init(&q->lock);
		timer_setup(&q->guard, vscsi_guard, 0);
	}
	return 0;
}

/* Smallest request ring of all: one limit serves commands of every queue. */
static int vscsi_check_rings(struct vscsi *vs)
{
	unsigned int i, size, smallest = U16_MAX;

	for (i = 0; i < vs->nr_queues; i++) {
		size = virtqueue_get_vring_size(vs->queues[i].vq);
		smallest = min(smallest, size);
	}
	if (smallest > VSCSI_FIXED_DESCS && smallest >= vs->min_ring) {
		vs->min_ring = smallest;
		return 0;
	}
	dev_err(&vs->vdev->dev, "queue of %u descriptors is too small\n",
		smallest);
	return -EINVAL;
}

/**
 * vscsi_queues_can_moderate - can an interrupt wait for several commands?
 * @vs: the host, with its features negotiated
 *
 * Return: true with the event index (VIRTIO 1.4, 6.1), on this project's ring.
 */
bool vscsi_queues_can_moderate(struct vscsi *vs)
{
	return virtio_has_feature(vs->vdev, VIRTIO_RING_F_EVENT_IDX) &&
	       virtqueue_ext_has(virtqueue_ext_moderate);
}

/**
 * vscsi_queues_moderate - tell the rings how long interrupts may wait
 * @vs: the host, with its queues set up
 *
 * Says @vs->interrupt_batch.  Context: process; the queues do not go meanwhile.
 */
void vscsi_queues_moderate(struct vscsi *vs)
{
	bool event = virtio_has_feature(vs->vdev, VIRTIO_RING_F_EVENT_IDX);
	bool can = vscsi_queues_can_moderate(vs);
	unsigned int i;

	for (i = 0; i < vs->nr_queues; i++) {
		struct vscsi_queue *q = &vs->queues[i];

		q->event = event;
		if (!can || q->polled)
			continue;
		/* Before, and for good: one interrupt may be put off already. */
		if (vs->interrupt_batch)
			WRITE_ONCE(q->patient, true);
		virtqueue_ext_moderate(q->vq, vs->interrupt_batch);
	}
}

/* The queues are there: give each to the one who works with it. */
static void vscsi_queues_take(struct vscsi *vs, struct virtqueue **vqs)
{
	unsigned int i;

	vs->ctrl.vq = vqs[VSCSI_VQ_CONTROL];
	vs->events.vq = vqs[VSCSI_VQ_EVENT];
	for (i = 0; i < vs->nr_queues; i++) {
		struct vscsi_queue *q = &vs->queues[i];

		q->vq = vqs[VSCSI_VQ_REQUEST + i];
		/* Tables of the old queue have to be written anew. */
		q->epoch += q->epoch == U32_MAX ? 2 : 1;
		/* Enabled as they are, but packed ones for each buffer. */
		if (q->polled)
			virtqueue_disable_cb(q->vq);
		else
			virtqueue_enable_cb(q->vq);
	}
	vscsi_queues_moderate(vs);
	vs->set_up = true;
}

static int vscsi_queues_ask(struct vscsi *vs, struct virtqueue **vqs,
			    vq_callback_t **callbacks, const char **names)
{
	struct irq_affinity desc = { .pre_vectors = VSCSI_VQ_REQUEST };
	unsigned int i, n = VSCSI_VQ_REQUEST + vs->nr_queues;

	names[VSCSI_VQ_CONTROL] = "control";
	callbacks[VSCSI_VQ_CONTROL] = vscsi_ctrl_done;
	names[VSCSI_VQ_EVENT] = "event";
	callbacks[VSCSI_VQ_EVENT] = vscsi_event_done;
	for (i = 0; i < vs->nr_queues; i++) {
		bool polled = vs->queues[i].polled;

		names[VSCSI_VQ_REQUEST + i] = polled ? "request_poll" :
						       "request";
		callbacks[VSCSI_VQ_REQUEST + i] = polled ? NULL : vscsi_vq_done;
	}
	return virtio_find_vqs(vs->vdev, n, vqs, callbacks, names, &desc);
}

/**
 * vscsi_queues_find - have the transport set the queues up
 * @vs: the host; vscsi_queues_alloc() was called
 *
 * Called again after each reset of the device.  The queues stay down, see
 * vscsi_queues_up().  Context: process.
 *
 * Return: 0, -ENOMEM, -EINVAL for a ring that no command fits (or, after a
 * reset, one smaller than before), or what the transport says.
 */
int vscsi_queues_find(struct vscsi *vs)
{
	unsigned int n = VSCSI_VQ_REQUEST + vs->nr_queues;
	vq_callback_t **callbacks;
	struct virtqueue **vqs;
	const char **names;
	int err = -ENOMEM;

	vqs = kcalloc(n, sizeof(*vqs), GFP_KERNEL);
	callbacks = kcalloc(n, sizeof(*callbacks), GFP_KERNEL);
	names = kcalloc(n, sizeof(*names), GFP_KERNEL);
	if (!vqs || !callbacks || !names)
		goto out;
	err = vscsi_queues_ask(vs, vqs, callbacks, names);
	if (err)
		goto out;
	vscsi_queues_take(vs, vqs);
	err = vscsi_check_rings(vs);
	if (err)
		vscsi_queues_delete(vs);
out:
	kfree(names);
	kfree(callbacks);
	kfree(vqs);
	return err;
}

/**
 * vscsi_queues_up - let the queues be used, or no longer
 * @vs: the host
 * @up: which of the two
 *
 * With @up false, nobody starts to use a virtqueue any more when this
 * returns: each user asks under the queue's lock.  Those who only notify or
 * end commands are waited for by synchronize_rcu().
 */
void vscsi_queues_up(struct vscsi *vs, bool up)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < vs->nr_queues; i++) {
		struct vscsi_queue *q = &vs->queues[i];

		spin_lock_irqsave(&q->lock, flags);
		q->up = up;
		spin_unlock_irqrestore(&q->lock, flags);
	}
	vscsi_ctrl_up(vs, up);
	vscsi_events_up(vs, up);
}

/**
 * vscsi_queues_broken - did ring or transport give up on the device?
 * @vs: the host
 *
 * Context: process, with @vs->lock, or where the queues cannot go.
 */
bool vscsi_queues_broken(struct vscsi *vs)
{
	unsigned int i;

	if (!vs->set_up)
		return false;
	for (i = 0; i < vs->nr_queues; i++)
		if (virtqueue_is_broken(vs->queues[i].vq))
			return true;
	return virtqueue_is_broken(vs->ctrl.vq) ||
	       virtqueue_is_broken(vs->events.vq);
}

/**
 * vscsi_queues_delete - give the virtqueues back to the transport
 * @vs: the host; its device is reset or was never ready, its queues are down
 *
 * Context: process.
 */
void vscsi_queues_delete(struct vscsi *vs)
{
	unsigned int i;

	if (!vs->set_up)
		return;
	vs->set_up = false;
	for (i = 0; i < vs->nr_queues; i++)
		vs->queues[i].vq = NULL;
	vs->ctrl.vq = NULL;
	vs->events.vq = NULL;
	vs->vdev->config->del_vqs(vs->vdev);
}

/**
 * vscsi_map_queues - which CPU uses which queue
 * @shost: the host
 *
 * Interrupt-driven queues follow the affinity of their vectors, polled ones
 * are spread over the CPUs.  Reads have no queues of their own and use the
 * default ones.
 */
void vscsi_map_queues(struct Scsi_Host *shost)
{
	struct vscsi *vs = shost_priv(shost);
	struct blk_mq_tag_set *set = &shost->tag_set;
	struct blk_mq_queue_map *map = &set->map[HCTX_TYPE_DEFAULT];

	map->nr_queues = vs->nr_queues - vs->nr_poll;
	map->queue_offset = 0;
	blk_mq_virtio_map_queues(map, vs->vdev, VSCSI_VQ_REQUEST);
	if (!vs->nr_poll)
		return;

	set->map[HCTX_TYPE_READ].nr_queues = 0;
	map = &set->map[HCTX_TYPE_POLL];
	map->nr_queues = vs->nr_poll;
	map->queue_offset = vs->nr_queues - vs->nr_poll;
	blk_mq_map_queues(map);
}
