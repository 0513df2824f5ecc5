// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_legacy.ko: the PCI driver
 *
 * Takes functions that vp_transport() leaves to the legacy interface: maps
 * BAR 0 and puts the device on the virtio bus.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vl_legacy.h"

#define VL_BAR	0

/* Page numbers have 32 bits. */
#define VL_RING_MASK	DMA_BIT_MASK(32 + VIRTIO_PCI_QUEUE_ADDR_SHIFT)

/**
 * vl_map - request and map the registers
 * @lg: the device
 *
 * VIRTIO 1.4, 4.1.4.10.  Room for the longer header is asked for even of a
 * device that has no MSI-X: a BAR of I/O is a power of two.
 *
 * Return: 0, or an error with nothing requested.
 */
static int vl_map(struct vp_legacy *lg)
{
	struct pci_dev *pdev = lg->vp.pdev;
	resource_size_t len = pci_resource_len(pdev, VL_BAR);
	int err;

	if (len < VIRTIO_PCI_CONFIG_OFF(true)) {
		dev_err(&pdev->dev, "BAR 0 is too short: %pa bytes\n", &len);
		return -EINVAL;
	}
	err = pci_request_region(pdev, VL_BAR, "virtio-pci-legacy");
	if (err)
		return err;
	lg->len = min_t(resource_size_t, len, PAGE_SIZE);
	lg->regs = pci_iomap(pdev, VL_BAR, lg->len);
	if (lg->regs)
		return 0;
	pci_release_region(pdev, VL_BAR);
	return -ENOMEM;
}

static void vl_unmap(struct vp_legacy *lg)
{
	pci_iounmap(lg->vp.pdev, lg->regs);
	pci_release_region(lg->vp.pdev, VL_BAR);
}

/* The kind of device is in its subsystem id: VIRTIO 1.4, 4.1.2.3. */
static int vl_set_id(struct vp_legacy *lg)
{
	struct pci_dev *pdev = lg->vp.pdev;

	lg->vp.vdev.id.device = pdev->subsystem_device;
	lg->vp.vdev.id.vendor = pdev->subsystem_vendor;
	if (pdev->subsystem_device)
		return 0;
	dev_err(&pdev->dev, "virtio device id 0 is reserved\n");
	return -ENODEV;
}

/* For what is mapped through the DMA API; vl_queue_enable() looks as well. */
static void vl_set_dma_mask(struct pci_dev *pdev)
{
	int err = dma_set_mask(&pdev->dev, DMA_BIT_MASK(64));

	if (!err)
		err = dma_set_coherent_mask(&pdev->dev, VL_RING_MASK);
	if (err)
		err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		dev_warn(&pdev->dev, "no DMA mask fits: error %d\n", err);
}

static struct vp_legacy *vl_alloc(struct pci_dev *pdev)
{
	struct vp_legacy *lg = kzalloc(sizeof(*lg), GFP_KERNEL);

	if (!lg)
		return NULL;
	static_assert(!offsetof(struct vp_legacy, vp));
	lg->vp.pdev = pdev;
	lg->vp.ops = &vl_ops;
	lg->vp.vdev.config = &vl_config_ops;
	return lg;
}

static int vl_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vp_legacy *lg;
	int err;

	if (vp_transport(pdev, NULL) != VP_TRANSPORT_LEGACY)
		return -ENODEV;

	lg = vl_alloc(pdev);
	if (!lg)
		return -ENOMEM;
	err = vl_set_id(lg);
	if (err)
		goto free;
	err = pci_enable_device(pdev);
	if (err)
		goto free;
	err = vl_map(lg);
	if (err)
		goto disable;
	vl_set_dma_mask(pdev);

	err = vp_register(&lg->vp);
	if (!err)
		return 0;

	vl_unmap(lg);
	pci_disable_device(pdev);
	put_device(&lg->vp.vdev.dev);
	return err;

disable:
	pci_disable_device(pdev);
free:
	kfree(lg);
	return err;
}

static void vl_remove(struct pci_dev *pdev)
{
	struct vp_device *vp = pci_get_drvdata(pdev);

	vp_unregister(vp);
	vl_unmap(to_vp_legacy(vp));
	/* It is not when it could not be woken from sleep. */
	if (pci_is_enabled(pdev))
		pci_disable_device(pdev);
	put_device(&vp->vdev.dev);
}

/* Any id of the vendor: vp_transport() knows the range. */
static const struct pci_device_id vl_id_table[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, PCI_ANY_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, vl_id_table);

static struct pci_driver vl_driver = {
	.name		= "virtio-pci-legacy",
	.id_table	= vl_id_table,
	.probe		= vl_probe,
	.remove		= vl_remove,
	.driver.pm	= VP_PM_OPS,
	.err_handler	= VP_ERR_HANDLER,
};

module_pci_driver(vl_driver);

MODULE_DESCRIPTION("Virtio over PCI: the legacy interface");
MODULE_LICENSE("GPL");
