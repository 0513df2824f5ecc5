// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suspend and resume of a network device
 *
 * Called by the bus around suspend and hibernation, and by the transport
 * around a reset of the function while everything runs
 * (virtio_live_reset.h).  Both are a recovery that nothing went before: the
 * device is reset, its virtqueues are deleted, and it gets all it knew again.
 */
#include <linux/rtnetlink.h>
#include "rx.h"
#include "vnet_ctl.h"

#ifdef CONFIG_PM

/**
 * vnet_freeze - put the device to sleep
 * @vdev: the device; configuration changes are no longer delivered
 *
 * Context: process.
 *
 * Return: 0.
 */
int vnet_freeze(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;

	flush_work(&vnet->config_work);
	flush_work(&vnet->fail_work);
	if (vnet->failed)
		return 0;
	vnet_stop(vdev);
	virtio_reset_device(vdev);
	vnet_reclaim(vdev);
	return 0;
}

/**
 * vnet_restore - wake the device up
 * @vdev: the device, reset, with its features negotiated again
 *
 * When it cannot be set up again the bus calls vnet_dead(), or has it called
 * here.  Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vnet_restore(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;
	int err;

	if (vnet->failed)
		return 0;
	err = vnet_restart(vdev);
	if (err && !virtio_has_recovery())
		vnet_dead(vdev, VIRTIO_FAILURE_ASLEEP);
	return err;
}

#endif /* CONFIG_PM */
