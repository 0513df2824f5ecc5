// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: system sleep
 *
 * The same pair serves suspend to RAM and hibernation: the driver freezes its
 * device and gives its queues and vectors back, the function is disabled, and
 * the PCI core saves it and puts it to sleep.  On the way back the device is
 * initialized from the start; vp_reset() switches bus mastering on when the
 * device has confirmed the reset.
 */
#include <linux/module.h>
#include <linux/pm.h>
#include "vp.h"

static int vp_freeze(struct device *dev)
{
	struct vp_device *vp = dev_get_drvdata(dev);
	int err = virtio_device_freeze(&vp->vdev);

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
	return virtio_device_restore(&vp->vdev);
}

/* For the pm member of the transports' drivers. */
const struct dev_pm_ops vp_pm_ops = {
	SET_SYSTEM_SLEEP_PM_OPS(vp_freeze, vp_restore)
};
EXPORT_SYMBOL_GPL(vp_pm_ops);
