// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_modern.ko: features, configuration space, shared memory
 *
 * What the bus and the drivers ask of the transport through struct
 * virtio_config_ops, as far as virtio_pci.ko does not serve it.
 */
#include <linux/virtio_ring.h>
#include <virtqueue_ext.h>
#include "vp_modern.h"

/*
 * VIRTIO 1.4, 4.1.4.3: 64 bits in two halves.  A function that is gone has no
 * features: what it reads must not look like all of them.
 */
static u64 vp_modern_get_features(struct virtio_device *vdev)
{
	struct vp_modern *md = vdev_to_vp_modern(vdev);
	u64 features;

	vp_write32(0, &md->common->device_feature_select);
	features = vp_read32(&md->common->device_feature);
	vp_write32(1, &md->common->device_feature_select);
	features |= (u64)vp_read32(&md->common->device_feature) << 32;
	if (features == U64_MAX && !pci_device_is_present(md->vp.pdev))
		return 0;
	return features;
}

static void vp_modern_write_features(struct vp_modern *md, u64 features)
{
	vp_write32(0, &md->common->guest_feature_select);
	vp_write32(lower_32_bits(features), &md->common->guest_feature);
	vp_write32(1, &md->common->guest_feature_select);
	vp_write32(upper_32_bits(features), &md->common->guest_feature);
}

/**
 * vp_modern_own_features - features that this transport implements itself
 * @md: the device
 *
 * Between driver and transport (VIRTIO 1.4, 6), beside those of the ring.
 * VIRTIO_F_NOTIFICATION_DATA also takes a ring that can tell where it stands,
 * VIRTIO_F_SR_IOV a function with that capability (6.1).  Not implemented is
 * VIRTIO_F_ADMIN_VQ.
 *
 * Return: a mask.
 */
static u64 vp_modern_own_features(struct vp_modern *md)
{
	u64 mine = BIT_ULL(VIRTIO_F_RING_RESET) |
		   BIT_ULL(VIRTIO_F_NOTIF_CONFIG_DATA);

	if (vp_has_sriov(&md->vp))
		mine |= BIT_ULL(VIRTIO_F_SR_IOV);
	if (virtqueue_ext_has(virtqueue_ext_notification_data))
		mine |= BIT_ULL(VIRTIO_F_NOTIFICATION_DATA);
	return mine;
}

/* Of the bits between driver and transport, keep what ring and we have. */
static void vp_modern_transport_features(struct vp_modern *md)
{
	struct virtio_device *vdev = &md->vp.vdev;
	u64 mine = vdev->features & vp_modern_own_features(md);
	u64 room = vp_caps_features(&md->caps) | BIT_ULL(VIRTIO_F_SR_IOV);

	if (mine & ~room)
		dev_warn(&vdev->dev, "features %#llx without the structures for them\n",
			 mine & ~room);
	vring_transport_features(vdev);
	vdev->features |= mine & room;
}

/* VIRTIO 1.4, 3.1.1, step 4. */
static int vp_modern_finalize_features(struct virtio_device *vdev)
{
	vp_modern_transport_features(vdev_to_vp_modern(vdev));

	if (!__virtio_test_bit(vdev, VIRTIO_F_VERSION_1)) {
		dev_err(&vdev->dev,
			"modern interface without VIRTIO_F_VERSION_1\n");
		return -EINVAL;
	}
	vp_modern_write_features(vdev_to_vp_modern(vdev), vdev->features);
	return 0;
}

/**
 * vp_modern_get - read a field of the device-specific configuration
 * @vdev: the device
 * @offset: of the field
 * @buf: for its bytes, little-endian as the device has them
 * @len: of the field
 *
 * VIRTIO 1.4, 4.1.3.1: accesses of the width of the field.  A field outside of
 * what the device has reads as zeroes.  Context: process.
 */
static void vp_modern_get(struct virtio_device *vdev, unsigned int offset,
			  void *buf, unsigned int len)
{
	virtio_window_get(&vdev_to_vp_modern(vdev)->device, vdev, offset, buf,
			  len);
}

/**
 * vp_modern_set - write a field of the device-specific configuration
 * @vdev: the device
 * @offset: of the field
 * @buf: its bytes, little-endian
 * @len: of the field
 *
 * The counterpart of vp_modern_get(); a write outside of what the device has
 * is dropped.  Context: process.
 */
static void vp_modern_set(struct virtio_device *vdev, unsigned int offset,
			  const void *buf, unsigned int len)
{
	virtio_window_set(&vdev_to_vp_modern(vdev)->device, vdev, offset, buf,
			  len);
}

/**
 * vp_modern_generation - the generation of the configuration
 * @vdev: the device
 *
 * VIRTIO 1.4, 2.5.1 and 4.1.4.3.  Context: any.
 *
 * Return: config_generation, or the value last returned when it never settles.
 */
static u32 vp_modern_generation(struct virtio_device *vdev)
{
	struct vp_modern *md = vdev_to_vp_modern(vdev);

	return virtio_window_generation(&md->device, vdev,
					vp_read8(&md->common->config_generation));
}

/**
 * vp_modern_get_shm_region - find a shared memory region
 * @vdev: the device
 * @region: filled with its physical address and length
 * @id: shmid, as the device type defines it
 *
 * VIRTIO 1.4, 2.10 and 4.1.4.7.  Context: process, may sleep.
 *
 * Return: true when there is such a region, wholly inside a memory BAR.
 */
static bool vp_modern_get_shm_region(struct virtio_device *vdev,
				     struct virtio_shm_region *region, u8 id)
{
	struct pci_dev *pdev = to_vp(vdev)->pdev;
	struct vp_caps_reader rd;
	struct vp_region found;

	vp_caps_reader(pdev, &rd);
	if (vp_caps_find_shm(&rd, id, &found))
		return false;
	if (!(pci_resource_flags(pdev, found.bar) & IORESOURCE_MEM)) {
		dev_err(&vdev->dev, "shared memory %u is not memory\n", id);
		return false;
	}
	region->addr = pci_resource_start(pdev, found.bar) + found.offset;
	region->len = found.len;
	return true;
}

const struct virtio_config_ops vp_modern_config_ops = {
	.get			= vp_modern_get,
	.set			= vp_modern_set,
	.generation		= vp_modern_generation,
	.get_status		= vp_get_status,
	.set_status		= vp_set_status,
	.reset			= vp_reset,
	.find_vqs		= vp_find_vqs,
	.del_vqs		= vp_del_vqs,
	.synchronize_cbs	= vp_synchronize_cbs,
	.get_features		= vp_modern_get_features,
	.finalize_features	= vp_modern_finalize_features,
	.bus_name		= vp_bus_name,
	.set_vq_affinity	= vp_set_vq_affinity,
	.get_vq_affinity	= vp_get_vq_affinity,
	.get_shm_region		= vp_modern_get_shm_region,
	.disable_vq_and_reset	= vp_modern_disable_vq_and_reset,
	.enable_vq_after_reset	= vp_modern_enable_vq_after_reset,
};
