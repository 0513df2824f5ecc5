// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When a device breaks the rules
 *
 * One answer to everything that a device can do wrong: the queue is broken,
 * the reason is counted, one line in the log says device, queue and reason,
 * and whoever uses the queue gets errors.  Called by the layouts and by
 * virtqueue.c; all of it is off the path of a device that behaves.
 *
 * Lines are printed from a work item: the caller holds the queue's lock,
 * and the console may be a virtio device with that very queue.
 */
#define CREATE_TRACE_POINTS
#include "vring.h"
#include "vring_trace.h"

#include <linux/ratelimit.h>

/* Told of each queue that breaks; set while no queue exists. */
static void (*vring_watcher)(struct virtqueue *vq);

/**
 * virtqueue_ext_watch - be told when a device breaks a queue
 * @broken: to be called, in any context, with the queue's lock held; NULL for
 *	nobody
 *
 * For virtio.ko, from load to unload: no queue is there at either time.
 */
void virtqueue_ext_watch(void (*broken)(struct virtqueue *vq))
{
	WRITE_ONCE(vring_watcher, broken);
}
EXPORT_SYMBOL_GPL(virtqueue_ext_watch);

static void vring_tell(struct vring_virtqueue *vr)
{
	void (*broken)(struct virtqueue *vq) = READ_ONCE(vring_watcher);

	if (broken)
		broken(&vr->vq);
}

static void vring_say(struct vring_virtqueue *vr, enum vring_say what)
{
	set_bit(what, &vr->say);
	queue_work(vring_wq, &vr->report);
}

static void vring_report(struct work_struct *work)
{
	struct vring_virtqueue *vr =
		container_of(work, struct vring_virtqueue, report);

	struct device *dev = &vr->vq.vdev->dev;
	const char *name = vr->vq.name ?: "-";

	if (test_and_clear_bit(VRING_SAY_BROKEN, &vr->say))
		dev_err_ratelimited(dev, "queue %u (%s) is broken: %s\n",
				    vr->vq.index, name, vr->reason);
	if (test_and_clear_bit(VRING_SAY_MISFIT, &vr->say))
		dev_err_ratelimited(dev,
				    "queue %u (%s): buffer is empty, over 4 GiB or longer than the %u descriptors of the queue\n",
				    vr->vq.index, name, vr->mem.num);
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
 * A queue that a transport broke without a word may still get one.
 * Context: any; may run while the queue is in use.
 */
void vring_break(struct vring_virtqueue *vr, enum virtqueue_error kind,
		 const char *fmt, ...)
{
	va_list args;

	vr->errors[kind]++;
	vring_set_broken(vr, true);
	if (test_and_set_bit(VRING_HAS_REASON, &vr->say))
		return;

	va_start(args, fmt);
	vscnprintf(vr->reason, sizeof(vr->reason), fmt, args);
	va_end(args);
	trace_virtqueue_break(&vr->vq, vr->reason);
	vring_say(vr, VRING_SAY_BROKEN);
	vring_tell(vr);
}

/**
 * vring_bad_id - the device returned an id that no buffer could have
 * @vr: the queue
 * @id: the id
 *
 * Return: NULL.
 */
void *vring_bad_id(struct vring_virtqueue *vr, u32 id)
{
	vring_break(vr, VQ_ERR_ID, "used id %u is out of range", id);
	return NULL;
}

/**
 * vring_stale_id - the device returned an id that it does not have
 * @vr: the queue
 * @id: the id
 *
 * Return: NULL.
 */
void *vring_stale_id(struct vring_virtqueue *vr, u32 id)
{
	vring_break(vr, VQ_ERR_STALE, "used id %u is not outstanding", id);
	return NULL;
}

/**
 * vring_bad_index - the device's used idx cannot be
 * @vr: the queue
 * @idx: the idx
 *
 * Return: NULL.
 */
void *vring_bad_index(struct vring_virtqueue *vr, u16 idx)
{
	vring_break(vr, VQ_ERR_INDEX, "used idx %u is outside of %u..%u", idx,
		    (u16)vr->taken, (u16)READ_ONCE(vr->split.published));
	return NULL;
}

/**
 * vring_bad_order - an in-order batch reaches beyond the used idx
 * @vr: the queue
 * @id: id of its last chain
 *
 * Return: NULL.
 */
void *vring_bad_order(struct vring_virtqueue *vr, u32 id)
{
	vring_break(vr, VQ_ERR_ORDER, "used id %u is not in order", id);
	return NULL;
}

/**
 * vring_bad_len - strict: the device wrote more than the buffer can hold
 * @vr: the queue
 * @len: what it says, bytes
 * @max: what the buffer can hold, bytes
 *
 * VIRTIO 1.4, 2.7.8.2 and 2.8.  Return: NULL.
 */
void *vring_bad_len(struct vring_virtqueue *vr, u32 len, u32 max)
{
	vring_break(vr, VQ_ERR_LEN, "used length %u is above the %u bytes of the buffer",
		    len, max);
	return NULL;
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
		vring_say(vr, VRING_SAY_MISFIT);
	return err;
}

/* Tracepoints out of the line of the hot path; each passes a value through. */
int vring_trace_added(struct vring_virtqueue *vr, void *data, u16 num,
		      u32 in_bytes)
{
	trace_virtqueue_add(&vr->vq, data, num, in_bytes);
	return 0;
}

void *vring_trace_got(struct vring_virtqueue *vr, void *data, u32 len)
{
	trace_virtqueue_get(&vr->vq, data, len);
	return data;
}

bool vring_trace_decided(struct vring_virtqueue *vr, bool due)
{
	trace_virtqueue_notify(&vr->vq, due);
	return due;
}

void vring_trace_interrupt(struct vring_virtqueue *vr, bool used)
{
	trace_virtqueue_interrupt(&vr->vq, used);
}
