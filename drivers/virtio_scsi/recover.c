// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When the device fails
 *
 * The functions by which a SCSI host takes part in the recovery of its device
 * (virtio_recovery.h): the bus calls them in turn, and after a failure the
 * device is reset, set up again, and goes on.
 *
 * What it had is given back as DID_RESET: the middle layer then repeats what
 * comes from file systems and may be repeated, and tells whoever sent a command
 * of his own.  What comes meanwhile waits in the middle layer.  Logical units
 * may have come and gone while nobody listened, so all are looked at.
 *
 * A bus without recovery (the kernel's own) has the device reset and given up:
 * no command gets to it any more, each fails with DID_NO_CONNECT at once.
 */
#include <scsi/scsi_eh.h>
#include "vscsi.h"

struct workqueue_struct *vscsi_wq;

/**
 * vscsi_take_down - nobody touches a queue any more
 * @vs: the host
 *
 * New commands wait in the middle layer.  Context: process; does not wait.
 */
void vscsi_take_down(struct vscsi *vs)
{
	scsi_block_requests(vs->shost);
	vscsi_queues_up(vs, false);
}

/* Take the queue's commands out of its ring, and of our books. */
static void vscsi_queue_empty(struct vscsi_queue *q, struct vscsi_done *done)
{
	struct vscsi_cmd *cmd;

	del_timer_sync(&q->guard);
	spin_lock_irq(&q->lock);
	while ((cmd = virtqueue_detach_unused_buf(q->vq)))
		if (cmd->in_ring)
			vscsi_done_add(q, done, cmd);
	spin_unlock_irq(&q->lock);
}

/* What a ring lost track of: a device may have confused it. */
static void vscsi_find_lost(struct vscsi *vs, struct vscsi_done *done)
{
	struct vscsi_cmd *cmd;

	mutex_lock(&vs->books_lock);
	list_for_each_entry(cmd, &vs->books, book) {
		if (!cmd->in_ring)
			continue;
		spin_lock_irq(&cmd->q->lock);
		vscsi_done_add(cmd->q, done, cmd);
		spin_unlock_irq(&cmd->q->lock);
	}
	mutex_unlock(&vs->books_lock);
}

/**
 * vscsi_take_back - the device uses nothing any more: take it all back
 * @vs: the host, locked, down, its device reset
 *
 * Ends all commands and deletes the queues.  Waits only for those who are
 * about to notify, or end a command.
 * Context: process.
 */
void vscsi_take_back(struct vscsi *vs)
{
	struct vscsi_done done = VSCSI_DONE_INIT(done);
	struct vscsi_cmd *cmd, *next;
	unsigned int i;

	lockdep_assert_held(&vs->lock);
	if (!vs->set_up)
		return;
	synchronize_rcu();
	for (i = 0; i < vs->nr_queues; i++)
		vscsi_queue_empty(&vs->queues[i], &done);
	vscsi_find_lost(vs, &done);
	vscsi_ctrl_reclaim(vs);
	vscsi_events_reclaim(vs);
	vscsi_queues_delete(vs);

	for (cmd = done.first; cmd; cmd = next) {
		struct scsi_cmnd *sc = vscsi_scmd(cmd);

		next = cmd->next;
		vscsi_xfer_finish(vs, cmd);
		scsi_set_resid(sc, scsi_bufflen(sc));
		sc->result = DID_RESET << 16;
		scsi_done(sc);
	}
}

/**
 * vscsi_bring_up - set the queues up, and let the device work
 * @vs: the host, locked; its device reset, with its features negotiated
 *
 * Context: process.
 *
 * Return: 0, or why not, with the queues deleted.
 */
int vscsi_bring_up(struct vscsi *vs)
{
	int err;

	lockdep_assert_held(&vs->lock);
	err = vscsi_config_sizes(vs->vdev);
	if (err)
		return err;
	err = vscsi_queues_find(vs);
	if (err)
		return err;
	virtio_device_ready(vs->vdev);
	vscsi_queues_up(vs, true);
	return 0;
}

/**
 * vscsi_tell - whoever waits for a reset may go on
 * @vs: the host, its device reset: back, or given up
 *
 * Context: any.
 */
void vscsi_tell(struct vscsi *vs)
{
	WRITE_ONCE(vs->resets, vs->resets + 1);
	wake_up_all(&vs->reset_wait);
}

/**
 * vscsi_give_up - no command gets to the device any more
 * @vs: the host, its queues deleted
 *
 * Context: process.
 */
void vscsi_give_up(struct vscsi *vs)
{
	WRITE_ONCE(vs->dead, true);
	/* What waits is to fail. */
	scsi_unblock_requests(vs->shost);
	vscsi_tell(vs);
}

static void vscsi_recovery_stop(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;

	mutex_lock(&vs->lock);
	vscsi_take_down(vs);
	mutex_unlock(&vs->lock);
}

static void vscsi_recovery_reclaim(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;

	mutex_lock(&vs->lock);
	vscsi_take_back(vs);
	mutex_unlock(&vs->lock);
}

static int vscsi_recovery_restart(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;
	struct Scsi_Host *shost = vs->shost;
	unsigned long flags;
	int err;

	mutex_lock(&vs->lock);
	err = vscsi_bring_up(vs);
	mutex_unlock(&vs->lock);
	if (err)
		return err;
	/* The UNIT ATTENTION of each logical unit is no error. */
	spin_lock_irqsave(shost->host_lock, flags);
	scsi_report_bus_reset(shost, 0);
	spin_unlock_irqrestore(shost->host_lock, flags);
	scsi_unblock_requests(shost);
	vscsi_events_rescan(vs);
	vscsi_tell(vs);
	return 0;
}

static void vscsi_recovery_dead(struct virtio_device *vdev,
				enum virtio_failure why)
{
	struct vscsi *vs = vdev->priv;

	mutex_lock(&vs->lock);
	vs->frozen = false;
	vscsi_give_up(vs);
	mutex_unlock(&vs->lock);
}

const struct virtio_recovery_ops vscsi_recovery = {
	.stop		= vscsi_recovery_stop,
	.reclaim	= vscsi_recovery_reclaim,
	.restart	= vscsi_recovery_restart,
	.dead		= vscsi_recovery_dead,
};

/**
 * vscsi_report - the device failed
 * @vs: the host
 * @why: what is wrong
 *
 * Context: any, also under a queue's lock.
 */
void vscsi_report(struct vscsi *vs, enum virtio_failure why)
{
	if (virtqueue_ext_has(virtio_recovery_report))
		virtio_recovery_report(vs->vdev, why);
	else
		queue_work(vscsi_wq, &vs->fail_work);
}

/**
 * vscsi_fail_work - reset the device and give it up
 * @work: &vscsi.fail_work
 *
 * Where the bus has no recovery.  Order matters: first nobody touches the
 * rings, then the device stops using buffers, then interrupt handlers are
 * through, and only then are commands ended and their memory is anyone's.
 * Context: process; harmless when called twice.
 */
void vscsi_fail_work(struct work_struct *work)
{
	struct vscsi *vs = container_of(work, struct vscsi, fail_work);

	mutex_lock(&vs->lock);
	if (!vs->dead && vs->set_up) {
		dev_err(&vs->vdev->dev,
			"device failed: resetting it, all I/O on it fails from now on\n");
		vscsi_take_down(vs);
		virtio_reset_device(vs->vdev);
		virtio_synchronize_cbs(vs->vdev);
		virtio_add_status(vs->vdev, VIRTIO_CONFIG_S_FAILED);
		vscsi_take_back(vs);
		vscsi_give_up(vs);
	}
	mutex_unlock(&vs->lock);
}
