// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_legacy.ko: features and configuration space
 *
 * What the bus and the drivers ask of the transport through struct
 * virtio_config_ops, as far as virtio_pci.ko does not serve it.  There is no
 * generation of the configuration and no reset of a single queue.
 */
#include <linux/virtio_ring.h>
#include <virtio_window.h>
#include "vl_legacy.h"

/*
 * VIRTIO 1.4, 4.1.4.10: bits 0 to 31 are all that there is.  A device that is
 * gone offers none.
 */
static u64 vl_get_features(struct virtio_device *vdev)
{
	struct vp_legacy *lg = vdev_to_vp_legacy(vdev);
	u32 features = ioread32(lg->regs + VIRTIO_PCI_HOST_FEATURES);

	if (features == U32_MAX && !pci_device_is_present(lg->vp.pdev))
		return 0;
	return features;
}

/* VIRTIO 1.4, 3.1.1, step 4, and 3.1.2: nothing confirms them. */
static int vl_finalize_features(struct virtio_device *vdev)
{
	vring_transport_features(vdev);
	if (WARN_ON_ONCE(upper_32_bits(vdev->features)))
		return -EINVAL;
	iowrite32(lower_32_bits(vdev->features),
		  vdev_to_vp_legacy(vdev)->regs + VIRTIO_PCI_GUEST_FEATURES);
	return 0;
}

/**
 * vl_window - where the device-specific configuration is
 * @lg: the device
 *
 * VIRTIO 1.4, 4.1.4.10: it follows the header, which is longer while MSI-X is
 * enabled, so that it is asked for each time; and it ends with the BAR.
 *
 * Return: a window for one access, without a generation (2.5.3).
 */
static struct virtio_window vl_window(struct vp_legacy *lg)
{
	unsigned int start = VIRTIO_PCI_CONFIG_OFF(lg->vp.pdev->msix_enabled);

	return (struct virtio_window) {
		.base = lg->regs + start,
		.len = lg->len - start,
		.no_generation = true,
	};
}

/* Serves config->get. */
static void vl_get(struct virtio_device *vdev, unsigned int offset, void *buf,
		   unsigned int len)
{
	struct virtio_window w = vl_window(vdev_to_vp_legacy(vdev));

	virtio_window_get(&w, vdev, offset, buf, len);
}

/* Serves config->set. */
static void vl_set(struct virtio_device *vdev, unsigned int offset,
		   const void *buf, unsigned int len)
{
	struct virtio_window w = vl_window(vdev_to_vp_legacy(vdev));

	virtio_window_set(&w, vdev, offset, buf, len);
}

const struct virtio_config_ops vl_config_ops = {
	.get			= vl_get,
	.set			= vl_set,
	.get_status		= vp_get_status,
	.set_status		= vp_set_status,
	.reset			= vp_reset,
	.find_vqs		= vp_find_vqs,
	.del_vqs		= vp_del_vqs,
	.synchronize_cbs	= vp_synchronize_cbs,
	.get_features		= vl_get_features,
	.finalize_features	= vl_finalize_features,
	.bus_name		= vp_bus_name,
	.set_vq_affinity	= vp_set_vq_affinity,
	.get_vq_affinity	= vp_get_vq_affinity,
};
