// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_modern.ko: features, configuration space, shared memory
 *
 * What the bus and the drivers ask of the transport through struct
 * virtio_config_ops, as far as virtio_pci.ko does not serve it.
 */
#include <linux/jiffies.h>
#include <linux/virtio_ring.h>
#include <asm/unaligned.h>
#include <virtqueue_ext.h>
#include "vp_modern.h"

/* A device may change its configuration; not each time that one looks. */
#define VP_GENERATION_LIMIT	1000

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
	if (virtqueue_ext_notification_data)
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

/* Is this range in the structure that the device has shown? */
static bool vp_modern_config_fits(struct vp_modern *md, unsigned int offset,
				  unsigned int len, const char *what)
{
	if (offset <= md->device_len && len <= md->device_len - offset)
		return true;
	dev_err_ratelimited(&md->vp.vdev.dev,
			    "%s of configuration at %u, length %u: device has %u bytes\n",
			    what, offset, len, md->device_len);
	return false;
}

/* Whole naturally aligned fields; what is not one goes byte by byte. */
static unsigned int vp_modern_width(unsigned int offset, unsigned int len)
{
	if ((len == 4 || len == 8) && !(offset % 4))
		return 4;
	if (len == 2 && !(offset % 2))
		return 2;
	return 1;
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
	struct vp_modern *md = vdev_to_vp_modern(vdev);
	unsigned int i, width = vp_modern_width(offset, len);
	void __iomem *from = md->device + offset;

	if (!vp_modern_config_fits(md, offset, len, "read")) {
		memset(buf, 0, len);
		return;
	}
	for (i = 0; i < len; i += width) {
		if (width == 4)
			put_unaligned_le32(ioread32(from + i), buf + i);
		else if (width == 2)
			put_unaligned_le16(ioread16(from + i), buf + i);
		else
			*(u8 *)(buf + i) = ioread8(from + i);
	}
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
	struct vp_modern *md = vdev_to_vp_modern(vdev);
	unsigned int i, width = vp_modern_width(offset, len);
	void __iomem *to = md->device + offset;

	if (!vp_modern_config_fits(md, offset, len, "write"))
		return;
	for (i = 0; i < len; i += width) {
		if (width == 4)
			iowrite32(get_unaligned_le32(buf + i), to + i);
		else if (width == 2)
			iowrite16(get_unaligned_le16(buf + i), to + i);
		else
			iowrite8(*(u8 *)(buf + i), to + i);
	}
}

/* Under gen_lock: what to answer, given what the register reads. */
static u8 vp_modern_gen_answer(struct vp_modern *md, u8 now)
{
	if (md->gen_frozen && time_before(jiffies, md->gen_until))
		return md->gen_told;
	md->gen_frozen = false;

	if (now != md->gen_seen) {
		md->gen_seen = now;
		md->gen_changed = jiffies;
		md->gen_changes++;
	} else if (time_after(jiffies, md->gen_changed + HZ)) {
		md->gen_changes = 0;
	}
	if (md->gen_changes < VP_GENERATION_LIMIT) {
		md->gen_told = now;
		return now;
	}

	md->gen_changes = 0;
	md->gen_frozen = true;
	md->gen_until = jiffies + HZ;
	dev_warn_ratelimited(&md->vp.vdev.dev,
			     "configuration changes without end: read as it is\n");
	return md->gen_told;
}

/**
 * vp_modern_generation - the generation of the configuration
 * @vdev: the device
 *
 * The kernel's readers of wide fields repeat their reads for as long as this
 * changes (VIRTIO 1.4, 2.5.1 and 4.1.4.3).  A device that changes it for ever
 * must not hold them for ever: when it was read changed VP_GENERATION_LIMIT
 * times without a quiet second in between, everyone is told the same value for
 * a second, which ends each loop that runs.  What they have read may be torn then; the device
 * asked for it.  Context: any.
 *
 * Return: config_generation, or the value last returned.
 */
static u32 vp_modern_generation(struct virtio_device *vdev)
{
	struct vp_modern *md = vdev_to_vp_modern(vdev);
	u8 now = vp_read8(&md->common->config_generation);
	unsigned long flags;

	spin_lock_irqsave(&md->gen_lock, flags);
	now = vp_modern_gen_answer(md, now);
	spin_unlock_irqrestore(&md->gen_lock, flags);
	return now;
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

	vp_modern_reader(pdev, &rd);
	rd.refused = NULL;	/* was told at probe */
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
