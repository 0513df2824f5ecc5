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

/*
 * The cache mode after a reset is the device's choice: make it the old one.
 * The block layer is not told that there is no cache: what was written before
 * may not be stable yet.
 */
static void vblk_restore_cache(struct vblk *vblk)
{
	bool now;

	if (!vblk->has_wce)
		return;
	if (vblk_config_set_writeback(vblk, vblk->wanted, &now) || !now)
		return;
	WRITE_ONCE(vblk->writeback, true);
	blk_queue_write_cache(vblk->disk->queue, true, false);
}

/**
 * vblk_restore_queues - from negotiated features to queues that are used
 * @vblk: the disk, its device without queues
 *
 * Up to DRIVER_OK and beyond.  Context: process; @vblk->lock is held.
 *
 * Return: 0, or an error with the queues deleted.
 */
int vblk_restore_queues(struct vblk *vblk)
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

#ifdef CONFIG_PM

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
	/* Without requests nobody queues it any more. */
	flush_work(&vblk->fail_work);
	if (vblk->failed) {
		blk_mq_unfreeze_queue(q);
		return 0;
	}
	/* Waits for submitters that are about to notify. */
	vblk_stop(vdev);
	blk_mq_unfreeze_queue(q);
	virtio_reset_device(vdev);
	mutex_lock(&vblk->lock);
	vblk_queues_delete(vblk);
	mutex_unlock(&vblk->lock);
	return 0;
}

/**
 * vblk_restore - wake the device up
 * @vdev: the device, reset, with its features negotiated again
 *
 * When it cannot be set up again the bus calls vblk_dead(), or has it called
 * here: what was queued meanwhile fails, and does not wait for ever.
 * Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vblk_restore(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	int err;

	if (vblk->failed)
		return 0;
	err = vblk_restart(vdev);
	if (err && !virtio_has_recovery())
		vblk_dead(vdev, VIRTIO_FAILURE_ASLEEP);
	return err;
}

#endif /* CONFIG_PM */
