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
 * Closes the gate for configuration changes and lets the driver stop.
 * Context: process, may sleep.
 *
 * Return: 0, or the driver's error with the device running as before.
 */
int virtio_device_freeze(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	int err;

	virtio_config_gate_close(dev);
	dev->failed = dev->config->get_status(dev) & VIRTIO_CONFIG_S_FAILED;
	if (!drv)
		return 0;
	if (!drv->freeze) {
		virtio_stop_queues(dev);
		return 0;
	}
	err = drv->freeze(dev);
	if (err)
		virtio_config_gate_open(dev);
	return err;
}
EXPORT_SYMBOL_GPL(virtio_device_freeze);

/**
 * virtio_renegotiate - give the device the same features again
 * @dev: the device, with DRIVER set
 *
 * A device that came back as another one is refused: the driver still counts
 * on what it was promised, and a feature that is not offered must not be
 * accepted (VIRTIO 1.4, 2.2.1).
 *
 * Return: 0 or an error.
 */
static int virtio_renegotiate(struct virtio_device *dev)
{
	u64 features = dev->features;
	u64 lost = features & ~dev->config->get_features(dev);
	int err;

	if (lost) {
		dev_err(&dev->dev, "features 0x%llx are gone\n", lost);
		return -ENODEV;
	}
	err = dev->config->finalize_features(dev);
	if (err)
		return err;
	if (dev->features != features)
		return -ENODEV;
	return virtio_device_features_ok(dev);
}

static int virtio_restore_driver(struct virtio_device *dev,
				 struct virtio_driver *drv)
{
	int err;

	virtio_add_status(dev, VIRTIO_CONFIG_S_DRIVER);
	err = virtio_renegotiate(dev);
	if (!err && drv->restore)
		err = drv->restore(dev);
	if (err)
		return err;

	virtio_device_live(dev);
	virtio_config_gate_open(dev);
	return 0;
}

/**
 * virtio_device_restore - bring a device up after system sleep
 * @dev: the device
 *
 * The initialization sequence from its start, with the features of before.
 * A device that had no driver because it failed gets its FAILED bit back.
 * Context: process, may sleep.
 *
 * Return: 0, or an error with the device marked FAILED and its queues broken.
 */
int virtio_device_restore(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	int err = virtio_device_start(dev);

	if (err) {
		virtio_break_device(dev);
		return err;
	}
	if (!drv) {
		if (dev->failed)
			virtio_add_status(dev, VIRTIO_CONFIG_S_FAILED);
		return 0;
	}
	err = virtio_restore_driver(dev, drv);
	if (err) {
		virtio_break_device(dev);
		virtio_device_give_up(dev);
	}
	return err;
}
EXPORT_SYMBOL_GPL(virtio_device_restore);
