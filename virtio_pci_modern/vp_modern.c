// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_modern.ko: the PCI driver
 *
 * Takes functions that have the structures of VIRTIO 1.4, 4.1.4: maps them,
 * and puts the device on the virtio bus.  Everything that can be refused is
 * refused here, before the device is registered.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vp_modern.h"

/* PCI device id = this + virtio device id: VIRTIO 1.4, 4.1.2.1. */
#define VP_MODERN_ID_BASE	0x1040

/* No device-specific configuration is larger: VIRTIO 1.4, 4.1.4, "length". */
#define VP_DEVICE_MAP_MAX	4096

/* Above this each queue maps its own notification address. */
#define VP_NOTIFY_MAP_MAX	65536

static void __iomem *vp_modern_map_one(struct vp_modern *md,
				       const struct vp_region *region,
				       unsigned long max)
{
	return pci_iomap_range(md->vp.pdev, region->bar, region->offset,
			       min_t(u64, region->len, max));
}

static void vp_modern_unmap(struct vp_modern *md)
{
	struct pci_dev *pdev = md->vp.pdev;

	if (md->notify)
		pci_iounmap(pdev, md->notify);
	if (md->device)
		pci_iounmap(pdev, md->device);
	if (md->isr)
		pci_iounmap(pdev, md->isr);
	if (md->common)
		pci_iounmap(pdev, md->common);
	pci_release_selected_regions(pdev, md->bars);
}

/**
 * vp_modern_map - request and map the structures
 * @md: the device, structures found
 *
 * Maps what is used and no more (VIRTIO 1.4, 4.1.4.1).
 *
 * Return: 0, or an error with nothing requested.
 */
static int vp_modern_map(struct vp_modern *md)
{
	const struct vp_caps *caps = &md->caps;
	bool notify_once = caps->notify.len <= VP_NOTIFY_MAP_MAX;
	int err;

	md->bars = BIT(caps->common.bar) | BIT(caps->notify.bar) |
		   BIT(caps->isr.bar);
	if (caps->device.len)
		md->bars |= BIT(caps->device.bar);
	err = pci_request_selected_regions(md->vp.pdev, md->bars,
					   "virtio-pci-modern");
	if (err)
		return err;

	md->common = vp_modern_map_one(md, &caps->common, VP_COMMON_RESET);
	md->isr = vp_modern_map_one(md, &caps->isr, 1);
	if (caps->device.len) {
		md->device = vp_modern_map_one(md, &caps->device,
					       VP_DEVICE_MAP_MAX);
		md->device_len = min_t(u64, caps->device.len,
				       VP_DEVICE_MAP_MAX);
	}
	if (notify_once)
		md->notify = vp_modern_map_one(md, &caps->notify,
					       VP_NOTIFY_MAP_MAX);

	if (md->common && md->isr && (md->device || !caps->device.len) &&
	    (md->notify || !notify_once))
		return 0;
	vp_modern_unmap(md);
	return -ENOMEM;
}

/**
 * vp_modern_set_id - find out what kind of virtio device this is
 * @md: the device
 *
 * A transitional device says it in its subsystem id (VIRTIO 1.4, 4.1.2.3).
 *
 * Return: 0, or -ENODEV for the reserved id 0.
 */
static int vp_modern_set_id(struct vp_modern *md)
{
	struct pci_dev *pdev = md->vp.pdev;
	struct virtio_device_id *id = &md->vp.vdev.id;

	if (pdev->device < VP_MODERN_ID_BASE)
		id->device = pdev->subsystem_device;
	else
		id->device = pdev->device - VP_MODERN_ID_BASE;
	id->vendor = pdev->subsystem_vendor;
	if (id->device)
		return 0;
	dev_err(&pdev->dev, "virtio device id 0 is reserved\n");
	return -ENODEV;
}

/* Only a device with VIRTIO_F_ACCESS_PLATFORM is bound to it. */
static void vp_modern_set_dma_mask(struct pci_dev *pdev)
{
	int err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));

	if (err)
		err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		dev_warn(&pdev->dev, "no DMA mask fits: error %d\n", err);
}

static struct vp_modern *vp_modern_alloc(struct pci_dev *pdev)
{
	struct vp_modern *md = kzalloc(sizeof(*md), GFP_KERNEL);

	if (!md)
		return NULL;
	static_assert(!offsetof(struct vp_modern, vp));
	md->vp.pdev = pdev;
	md->vp.ops = &vp_modern_ops;
	md->vp.vdev.config = &vp_modern_config_ops;
	mutex_init(&md->select_lock);
	spin_lock_init(&md->gen_lock);
	return md;
}

static int vp_modern_setup(struct vp_modern *md)
{
	int err = vp_modern_set_id(md);

	if (!err)
		err = vp_modern_map(md);
	return err;
}

static int vp_modern_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	enum vp_transport transport;
	struct vp_modern *md;
	struct vp_caps caps;
	int err;

	transport = vp_transport(pdev, &caps);
	if (transport == VP_TRANSPORT_LEGACY)
		dev_info(&pdev->dev, "left to virtio_pci_legacy\n");
	if (transport != VP_TRANSPORT_MODERN)
		return -ENODEV;

	md = vp_modern_alloc(pdev);
	if (!md)
		return -ENOMEM;
	md->caps = caps;
	err = pci_enable_device(pdev);
	if (err)
		goto free;
	err = vp_modern_setup(md);
	if (err)
		goto disable;
	vp_modern_set_dma_mask(pdev);

	err = vp_register(&md->vp);
	if (!err)
		return 0;

	vp_modern_unmap(md);
	pci_disable_device(pdev);
	put_device(&md->vp.vdev.dev);
	return err;

disable:
	pci_disable_device(pdev);
free:
	kfree(md);
	return err;
}

static void vp_modern_remove(struct pci_dev *pdev)
{
	struct vp_device *vp = pci_get_drvdata(pdev);

	vp_unregister(vp);
	vp_modern_unmap(to_vp_modern(vp));
	/* It is not when it could not be woken from sleep. */
	if (pci_is_enabled(pdev))
		pci_disable_device(pdev);
	put_device(&vp->vdev.dev);
}

/* Any id of the vendor: vp_transport() knows the range. */
static const struct pci_device_id vp_modern_id_table[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, PCI_ANY_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, vp_modern_id_table);

static struct pci_driver vp_modern_driver = {
	.name		= "virtio-pci",
	.id_table	= vp_modern_id_table,
	.probe		= vp_modern_probe,
	.remove		= vp_modern_remove,
	.driver.pm	= VP_PM_OPS,
	.err_handler	= VP_ERR_HANDLER,
	.sriov_configure = vp_sriov_configure,
};

module_pci_driver(vp_modern_driver);

MODULE_DESCRIPTION("Virtio over PCI: modern devices");
MODULE_LICENSE("GPL");
