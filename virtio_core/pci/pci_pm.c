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
 * reset of the bus) is the same to its driver: frozen before, restored after,
 * with I/O waiting in between.
 */
#include <linux/module.h>
#include <linux/pm.h>
#include "vp.h"

/* Under the device lock of the PCI function, as all of this file. */
static int vp_go_down(struct vp_device *vp)
{
	int err;

	vp->sleeping = true;
	err = virtio_device_freeze(&vp->vdev);
	if (err)
		vp->sleeping = false;
	return err;
}

static int vp_come_up(struct vp_device *vp)
{
	int err = virtio_device_restore(&vp->vdev);

	vp->sleeping = false;
	vp_forget_kept(vp);
	return err;
}

static int vp_freeze(struct device *dev)
{
	struct vp_device *vp = dev_get_drvdata(dev);
	int err = vp_go_down(vp);

	if (!err)
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
 * vp_reset_prepare - the function is about to be reset
 * @pdev: the function
 *
 * Serves pci_error_handlers.reset_prepare.  Nobody may bind or unbind the
 * virtio driver until the reset is done, so its device lock is held that long.
 * The reset comes in any case: a device that cannot be frozen has its queues
 * broken, so that its driver finds out.
 * Context: process, may sleep; the PCI core holds the device lock of @pdev.
 */
static void vp_reset_prepare(struct pci_dev *pdev)
{
	struct vp_device *vp = pci_get_drvdata(pdev);
	int err;

	device_lock(&vp->vdev.dev);
	err = vp_go_down(vp);
	vp->lost = err;
	if (!err)
		return;
	dev_err(&pdev->dev, "reset while in use (%d): its queues stop here\n",
		err);
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
	if (err)
		dev_err(&pdev->dev, "does not come up after a reset: error %d\n",
			err);
	device_unlock(&vp->vdev.dev);
}

/* For the err_handler member of the transports' drivers. */
const struct pci_error_handlers vp_err_handler = {
	.reset_prepare	= vp_reset_prepare,
	.reset_done	= vp_reset_done,
};
EXPORT_SYMBOL_GPL(vp_err_handler);
