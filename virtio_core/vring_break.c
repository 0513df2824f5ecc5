// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When a device breaks the rules
 *
 * One answer to everything that a device can do wrong: the queue is broken,
 * the reason is counted, one line in the log says device, queue and reason,
 * and whoever uses the queue gets errors.  Called by the layouts and by
 * virtqueue.c; all of it is off the path of a device that behaves.
 *
 * The line is printed from a work item: the caller holds the queue's lock,
 * and the console may be a virtio device with that very queue.
 */
#define CREATE_TRACE_POINTS
#include "vring.h"
#include "vring_trace.h"

#include <linux/ratelimit.h>

static void vring_report(struct work_struct *work)
{
	struct vring_virtqueue *vr =
		container_of(work, struct vring_virtqueue, report);

	dev_err_ratelimited(&vr->vq.vdev->dev, "queue %u (%s) is broken: %s\n",
			    vr->vq.index, vr->vq.name ?: "-", vr->reason);
}

/**
 * vring_report_init - make ready to say why a queue is broken
 * @vr: the queue, new
 *
 * Who frees the queue flushes @vr->report before.
 */
void vring_report_init(struct vring_virtqueue *vr)
{
	INIT_WORK(&vr->report, vring_report);
}

/**
 * vring_break - stop using a queue because of what its device did
 * @vr: the queue
 * @kind: what the device did wrong
 * @fmt: the same in words, without newline
 *
 * The first reason stays: what follows from a broken queue is counted only.
 * Context: any; may run while the queue is in use.
 */
void vring_break(struct vring_virtqueue *vr, enum virtqueue_error kind,
		 const char *fmt, ...)
{
	va_list args;

	vr->errors[kind]++;
	if (xchg(&vr->broken, true))
		return;

	va_start(args, fmt);
	vscnprintf(vr->reason, sizeof(vr->reason), fmt, args);
	va_end(args);
	trace_virtqueue_break(&vr->vq, vr->reason);
	schedule_work(&vr->report);
}

/**
 * vring_excess - the device says it wrote more than the buffer can hold
 * @vr: the queue
 * @len: what it says; clamped
 * @max: what the buffer can hold, bytes
 *
 * VIRTIO 1.4, 2.7.8.2 and 2.8.
 *
 * Return: false when the queue is strict, and broken now.
 */
bool vring_excess(struct vring_virtqueue *vr, u32 *len, u32 max)
{
	if (READ_ONCE(vr->strict)) {
		vring_break(vr, VQ_ERR_LEN, "used length %u is above the %u bytes of the buffer",
			    *len, max);
		return false;
	}
	vr->errors[VQ_ERR_LEN]++;
	*len = max;
	return true;
}

/**
 * vring_add_failed - a buffer was not added
 * @vr: the queue
 * @err: why
 *
 * Those before it are exposed now: the driver may not come to a kick.  One
 * that can never be sent is the driver's mistake and not a full ring, so it
 * is said.
 *
 * Return: @err.
 */
int vring_add_failed(struct vring_virtqueue *vr, int err)
{
	if (!vr->is_packed)
		vring_split_expose(vr);
	if (err == -ENOSPC)
		vr->full++;
	if (err == -EINVAL)
		dev_err_ratelimited(&vr->vq.vdev->dev,
				    "queue %u (%s): buffer is empty, over 4 GiB or longer than the %u descriptors of the queue\n",
				    vr->vq.index, vr->vq.name ?: "-",
				    vr->mem.num);
	return err;
}
