// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When the device fails
 *
 * The balloon's part in the recovery of include/virtio_recovery.h.
 *
 * After a reset the device has an empty balloon, as far as the specification
 * says anything (VIRTIO 1.4, 2.4: it is as after power-on).  The driver keeps
 * every page that was in the balloon, lets nobody use it, and tells the device
 * of all of them again, as the first thing after the reset.  This is right
 * whatever the device really remembers: to name a page twice takes nothing
 * away, while a page that was used without deflating it first, and that the
 * device still thinks it has, may lose its contents at any time (5.5.6:
 * MUST_TELL_HOST).  And a host that gave the memory to others is not asked for
 * gigabytes at once because one queue failed.
 *
 * When the device cannot be brought back, nobody takes pages any more, and
 * all of them go to the guest.
 *
 * On the kernel's own bus there is no such mechanism, and a device that failed
 * is reset and given up by &vbal.fail_work.
 */
#include "vbal.h"

/**
 * vbal_fail - the device does not do what it should
 * @vb: the balloon
 * @why: what is wrong
 *
 * Once until it is set up again.  Context: process.
 */
void vbal_fail(struct vbal *vb, enum virtio_failure why)
{
	if (xchg(&vb->failed, 1))
		return;
	dev_err(&vb->vdev->dev, "%s\n", why == VIRTIO_FAILURE_TIMEOUT ?
		"the host does not answer" : "a virtqueue is broken");
	if (virtqueue_ext_has(virtio_recovery_report))
		virtio_report_failure(vb->vdev, why);
	else
		queue_work(system_long_wq, &vb->fail_work);
}

/**
 * vbal_quiet - stop the work items, wherever they are
 * @vb: the balloon
 *
 * Also when their queue is frozen.  Context: process; waits for the device as
 * long as they do, and not at all when the queues are down.
 */
void vbal_quiet(struct vbal *vb)
{
	cancel_delayed_work_sync(&vb->work);
	cancel_delayed_work_sync(&vb->stats_work);
	cancel_work_sync(&vb->hints.work);
}

/**
 * vbal_stop - nobody touches a queue or the configuration any more
 * @vb: the balloon
 *
 * Context: process, does not wait for the device.
 */
void vbal_stop(struct vbal *vb)
{
	vbal_queues_up(vb, false);
	vbal_quiet(vb);
}

/* A batch whose user has gone: its pages to where all pages go. */
static void vbal_batch_lost(struct vbal *vb, struct vbal_batch *b)
{
	if (b->state == VBAL_USED)
		vbal_settle_used(vb, b);
	if (b->state == VBAL_IDLE)
		return;
	if (b->q == &vb->queues[VBAL_VQ_DEFLATE]) {
		vbal_account(vb, &b->pages, true);
		atomic_long_sub(b->nr, &vb->held);
	}
	list_splice_tail_init(&b->pages, &vb->untold);
	b->nr = 0;
	b->state = VBAL_IDLE;
}

/* One whose user waits for the end: this is it. */
static void vbal_batch_end(struct vbal_batch *b)
{
	struct vbal_queue *q = b->q;

	if (!q)
		return;
	spin_lock(&q->lock);
	if (b->state == VBAL_OUT)
		b->state = VBAL_LOST;
	spin_unlock(&q->lock);
	wake_up_all(&q->wait);
}

static void vbal_report_end(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_REPORT];

	spin_lock(&q->lock);
	vb->report_out = false;
	spin_unlock(&q->lock);
	wake_up_all(&q->wait);
}

/**
 * vbal_reclaim - the device is reset: all pages to &vbal.untold
 * @vb: the balloon, stopped
 *
 * Deletes the queues.  Context: process, sleeps.
 */
void vbal_reclaim(struct vbal *vb)
{
	unsigned int i;

	vbal_batch_end(&vb->migrate_in);
	vbal_batch_end(&vb->migrate_out);
	vbal_report_end(vb);
	/* Callbacks queue work, which finds the queues down. */
	virtio_synchronize_cbs(vb->vdev);
	vbal_quiet(vb);
	vbal_queues_delete(vb);

	mutex_lock(&vb->migrate_lock);
	vbal_take_stray(vb);
	mutex_unlock(&vb->migrate_lock);
	mutex_lock(&vb->life);
	for (i = 0; i < VBAL_BATCHES; i++)
		vbal_batch_lost(vb, &vb->batch[i]);
	vbal_batch_lost(vb, &vb->oom_batch);
	vb->pending = 0;
	vbal_forget(vb);
	mutex_unlock(&vb->life);
	if (vb->has_hints)
		vbal_hints_lost(vb);
}

static void vbal_recovery_stop(struct virtio_device *vdev)
{
	vbal_stop(vdev->priv);
}

static void vbal_recovery_reclaim(struct virtio_device *vdev)
{
	vbal_reclaim(vdev->priv);
}

static int vbal_recovery_restart(struct virtio_device *vdev)
{
	return vbal_start(vdev->priv);
}

static void vbal_recovery_dead(struct virtio_device *vdev,
			       enum virtio_failure why)
{
	struct vbal *vb = vdev->priv;

	vb->dead = true;
	dev_err(&vdev->dev, "given up, the guest has all its memory\n");
	vbal_free(&vb->untold);
}

const struct virtio_recovery_ops vbal_recovery_ops = {
	.stop		= vbal_recovery_stop,
	.reclaim	= vbal_recovery_reclaim,
	.restart	= vbal_recovery_restart,
	.dead		= vbal_recovery_dead,
};

/**
 * vbal_fail_work - give the device up, where the bus knows no recovery
 * @work: &vbal.fail_work
 */
void vbal_fail_work(struct work_struct *work)
{
	struct vbal *vb = container_of(work, struct vbal, fail_work);
	struct virtio_device *vdev = vb->vdev;

	vbal_stop(vb);
	virtio_reset_device(vdev);
	vbal_reclaim(vb);
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FAILED);
	vbal_recovery_dead(vdev, VIRTIO_FAILURE_TIMEOUT);
}
