// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: virtual functions
 *
 * A physical function with VIRTIO_F_SR_IOV (VIRTIO 1.4, 6): how many virtual
 * functions it has is written to sriov_numvfs in sysfs.  Each is a PCI function
 * of its own, with virtio's ids, and finds its driver as any other.  For the
 * PCI drivers of the transports.
 */
#include <linux/module.h>
#include "vp.h"

/**
 * vp_has_sriov - can the function have virtual functions?
 * @vp: the device
 *
 * VIRTIO_F_SR_IOV must not be accepted otherwise (VIRTIO 1.4, 6.1).
 * Context: process.
 *
 * Return: whether there is an SR-IOV capability, and the kernel uses it.
 */
bool vp_has_sriov(struct vp_device *vp)
{
	return pci_sriov_get_totalvfs(vp->pdev) > 0;
}
EXPORT_SYMBOL_GPL(vp_has_sriov);

static int vp_sriov_disable(struct pci_dev *pdev)
{
	if (!pci_num_vf(pdev))
		return 0;
	if (pci_vfs_assigned(pdev)) {
		dev_warn(&pdev->dev, "virtual functions are in use\n");
		return -EPERM;
	}
	pci_disable_sriov(pdev);
	return 0;
}

/**
 * vp_sriov_configure - enable virtual functions, or disable them
 * @pdev: the function, with a transport as its driver
 * @num: how many; 0 disables them
 *
 * Serves pci_driver.sriov_configure.  They may be enabled once the feature was
 * negotiated, up to FEATURES_OK (VIRTIO 1.4, 6.1), and a driver is at work.
 * Context: process, may sleep; the PCI core holds the device lock of @pdev.
 *
 * Return: @num; -EBUSY when the device has no driver that has set it up;
 * -EOPNOTSUPP when the feature was not negotiated; -EPERM when a guest has one
 * that is to be disabled; the error of the PCI core.
 */
int vp_sriov_configure(struct pci_dev *pdev, int num)
{
	struct vp_device *vp = pci_get_drvdata(pdev);
	int err;

	if (!num)
		return vp_sriov_disable(pdev);
	if (!(vp_get_status(&vp->vdev) & VIRTIO_CONFIG_S_DRIVER_OK))
		return -EBUSY;
	if (!__virtio_test_bit(&vp->vdev, VIRTIO_F_SR_IOV))
		return -EOPNOTSUPP;
	err = pci_enable_sriov(pdev, num);
	return err ?: num;
}
EXPORT_SYMBOL_GPL(vp_sriov_configure);
