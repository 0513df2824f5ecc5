// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: system sleep, and resets of the function
 *
 * The same pair serves suspend to RAM and hibernation: the driver freezes its
 * device and gives its queues and vectors back, the function is disabled, and
 * the PCI core saves it and puts it to sleep.  On the way back the device is
 * initialized from the start; vp_reset() switches bus mastering on when the
 * device has confirmed the reset.  That holds whether or not the function kept
 * its state in D3 (No_Soft_Reset): nothing is assumed about it.
 *
 * A reset of the function below us (sysfs "reset": FLR, a cycle through D3, a
 * reset of the bus) is the same to a driver whose freeze() can do without
 * frozen tasks: frozen before, restored after, with I/O waiting in between
 * (<virtio_live_reset.h>).  Another driver is unbound before, bound after.
 */
#include <linux/module.h>
#include <linux/pm.h>
#include <virtio_live_reset.h>
#include <virtio_recovery.h>
#include "vp.h"

/* How often a driver that must not be there is bound while it is sent away. */
#define VP_UNBIND_TRIES	3

/*
 * Under the device lock of the PCI function, as all of this file.  A driver
 * that was frozen and never restored is not frozen again: it has nothing left
 * that could be taken down.
 */
static int vp_go_down(struct vp_device *vp)
{
	int err;

	if (vp->down)
		return 0;
	vp->sleeping = true;
	err = virtio_device_freeze(&vp->vdev);
	vp->sleeping = !err;
	vp->down = !err;
	return err;
}

/* A function that comes from a reset of its own has all the time for another. */
static int vp_come_up(struct vp_device *vp)
{
	int err;

	vp->cut_off = false;
	err = virtio_device_restore(&vp->vdev);
	vp->down = err;
	vp->sleeping = false;
	vp_forget_kept(vp);
	return err;
}

static int vp_freeze(struct device *dev)
{
	struct vp_device *vp = dev_get_drvdata(dev);
	int err = vp_go_down(vp);

	/* It is not when it could not be woken from an earlier sleep. */
	if (!err && pci_is_enabled(vp->pdev))
		pci_disable_device(vp->pdev);
	return err;
}

static int vp_restore(struct device *dev)
{
	struct vp_device *vp = dev_get_drvdata(dev);
	int err = pci_enable_device(vp->pdev);

	if (err) {
		dev_err(dev, "cannot be enabled again: error %d\n", err);
		virtio_break_device(&vp->vdev);
		vp->sleeping = false;
		vp_forget_kept(vp);
		return err;
	}
	return vp_come_up(vp);
}

/* For the pm member of the transports' drivers. */
const struct dev_pm_ops vp_pm_ops = {
	SET_SYSTEM_SLEEP_PM_OPS(vp_freeze, vp_restore)
};
EXPORT_SYMBOL_GPL(vp_pm_ops);

/**
 * vp_lock_for_reset - take the device lock, with no driver that a reset breaks
 * @vp: the device
 *
 * Drivers count on frozen tasks in freeze(), but those that say that they do
 * not.  The others are unbound; somebody may bind them again at any time but
 * under the lock.  Context: process, may sleep; returns with the lock held.
 *
 * Return: 0, or -EBUSY when such a driver is there in spite of that.
 */
static int vp_lock_for_reset(struct vp_device *vp)
{
	struct device *dev = &vp->vdev.dev;
	int left = VP_UNBIND_TRIES;

	vp->rebind = false;
	device_lock(dev);
	while (dev->driver && !virtio_live_reset(dev->driver)) {
		if (!left--)
			return -EBUSY;
		dev_info(dev, "driver %s leaves for a reset of the function\n",
			 dev->driver->name);
		device_unlock(dev);
		vp->rebind = true;
		device_release_driver(dev);
		device_lock(dev);
	}
	return 0;
}

/**
 * vp_reset_prepare - the function is about to be reset
 * @pdev: the function
 *
 * Serves pci_error_handlers.reset_prepare.  Nobody may bind or unbind the
 * virtio driver until the reset is done, so its device lock is held that long.
 * The reset comes in any case: a device that cannot be frozen has its queues
 * broken, and is told to have failed when the reset is done; the bus does not
 * bring it up before.
 * Context: process, may sleep; the PCI core holds the device lock of @pdev.
 */
static void vp_reset_prepare(struct pci_dev *pdev)
{
	struct vp_device *vp = pci_get_drvdata(pdev);
	int err;

	err = vp_lock_for_reset(vp);
	if (!err)
		err = vp_go_down(vp);
	vp->lost = err;
	if (!err)
		return;
	dev_err(&pdev->dev, "reset while in use (%d): its queues stop here\n",
		err);
	virtio_hold_recovery(&vp->vdev);
	virtio_break_device(&vp->vdev);
	vp_synchronize_cbs(&vp->vdev);
}

/**
 * vp_reset_done - the function has been reset
 * @pdev: the function; the PCI core has restored its configuration space
 *
 * Serves pci_error_handlers.reset_done, the counterpart of
 * vp_reset_prepare().  Context: process, may sleep.
 */
static void vp_reset_done(struct pci_dev *pdev)
{
	struct vp_device *vp = pci_get_drvdata(pdev);
	int err = 0;

	if (!vp->lost)
		err = vp_come_up(vp);
	else if (vp->cut_off)
		/* The PCI core has restored what it was before. */
		pci_clear_master(pdev);
	if (vp->lost) {
		virtio_report_failure(&vp->vdev, VIRTIO_FAILURE_NEEDS_RESET);
		virtio_release_recovery(&vp->vdev);
	}
	if (err)
		dev_err(&pdev->dev, "does not come up after a reset: error %d\n",
			err);
	device_unlock(&vp->vdev.dev);
	if (vp->rebind && device_attach(&vp->vdev.dev) <= 0)
		dev_err(&vp->vdev.dev, "no driver after a reset\n");
}

/* For the err_handler member of the transports' drivers. */
const struct pci_error_handlers vp_err_handler = {
	.reset_prepare	= vp_reset_prepare,
	.reset_done	= vp_reset_done,
};
EXPORT_SYMBOL_GPL(vp_err_handler);
