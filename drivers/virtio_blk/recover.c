// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When the device does not behave
 *
 * The request timeout, the answer to configuration changes (one of them says
 * that the device needs a reset), and giving a device up.
 *
 * A request that got no answer in time cannot simply be ended: its buffers
 * are the device's.  VIRTIO 1.4 knows no way to take one back but a reset
 * (2.4), so the device is reset, every outstanding request ends in an error,
 * and so does each later one, at once.  The device keeps the status FAILED
 * (2.1) until it is bound anew or replaced; the disk can be removed at any
 * time.  The limit is /sys/block/vdX/queue/io_timeout (milliseconds).
 */
#include <linux/blkdev.h>
#include "vblk.h"

/**
 * vblk_give_up - reset the device and end what it had
 * @vblk: the disk, locked, with its queues set up
 * @result: what the requests end with
 *
 * Order matters: first nobody touches the rings, then the device stops using
 * buffers, then interrupt handlers are through, and only then are requests
 * ended and their memory is anyone's.
 */
static void vblk_give_up(struct vblk *vblk, blk_status_t result)
{
	unsigned int i;

	lockdep_assert_held(&vblk->lock);
	vblk_queues_up(vblk, false);
	virtio_reset_device(vblk->vdev);
	virtio_synchronize_cbs(vblk->vdev);
	virtio_add_status(vblk->vdev, VIRTIO_CONFIG_S_FAILED);
	for (i = 0; i < vblk->nr_queues; i++)
		vblk_queue_abort(&vblk->queues[i], result);
	/* What waited for room in a ring is to fail as well. */
	blk_mq_start_stopped_hw_queues(vblk->disk->queue, true);
}

/**
 * vblk_fail - give the device up, once and for good
 * @vblk: the disk, with its disk allocated
 * @result: what outstanding requests end with
 * @why: for the log
 *
 * Context: process; takes @vblk->lock; waits as long as the transport's reset
 * does.  Harmless when the device was given up before.
 */
void vblk_fail(struct vblk *vblk, blk_status_t result, const char *why)
{
	mutex_lock(&vblk->lock);
	if (!vblk->failed) {
		vblk->failed = true;
		dev_err(&vblk->vdev->dev,
			"%s: resetting the device, all I/O on it fails from now on\n",
			why);
		if (vblk->queues[0].vq)
			vblk_give_up(vblk, result);
	}
	mutex_unlock(&vblk->lock);
}

/**
 * vblk_fail_work - give the device up because a ring is broken
 * @work: &vblk.fail_work
 */
void vblk_fail_work(struct work_struct *work)
{
	struct vblk *vblk = container_of(work, struct vblk, fail_work);

	vblk_fail(vblk, BLK_STS_IOERR, "virtqueue broken");
}

/* The ring has not given the command back. */
static bool vblk_still_out(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	unsigned long flags;
	bool out;

	spin_lock_irqsave(&q->lock, flags);
	out = cmd->in_ring;
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
 * Return: BLK_EH_DONE when the request was ended here, BLK_EH_RESET_TIMER
 * when somebody else is ending it.
 */
enum blk_eh_timer_return vblk_timeout(struct request *rq)
{
	struct vblk_queue *q = rq->mq_hctx->driver_data;
	struct vblk_cmd *cmd = vblk_rq_cmd(rq);

	vblk_queue_harvest(q);
	if (!vblk_still_out(q, cmd))
		return BLK_EH_RESET_TIMER;

	dev_err(&q->vblk->vdev->dev,
		"%s: no answer to operation %u at sector %llu in %u ms\n",
		q->name, req_op(rq), (u64)blk_rq_pos(rq),
		jiffies_to_msecs(rq->timeout));
	vblk_fail(q->vblk, BLK_STS_TIMEOUT, "request timed out");
	return BLK_EH_DONE;
}

/**
 * vblk_config_work - the device announced a change of its configuration
 * @work: &vblk.config_work
 *
 * Follows the capacity (VIRTIO 1.4, 5.2.6.1), and gives up a device that asks
 * for a reset (2.1.1): it may never answer what it has.
 * The block layer is told without the lock: it allocates memory, and freeing
 * some may need this very disk.
 */
void vblk_config_work(struct work_struct *work)
{
	struct vblk *vblk = container_of(work, struct vblk, config_work);
	bool needs_reset = false;
	u64 capacity;
	int err = -EIO;

	mutex_lock(&vblk->lock);
	if (!vblk->failed && vblk->queues[0].vq) {
		needs_reset = vblk->vdev->config->get_status(vblk->vdev) &
			      VIRTIO_CONFIG_S_NEEDS_RESET;
		err = vblk_config_capacity(vblk, &capacity);
	}
	mutex_unlock(&vblk->lock);

	if (needs_reset) {
		vblk_fail(vblk, BLK_STS_IOERR, "device needs a reset");
	} else if (!err) {
		WRITE_ONCE(vblk->capacity, capacity);
		set_capacity_and_notify(vblk->disk, capacity);
	}
}
