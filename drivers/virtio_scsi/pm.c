// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suspend and resume of a SCSI host
 *
 * Called by the bus around suspend and hibernation, and around a reset of the
 * function below.  The device is reset and its virtqueues are deleted, so
 * commands are let end before, for a limited time.  Afterwards they may be
 * queued, by whoever is still awake, but wait in the middle layer until the
 * device is back.
 */
#include <linux/delay.h>
#include "vscsi.h"

/**
 * vscsi_thaw - fail what waits for a device that did not come back
 * @vs: the host
 *
 * Does nothing unless the device is suspended.  Context: process.
 */
void vscsi_thaw(struct vscsi *vs)
{
	mutex_lock(&vs->lock);
	if (vs->frozen) {
		vs->frozen = false;
		vscsi_give_up(vs);
	}
	mutex_unlock(&vs->lock);
}

#ifdef CONFIG_PM

/* More than a command's time and what ends it when that is over. */
#define VSCSI_DRAIN_LIMIT	(60 * HZ)

static bool vscsi_idle(struct vscsi *vs)
{
	unsigned int i;

	for (i = 0; i < vs->nr_queues; i++)
		if (READ_ONCE(vs->queues[i].out))
			return false;
	return true;
}

/* Let what is out end; the queues are looked at, polled ones have nobody. */
static bool vscsi_drain(struct vscsi *vs)
{
	unsigned long end = jiffies + VSCSI_DRAIN_LIMIT;
	unsigned int i;

	while (!vscsi_idle(vs)) {
		for (i = 0; i < vs->nr_queues; i++)
			if (vs->queues[i].polled)
				vscsi_harvest(&vs->queues[i]);
		if (time_after(jiffies, end))
			return false;
		msleep(20);
	}
	return true;
}

/**
 * vscsi_freeze - put the device to sleep
 * @vdev: the device; configuration changes are no longer delivered
 *
 * A command that error handling sends in between comes back as DID_RESET.
 * Context: process.
 *
 * Return: 0, or -EBUSY when commands are still out after the limit: the host
 * then goes on as before.
 */
int vscsi_freeze(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;

	scsi_block_requests(vs->shost);
	if (!vscsi_drain(vs)) {
		scsi_unblock_requests(vs->shost);
		dev_err(&vdev->dev, "commands did not end in %u s\n",
			VSCSI_DRAIN_LIMIT / HZ);
		return -EBUSY;
	}
	mutex_lock(&vs->lock);
	vscsi_take_down(vs);
	virtio_reset_device(vdev);
	virtio_synchronize_cbs(vdev);
	vscsi_take_back(vs);
	vs->frozen = true;
	mutex_unlock(&vs->lock);
	return 0;
}

/**
 * vscsi_restore - wake the device up
 * @vdev: the device, reset, with its features negotiated again
 *
 * A device that was given up before stays so.  One that cannot be set up
 * again is given up: what was queued meanwhile fails, and does not wait for
 * ever.
 * Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vscsi_restore(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;
	int err = 0;

	mutex_lock(&vs->lock);
	vs->frozen = false;
	if (!vs->dead)
		err = vscsi_bring_up(vs);
	if (err) {
		dev_err(&vdev->dev,
			"not resumed (%d): all I/O on it fails from now on\n",
			err);
		vscsi_give_up(vs);
	}
	mutex_unlock(&vs->lock);
	scsi_unblock_requests(vs->shost);
	if (err)
		return err;
	vscsi_events_rescan(vs);
	/* A host reset that came in between has been done thereby. */
	vscsi_tell(vs);
	return 0;
}

#endif /* CONFIG_PM */
