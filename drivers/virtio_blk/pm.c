// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suspend and resume of a block device
 *
 * Called by the bus around suspend and hibernation.  The device is reset and
 * its virtqueues are deleted, so nothing may be outstanding: the queue is
 * drained, for a limited time.  Afterwards requests may be queued, by whoever
 * is still awake, but wait in blk-mq until the device is back.
 */
#include <linux/blkdev.h>
#include "vblk.h"

/**
 * vblk_thaw - fail what waits for a device that did not come back
 * @vblk: the disk
 *
 * Does nothing unless the device is suspended.  Context: process.
 */
void vblk_thaw(struct vblk *vblk)
{
	bool frozen;

	mutex_lock(&vblk->lock);
	frozen = vblk->frozen;
	if (frozen) {
		vblk->frozen = false;
		vblk->failed = true;
	}
	mutex_unlock(&vblk->lock);
	if (frozen)
		blk_mq_unquiesce_queue(vblk->disk->queue);
}

/**
 * vblk_wake_work - the device should have been back long ago
 * @work: &vblk.wake_work
 */
void vblk_wake_work(struct work_struct *work)
{
	struct vblk *vblk = container_of(to_delayed_work(work), struct vblk,
					 wake_work);

	dev_err(&vblk->vdev->dev,
		"not back from suspend: all I/O on it fails from now on\n");
	vblk_thaw(vblk);
}

#ifdef CONFIG_PM

/*
 * What resuming may take, not counting sleep.  It ends the wait for a device
 * whose transport or bus could not bring it back and so never called us.
 */
#define VBLK_WAKE_LIMIT		(60 * HZ)

/* More than the default request timeout, which ends what hangs. */
#define VBLK_DRAIN_LIMIT	(60 * HZ)

/**
 * vblk_freeze - put the device to sleep
 * @vdev: the device; configuration changes are no longer delivered
 *
 * Context: process.
 *
 * Return: 0, or -EBUSY when requests are still out after the limit: the disk
 * then goes on as before.
 */
int vblk_freeze(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	struct request_queue *q = vblk->disk->queue;

	flush_work(&vblk->config_work);
	blk_freeze_queue_start(q);
	if (!blk_mq_freeze_queue_wait_timeout(q, VBLK_DRAIN_LIMIT)) {
		blk_mq_unfreeze_queue(q);
		dev_err(&vdev->dev, "requests did not end in %u s\n",
			VBLK_DRAIN_LIMIT / HZ);
		return -EBUSY;
	}
	/* Waits also for submitters that are about to notify. */
	blk_mq_quiesce_queue(q);
	blk_mq_unfreeze_queue(q);

	mutex_lock(&vblk->lock);
	vblk_queues_up(vblk, false);
	virtio_reset_device(vdev);
	vblk->frozen = true;
	mutex_unlock(&vblk->lock);
	cancel_work_sync(&vblk->fail_work);
	mutex_lock(&vblk->lock);
	vblk_queues_delete(vblk);
	mutex_unlock(&vblk->lock);
	queue_delayed_work(vblk_wq, &vblk->wake_work, VBLK_WAKE_LIMIT);
	return 0;
}

/* The cache mode after a reset is the device's choice: make it the old one. */
static void vblk_restore_cache(struct vblk *vblk)
{
	bool now;

	if (!vblk->has_wce)
		return;
	if (vblk_config_set_writeback(vblk, vblk->writeback, &now))
		return;
	WRITE_ONCE(vblk->writeback, now);
	blk_queue_write_cache(vblk->disk->queue, now, false);
}

static int vblk_restore_queues(struct vblk *vblk)
{
	int err;

	err = vblk_queues_find(vblk);
	if (err)
		return err;
	err = vblk_tags_init_tables(vblk);
	if (err) {
		vblk_queues_delete(vblk);
		return err;
	}
	vblk_restore_cache(vblk);
	virtio_device_ready(vblk->vdev);
	err = vblk_ring_restore(vblk);
	if (err) {
		virtio_reset_device(vblk->vdev);
		vblk_queues_delete(vblk);
		return err;
	}
	vblk_queues_up(vblk, true);
	return 0;
}

/**
 * vblk_restore - wake the device up
 * @vdev: the device, reset, with its features negotiated again
 *
 * A device that was given up before stays so.  One that cannot be set up
 * again is given up: what was queued meanwhile fails, and does not wait for
 * ever.
 * Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vblk_restore(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	bool frozen;
	int err = 0;

	cancel_delayed_work_sync(&vblk->wake_work);
	mutex_lock(&vblk->lock);
	frozen = vblk->frozen;
	vblk->frozen = false;
	if (!vblk->failed) {
		err = vblk_restore_queues(vblk);
		vblk->failed = err;
	}
	mutex_unlock(&vblk->lock);

	if (frozen)
		blk_mq_unquiesce_queue(vblk->disk->queue);
	if (err)
		dev_err(&vdev->dev, "not resumed (%d): all I/O on it fails from now on\n",
			err);
	else
		queue_work(vblk_wq, &vblk->config_work);
	return err;
}

#endif /* CONFIG_PM */
