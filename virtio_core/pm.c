// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Devices and system sleep
 *
 * Transports call virtio_device_freeze() before the system sleeps or is
 * imaged, and virtio_device_restore() after.  A device is taken through a full
 * reset and initialization in between (VIRTIO 1.4, 3.1.1): nothing is assumed
 * about what it keeps.  The features stay what they were, because the driver
 * has built on them.
 *
 * The symbol versions of the exports depend on the headers included here:
 * do not add pci.h, interrupt.h or debugfs.h.
 */
#include <linux/module.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/of.h>
#include "core.h"

/*
 * A driver that knows nothing of sleep: its queues do not survive the reset,
 * so they must not look alive either.
 */
static void virtio_stop_queues(struct virtio_device *dev)
{
	if (list_empty(&dev->vqs))
		return;
	dev_warn(&dev->dev, "driver %s cannot sleep: its queues stop here\n",
		 dev->dev.driver->name);
	virtio_break_device(dev);
	virtio_synchronize_cbs(dev);
	virtio_reset_device(dev);
}

/**
 * virtio_device_freeze - take a device down for system sleep
 * @dev: the device
 *
 * Closes the gate for configuration changes and lets the driver stop.  A
 * recovery that runs is waited for; a device that was given up has nothing to
 * stop.  Context: process, may sleep.
 *
 * Return: 0, or the driver's error with the device running as before.
 */
int virtio_device_freeze(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	int err = 0;

	if (!virtio_recovery_sleep(dev))
		return 0;
	virtio_config_gate_close(dev);
	if (!drv)
		return 0;
	if (drv->freeze)
		err = drv->freeze(dev);
	else
		virtio_stop_queues(dev);
	if (err)
		virtio_config_gate_open(dev);
	virtio_recovery_frozen(dev, err);
	return err;
}
EXPORT_SYMBOL_GPL(virtio_device_freeze);

static int virtio_restore_driver(struct virtio_device *dev,
				 struct virtio_driver *drv)
{
	int err = virtio_device_again(dev);

	if (!err && drv->restore)
		err = drv->restore(dev);
	if (err)
		return err;

	virtio_device_live(dev);
	virtio_config_gate_open(dev);
	virtio_recovery_awake(dev, 0);
	return 0;
}

/* No driver, or one that was told that this is the end of its device. */
static int virtio_restore_idle(struct virtio_device *dev, bool failed)
{
	int err = virtio_device_start(dev);

	if (err || !failed)
		return err;
	dev->failed = true;
	virtio_add_status(dev, VIRTIO_CONFIG_S_FAILED);
	return 0;
}

/**
 * virtio_device_restore - bring a device up after system sleep
 * @dev: the device
 *
 * The initialization sequence from its start, with the features of before.
 * A device that had no driver because it failed gets its FAILED bit back, and
 * so does one that was given up.
 * Context: process, may sleep.
 *
 * Return: 0, or an error with the device marked FAILED and its queues broken.
 */
int virtio_device_restore(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	bool dead = !virtio_recovery_wake(dev);
	int err;

	if (!drv || dead)
		return virtio_restore_idle(dev, dead || dev->failed);
	virtio_reset_device(dev);
	err = virtio_restore_driver(dev, drv);
	if (err) {
		virtio_break_device(dev);
		virtio_device_give_up(dev);
		virtio_recovery_awake(dev, err);
	}
	return err;
}
EXPORT_SYMBOL_GPL(virtio_device_restore);
