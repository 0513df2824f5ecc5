// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The event queue of a SCSI host
 *
 * Keeps the device supplied with buffers (VIRTIO 1.4, 5.6.6.3) and has
 * scan.c look at what comes.  The buffers are allocated once; each is copied
 * out before the device gets it again, so that what is looked at holds still.
 *
 * However many events come, one piece of work is pending for all of them; one
 * that says no more than the one before is dropped.  Lost events, and a device
 * that was reset, lead to a look at everything, at most once a second.
 */
#include <linux/slab.h>
#include "vscsi.h"

/* Between two looks at everything. */
#define VSCSI_RESCAN_PAUSE	HZ

static void vscsi_rescan_later(struct vscsi *vs, unsigned long delay)
{
	if (!READ_ONCE(vs->events.stop))
		queue_delayed_work(system_long_wq, &vs->events.rescan, delay);
}

/* Give one buffer to the device; the queue's lock is held. */
static int vscsi_event_add(struct vscsi_events *ev, void *buf)
{
	struct scatterlist sg;

	sg_init_one(&sg, buf, ev->size);
	return virtqueue_add_inbuf(ev->vq, &sg, 1, buf, GFP_ATOMIC);
}

/**
 * vscsi_events_fetch - copy reported events, and give the buffers back
 * @vs: the host
 * @to: room for VSCSI_EVENTS
 *
 * A used length that does not cover an event makes it one that says nothing.
 *
 * Return: how many.
 */
static unsigned int vscsi_events_fetch(struct vscsi *vs,
				       struct virtio_scsi_event *to)
{
	struct vscsi_events *ev = &vs->events;
	unsigned int n = 0;
	void *buf;
	u32 len;

	spin_lock_irq(&ev->lock);
	while (n < VSCSI_EVENTS && ev->up &&
	       (buf = virtqueue_get_buf(ev->vq, &len))) {
		memcpy(&to[n], buf, sizeof(*to));
		if (len < sizeof(*to) && !vs->legacy) {
			dev_warn_ratelimited(&vs->vdev->dev,
					     "event of %u bytes\n", len);
			memset(&to[n], 0, sizeof(*to));
		}
		n++;
		/* As many as were taken out fit in. */
		if (vscsi_event_add(ev, buf))
			break;
	}
	/* Rare enough to leave the lock's holder with the notification. */
	if (n)
		virtqueue_kick(ev->vq);
	spin_unlock_irq(&ev->lock);
	return n;
}

static bool vscsi_events_missed(struct vscsi *vs,
				const struct virtio_scsi_event *ev)
{
	return virtio32_to_cpu(vs->vdev, ev->event) &
	       VIRTIO_SCSI_T_EVENTS_MISSED;
}

static void vscsi_events_work(struct work_struct *work)
{
	struct vscsi *vs = container_of(work, struct vscsi, events.work);
	struct virtio_scsi_event evs[VSCSI_EVENTS];
	unsigned int i, n;
	bool missed = false;

	n = vscsi_events_fetch(vs, evs);
	for (i = 0; i < n && !READ_ONCE(vs->events.stop); i++) {
		missed |= vscsi_events_missed(vs, &evs[i]);
		if (i + 1 < n && !memcmp(&evs[i], &evs[i + 1], sizeof(*evs)))
			continue;
		vscsi_scan_event(vs, &evs[i]);
	}
	if (missed) {
		dev_info_ratelimited(&vs->vdev->dev,
				     "events were lost: scanning the host\n");
		vscsi_rescan_later(vs, VSCSI_RESCAN_PAUSE);
	}
	/* There may be more than one took. */
	if (n && !READ_ONCE(vs->events.stop))
		queue_work(system_long_wq, &vs->events.work);
}

static void vscsi_rescan_work(struct work_struct *work)
{
	struct vscsi *vs = container_of(to_delayed_work(work), struct vscsi,
					events.rescan);

	vscsi_scan_all(vs);
}

/**
 * vscsi_events_rescan - events may have been lost: look at everything
 * @vs: the host
 *
 * Context: any.
 */
void vscsi_events_rescan(struct vscsi *vs)
{
	vscsi_rescan_later(vs, 0);
}

/**
 * vscsi_event_done - the device reported something
 * @vq: the event queue
 *
 * Context: hard interrupt (or whatever the transport calls from).
 */
void vscsi_event_done(struct virtqueue *vq)
{
	struct vscsi *vs = vq->vdev->priv;

	if (READ_ONCE(vs->events.up) && !READ_ONCE(vs->events.stop))
		queue_work(system_long_wq, &vs->events.work);
}

/**
 * vscsi_events_alloc - allocate the buffers
 * @vs: the host; its limits are read
 *
 * Each has its cache lines for itself.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vscsi_events_alloc(struct vscsi *vs)
{
	struct vscsi_events *ev = &vs->events;

	spin_lock_init(&ev->lock);
	INIT_WORK(&ev->work, vscsi_events_work);
	INIT_DELAYED_WORK(&ev->rescan, vscsi_rescan_work);
	ev->size = vs->limits.event_size;
	ev->stride = ALIGN(ev->size, VSCSI_ALIGN);
	ev->mem = kcalloc(VSCSI_EVENTS, ev->stride, GFP_KERNEL);
	return ev->mem ? 0 : -ENOMEM;
}

/**
 * vscsi_events_free - the end of vscsi_events_alloc()
 * @vs: the host; its device is reset, vscsi_events_stop() was called
 */
void vscsi_events_free(struct vscsi *vs)
{
	kfree(vs->events.mem);
}

/**
 * vscsi_events_up - supply the device with buffers, or touch the queue no more
 * @vs: the host, DRIVER_OK if @up
 * @up: which of the two
 *
 * Context: process.
 */
void vscsi_events_up(struct vscsi *vs, bool up)
{
	struct vscsi_events *ev = &vs->events;
	unsigned int i;

	spin_lock_irq(&ev->lock);
	ev->up = up;
	for (i = 0; up && i < VSCSI_EVENTS; i++)
		if (vscsi_event_add(ev, ev->mem + i * ev->stride))
			break;
	if (up)
		virtqueue_kick(ev->vq);
	spin_unlock_irq(&ev->lock);
}

/**
 * vscsi_events_reclaim - take the buffers back
 * @vs: the host; its device is reset, the queue down and still there
 *
 * What was reported and not looked at is lost.  Context: process.
 */
void vscsi_events_reclaim(struct vscsi *vs)
{
	while (virtqueue_detach_unused_buf(vs->events.vq))
		;
}

/**
 * vscsi_events_stop - the host leaves: scan no more
 * @vs: the host
 *
 * Waits for a scan that runs, whose commands have a limit.  Context: process.
 */
void vscsi_events_stop(struct vscsi *vs)
{
	WRITE_ONCE(vs->events.stop, true);
	cancel_work_sync(&vs->events.work);
	cancel_delayed_work_sync(&vs->events.rescan);
	/* One of them may have seen the old word and started the other. */
	cancel_work_sync(&vs->events.work);
	cancel_delayed_work_sync(&vs->events.rescan);
}
