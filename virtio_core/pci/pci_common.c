// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: the device as a whole
 *
 * Its way onto the virtio bus and off it, status and reset.  Called by the
 * transports' probe and remove, and by the bus through struct
 * virtio_config_ops.
 *
 * There is no shutdown function for the PCI drivers: the driver core shuts
 * children down before parents, and the virtio bus resets each device that
 * has a driver.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vp.h"

/*
 * How long a device may take for a reset, how long when it has failed to before
 * and has no access to memory any more, and how often it is asked.
 */
#define VP_RESET_LIMIT_MS	5000
#define VP_RESET_AGAIN_MS	100
#define VP_RESET_PAUSE_MIN_US	50
#define VP_RESET_PAUSE_MAX_US	10000

/* What a register reads when nothing answers. */
#define VP_ALL_ONES		0xff

/**
 * vp_get_status - read the device status
 * @vdev: the device
 *
 * Serves config->get_status.  VIRTIO 1.4, 2.1.  Context: process.
 *
 * Return: the status; all ones when the function is gone.
 */
u8 vp_get_status(struct virtio_device *vdev)
{
	struct vp_device *vp = to_vp(vdev);

	return vp->ops->read_status(vp);
}
EXPORT_SYMBOL_GPL(vp_get_status);

/**
 * vp_set_status - write the device status
 * @vdev: the device
 * @status: new status, not 0: that is what vp_reset() is for
 *
 * Serves config->set_status.  VIRTIO 1.4, 2.1.  Context: process.
 */
void vp_set_status(struct virtio_device *vdev, u8 status)
{
	struct vp_device *vp = to_vp(vdev);

	if (WARN_ON_ONCE(!status))
		return;
	vp->ops->write_status(vp, status);
}
EXPORT_SYMBOL_GPL(vp_set_status);

/**
 * vp_wait_reset - wait until the device has completed a reset
 * @vp: the device, 0 written to its status
 *
 * VIRTIO 1.4, 4.1.4.3.2.
 *
 * Return: true when the status reads 0; false when it does not in time, or the
 * function is gone.
 */
static bool vp_wait_reset(struct vp_device *vp)
{
	ktime_t limit = ktime_add_ms(ktime_get(), vp->cut_off
						  ? VP_RESET_AGAIN_MS
						  : VP_RESET_LIMIT_MS);
	unsigned long pause = VP_RESET_PAUSE_MIN_US;
	u8 status;

	for (;;) {
		status = vp->ops->read_status(vp);
		if (!status)
			return true;
		if (status == VP_ALL_ONES && !pci_device_is_present(vp->pdev))
			return false;
		if (ktime_after(ktime_get(), limit))
			return false;
		fsleep(pause);
		pause = min_t(unsigned long, 2 * pause, VP_RESET_PAUSE_MAX_US);
	}
}

/* The device may go on using memory: take its access to memory away. */
static void vp_cut_off(struct vp_device *vp)
{
	if (vp->cut_off)
		return;
	vp->cut_off = true;
	if (pci_device_is_present(vp->pdev))
		dev_err(&vp->pdev->dev,
			"no reset within %u ms: bus mastering disabled\n",
			VP_RESET_LIMIT_MS);
	virtio_break_device(&vp->vdev);
	pci_clear_master(vp->pdev);
}

/**
 * vp_reset - reset the device and wait until it is done
 * @vdev: the device
 *
 * Serves config->reset.  On return the device uses no memory any more and no
 * callback of its interrupts is running: either it said so (VIRTIO 1.4,
 * 4.1.4.3.2), or its queues are broken and bus mastering is off, until a later
 * reset completes.  Context: process, may sleep for VP_RESET_LIMIT_MS.
 */
void vp_reset(struct virtio_device *vdev)
{
	struct vp_device *vp = to_vp(vdev);

	vp->ops->write_status(vp, 0);
	if (vp_wait_reset(vp)) {
		vp->cut_off = false;
		if (!vp->pdev->is_busmaster)
			pci_set_master(vp->pdev);
	} else {
		vp_cut_off(vp);
	}
	vp_synchronize_cbs(vdev);
}
EXPORT_SYMBOL_GPL(vp_reset);

/**
 * vp_bus_name - the name of the PCI function
 * @vdev: the device
 *
 * Serves config->bus_name.  Context: any.  Return: a string that lives as long
 * as the function.
 */
const char *vp_bus_name(struct virtio_device *vdev)
{
	return pci_name(to_vp(vdev)->pdev);
}
EXPORT_SYMBOL_GPL(vp_bus_name);

/* The last reference is gone.  The transport's struct begins with ours. */
static void vp_release(struct device *dev)
{
	kfree(to_vp(dev_to_virtio(dev)));
}

/**
 * vp_register - put a device on the virtio bus
 * @vp: the device: first member of memory from kzalloc(), with @vdev.id,
 *	@vdev.config, @pdev and @ops set, and its registers mapped
 *
 * Context: process, may sleep.
 *
 * Return: 0 or an error.  After an error the caller unmaps the registers and
 * then drops the device with put_device().
 */
int vp_register(struct vp_device *vp)
{
	vp->vdev.dev.parent = &vp->pdev->dev;
	vp->vdev.dev.release = vp_release;
	pci_set_drvdata(vp->pdev, vp);
	/* Off until the first reset: see vp_reset(). */
	pci_clear_master(vp->pdev);
	return register_virtio_device(&vp->vdev);
}
EXPORT_SYMBOL_GPL(vp_register);

/**
 * vp_unregister - take a device off the virtio bus
 * @vp: the device
 *
 * A function that is gone cannot complete anything: its queues are broken
 * first, so that the driver does not wait for it.  Its virtual functions go
 * before it.  The caller unmaps the
 * registers and then drops the device with put_device(), because whoever holds
 * a reference may still look at it.  Context: process, may sleep.
 */
void vp_unregister(struct vp_device *vp)
{
	get_device(&vp->vdev.dev);
	vp_sriov_configure(vp->pdev, 0);
	if (!pci_device_is_present(vp->pdev))
		virtio_break_device(&vp->vdev);
	unregister_virtio_device(&vp->vdev);
	/* Should its driver have left any. */
	vp_del_vqs(&vp->vdev);
	vp_forget_kept(vp);
}
EXPORT_SYMBOL_GPL(vp_unregister);

MODULE_DESCRIPTION("Virtio over PCI: what the transports share");
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("post: virtio_pci_modern virtio_pci_legacy");
