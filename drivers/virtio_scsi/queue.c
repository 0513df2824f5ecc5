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

/**
 * vscsi_queues_moderate - tell the rings how long interrupts may wait
 * @vs: the host, with its queues set up
 *
 * Says @vs->interrupt_batch.  Context: process; the queues do not go meanwhile.
 */
void vscsi_queues_moderate(struct vscsi *vs)
{
	bool event = virtio_has_feature(vs->vdev, VIRTIO_RING_F_EVENT_IDX);
	bool can = virtio_mq_can_moderate(vs->vdev);
	unsigned int i;

	for (i = 0; i < vs->nr_queues; i++) {
		struct vscsi_queue *q = &vs->queues[i];

		q->event = event;
		if (!can || q->polled)
			continue;
		/* For good: one interrupt may be put off already. */
		spin_lock_irq(&q->lock);
		q->patient |= vs->interrupt_batch;
		virtqueue_ext_moderate(q->vq, vs->interrupt_batch);
		spin_unlock_irq(&q->lock);
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
	}
	vscsi_queues_moderate(vs);
	vs->set_up = true;
}

/* Names as user space knows them, and who is called. */
static void vscsi_queues_name(struct vscsi *vs, struct virtio_mq_vqs *ask)
{
	unsigned int i;

	ask->names[VSCSI_VQ_CONTROL] = "control";
	ask->callbacks[VSCSI_VQ_CONTROL] = vscsi_ctrl_done;
	ask->names[VSCSI_VQ_EVENT] = "event";
	ask->callbacks[VSCSI_VQ_EVENT] = vscsi_event_done;
	for (i = 0; i < vs->nr_queues; i++) {
		unsigned int at = VSCSI_VQ_REQUEST + i;
		bool polled = vs->queues[i].polled;

		ask->names[at] = polled ? "request_poll" : "request";
		ask->callbacks[at] = polled ? NULL : vscsi_vq_done;
	}
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
	struct virtio_mq_vqs ask;
	int err;

	err = virtio_mq_vqs_alloc(&ask, VSCSI_VQ_REQUEST + vs->nr_queues);
	if (err)
		goto out;
	vscsi_queues_name(vs, &ask);
	err = virtio_mq_find(vs->vdev, &ask, VSCSI_VQ_REQUEST);
	if (err)
		goto out;
	vscsi_queues_take(vs, ask.vqs);
	err = virtio_mq_smallest(vs->vdev, &ask, VSCSI_VQ_REQUEST,
				 max_t(u16, vs->min_ring,
				       VSCSI_FIXED_DESCS + 1));
	if (err < 0) {
		vscsi_queues_delete(vs);
		goto out;
	}
	vs->min_ring = err;
	err = 0;
out:
	virtio_mq_vqs_free(&ask);
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
 * map_queues of the middle layer.
 */
void vscsi_map_queues(struct Scsi_Host *shost)
{
	struct vscsi *vs = shost_priv(shost);

	virtio_mq_map_queues(&shost->tag_set, vs->vdev, VSCSI_VQ_REQUEST,
			     vs->nr_queues, vs->nr_poll);
}
