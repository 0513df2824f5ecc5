// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When the device does not behave
 *
 * The request timeout, what the bus calls when the device failed
 * (virtio_recovery.h), and the answer to configuration changes.
 *
 * A request that got no answer in time cannot simply be ended: its buffers
 * are the device's.  VIRTIO 1.4 knows no way to take one back but a reset
 * (2.4), and says neither that what was outstanding was done nor that it was
 * not (2.1.1).  So every request is taken back and given again, up to
 * %VBLK_TRIES times, if it can be done twice:
 *
 * - reads;
 * - writes, discards, write zeroes and secure erases: the same to the same
 *   place.  Nobody may count on the order of requests that are on their way
 *   at the same time, so that what was written later lies elsewhere, or came
 *   after what is given again had ended.
 * - flushes.  What was written and has ended before the flush becomes stable
 *   by a flush that is sent after it and completed itself (5.2.6.2), whether
 *   or not the device was reset in between.
 *
 * Others end in an error: what the driver itself asks, and what has to do with
 * the write pointer of a zone.  The limit is /sys/block/vdX/queue/io_timeout (milliseconds).
 *
 * Between stop and restart requests wait in blk-mq, which is quiesced.  On the
 * kernel's own bus nobody calls these functions but vblk_fail(): a failed
 * device is given up there.
 */
#include <linux/blkdev.h>
#include "vblk.h"

/* How often a request is given again. */
#define VBLK_TRIES	2

/**
 * vblk_stop - nobody touches the queues any more
 * @vdev: the device
 *
 * Waits for submitters that are about to notify.  Context: process; takes
 * @vblk->lock.
 */
void vblk_stop(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;

	blk_mq_quiesce_queue(vblk->disk->queue);
	mutex_lock(&vblk->lock);
	vblk_queues_up(vblk, false);
	vblk->held = true;
	mutex_unlock(&vblk->lock);
}

/* Can it be done twice, and was it not given too often? */
static bool vblk_again(struct request *rq)
{
	struct vblk_pdu *pdu = vblk_rq_pdu(rq);

	switch (req_op(rq)) {
	case REQ_OP_WRITE:
	case REQ_OP_WRITE_ZEROES:
		/* It may have moved the write pointer of its zone. */
		if (disk_zone_is_seq(rq->q->disk, blk_rq_pos(rq)))
			return false;
		break;
	case REQ_OP_READ:
	case REQ_OP_FLUSH:
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
		break;
	default:
		return false;
	}
	/* The flag says that the count is valid; blk-mq merges no such. */
	if (!(rq->rq_flags & RQF_DONTPREP))
		pdu->tries = 0;
	rq->rq_flags |= RQF_DONTPREP;
	return pdu->tries++ < VBLK_TRIES;
}

/**
 * vblk_reclaim - take all requests back from a device after its reset
 * @vdev: the device
 *
 * What is to be given again waits in blk-mq's list for that.  No timeout runs
 * meanwhile: it would look at requests that change hands.
 * Context: process; takes @vblk->lock.
 */
void vblk_reclaim(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	struct vblk_cmd *cmd, *next;
	unsigned int i;

	blk_sync_queue(vblk->disk->queue);
	mutex_lock(&vblk->lock);
	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		for (cmd = vblk_queue_take_all(q); cmd; cmd = next) {
			next = cmd->next;
			vblk_xfer_finish(q, cmd);
			cmd->result = BLK_STS_TIMEOUT;
			if (vblk_again(cmd->rq))
				blk_mq_requeue_request(cmd->rq, false);
			else
				blk_mq_complete_request(cmd->rq);
		}
	}
	vblk_queues_delete(vblk);
	mutex_unlock(&vblk->lock);
}

/**
 * vblk_let_go - requests go on, to the device or to their end
 * @vblk: the disk
 *
 * Does nothing unless they are held.  Context: process; takes @vblk->lock.
 */
static void vblk_let_go(struct vblk *vblk)
{
	struct request_queue *q = vblk->disk->queue;
	bool held;

	mutex_lock(&vblk->lock);
	held = vblk->held;
	vblk->held = false;
	mutex_unlock(&vblk->lock);
	if (!held)
		return;
	/* What waited for room in a ring that is no more. */
	blk_mq_start_stopped_hw_queues(q, true);
	blk_mq_unquiesce_queue(q);
	blk_mq_kick_requeue_list(q);
}

/**
 * vblk_restart - set the queues up again and go on
 * @vdev: the device, reset, with its features negotiated again
 *
 * After system sleep as well.  Context: process; takes @vblk->lock.
 *
 * Return: 0 or why the queues could not be set up; requests are held then.
 */
int vblk_restart(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	int err;

	mutex_lock(&vblk->lock);
	err = vblk_restore_queues(vblk);
	mutex_unlock(&vblk->lock);
	if (err)
		return err;
	vblk_let_go(vblk);
	queue_work(vblk_wq, &vblk->config_work);
	return 0;
}

/**
 * vblk_dead - all I/O fails from now on
 * @vdev: the device, without queues
 * @why: what is wrong with it
 *
 * Context: process; takes @vblk->lock.
 */
void vblk_dead(struct virtio_device *vdev, enum virtio_failure why)
{
	struct vblk *vblk = vdev->priv;

	dev_err(&vdev->dev, "%s: all I/O on it fails from now on\n",
		vblk->disk->disk_name);
	mutex_lock(&vblk->lock);
	vblk->failed = true;
	mutex_unlock(&vblk->lock);
	vblk_let_go(vblk);
}

const struct virtio_recovery_ops vblk_recovery = {
	.stop		= vblk_stop,
	.reclaim	= vblk_reclaim,
	.restart	= vblk_restart,
	.dead		= vblk_dead,
};

/**
 * vblk_fail - the device failed, and the bus does not see to it
 * @vblk: the disk
 *
 * On the kernel's own bus only.  Once and for good: nothing could bring it up.
 * Harmless when the device was given up before, or has no queues.
 * Context: process; one caller at a time.
 */
void vblk_fail(struct vblk *vblk)
{
	struct virtio_device *vdev = vblk->vdev;
	bool up;

	mutex_lock(&vblk->lock);
	up = !vblk->failed && !vblk->held && vblk->queues[0].vq;
	mutex_unlock(&vblk->lock);
	if (!up)
		return;
	vblk_stop(vdev);
	virtio_reset_device(vdev);
	virtio_synchronize_cbs(vdev);
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FAILED);
	vblk_reclaim(vdev);
	vblk_dead(vdev, VIRTIO_FAILURE_TIMEOUT);
}

/**
 * vblk_fail_work - give the device up from a context that cannot
 * @work: &vblk.fail_work
 */
void vblk_fail_work(struct work_struct *work)
{
	vblk_fail(container_of(work, struct vblk, fail_work));
}

/**
 * vblk_report - the device failed
 * @vblk: the disk
 * @why: what is wrong
 *
 * Context: any.
 */
void vblk_report(struct vblk *vblk, enum virtio_failure why)
{
	if (virtio_has_recovery())
		virtio_report_failure(vblk->vdev, why);
	else
		queue_work(vblk_wq, &vblk->fail_work);
}

/* The ring has not given the command back, and may still do so. */
static bool vblk_still_out(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	unsigned long flags;
	bool out;

	spin_lock_irqsave(&q->lock, flags);
	out = q->up && cmd->in_ring;
	spin_unlock_irqrestore(&q->lock, flags);
	return out;
}

/**
 * vblk_timeout - a request took too long
 * @rq: the request; blk-mq holds a reference, so its tag is not reused
 *
 * blk-mq's timeout operation.  First looks whether the answer is there and
 * only the interrupt, or the poller, is missing.
 * Context: process (kblockd).
 *
 * Return: BLK_EH_RESET_TIMER: somebody else ends it, or gives it again.
 */
enum blk_eh_timer_return vblk_timeout(struct request *rq)
{
	struct vblk_queue *q = rq->mq_hctx->driver_data;
	struct vblk_cmd *cmd = vblk_rq_cmd(rq);

	vblk_queue_harvest(q);
	if (!vblk_still_out(q, cmd))
		return BLK_EH_RESET_TIMER;

	dev_err_ratelimited(&q->vblk->vdev->dev,
			    "%s: no answer to operation %u at sector %llu in %u ms\n",
			    q->name, req_op(rq), (u64)blk_rq_pos(rq),
			    jiffies_to_msecs(rq->timeout));
	vblk_report(q->vblk, VIRTIO_FAILURE_TIMEOUT);
	return BLK_EH_RESET_TIMER;
}

/**
 * vblk_config_work - the device announced a change of its configuration
 * @work: &vblk.config_work
 *
 * Follows the capacity (VIRTIO 1.4, 5.2.6.1).  The block layer is told without
 * the lock: it allocates memory, and freeing some may need this very disk.
 */
void vblk_config_work(struct work_struct *work)
{
	struct vblk *vblk = container_of(work, struct vblk, config_work);
	u64 capacity;
	int err = -EIO;

	mutex_lock(&vblk->lock);
	if (!vblk->failed && !vblk->held)
		err = vblk_config_capacity(vblk, &capacity);
	mutex_unlock(&vblk->lock);

	if (err)
		return;
	WRITE_ONCE(vblk->capacity, capacity);
	if (vblk_is_zoned(vblk))
		queue_work(vblk_wq, &vblk->zone_work);
	else
		set_capacity_and_notify(vblk->disk, capacity);
}
