// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_legacy.ko: features and configuration space
 *
 * What the bus and the drivers ask of the transport through struct
 * virtio_config_ops, as far as virtio_pci.ko does not serve it.  There is no
 * generation of the configuration and no reset of a single queue.
 */
#include <linux/string.h>
#include <linux/virtio_ring.h>
#include <asm/unaligned.h>
#include "vl_legacy.h"

/* How often a field is read that changes each time. */
#define VL_READS_MAX	100

/* VIRTIO 1.4, 4.1.4.10: bits 0 to 31 are all that there is. */
static u64 vl_get_features(struct virtio_device *vdev)
{
	return ioread32(vdev_to_vp_legacy(vdev)->regs +
			VIRTIO_PCI_HOST_FEATURES);
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
 * vl_config_at - find a range of the device-specific configuration
 * @lg: the device
 * @offset: of the first byte in the configuration
 * @len: bytes
 * @what: is to be done, for the log
 *
 * VIRTIO 1.4, 4.1.4.10: it follows the header, which is longer while MSI-X is
 * enabled.  Return: its address, or NULL when it is not inside the BAR.
 */
static void __iomem *vl_config_at(struct vp_legacy *lg, unsigned int offset,
				  unsigned int len, const char *what)
{
	unsigned int start = VIRTIO_PCI_CONFIG_OFF(lg->vp.pdev->msix_enabled);
	unsigned int room = lg->len - start;

	if (offset <= room && len <= room - offset)
		return lg->regs + start + offset;
	dev_err_ratelimited(&lg->vp.vdev.dev,
			    "%s of configuration at %u, length %u: device has %u bytes\n",
			    what, offset, len, room);
	return NULL;
}

/* Whole naturally aligned fields; what is not one goes byte by byte. */
static unsigned int vl_width(unsigned int offset, unsigned int len)
{
	if ((len == 4 || len == 8) && !(offset % 4))
		return 4;
	if (len == 2 && !(offset % 2))
		return 2;
	return 1;
}

/*
 * The configuration is a string of bytes, whose order within a field is the
 * guest's business and stays as it is.  A wide access to PCI has the first byte
 * in its low bits on any guest.
 */
static void vl_read_unit(void __iomem *from, void *to, unsigned int width)
{
	if (width == 4)
		put_unaligned_le32(ioread32(from), to);
	else if (width == 2)
		put_unaligned_le16(ioread16(from), to);
	else
		*(u8 *)to = ioread8(from);
}

static void vl_write_unit(const void *from, void __iomem *to,
			  unsigned int width)
{
	if (width == 4)
		iowrite32(get_unaligned_le32(from), to);
	else if (width == 2)
		iowrite16(get_unaligned_le16(from), to);
	else
		iowrite8(*(const u8 *)from, to);
}

/* Read a field over what is in @buf.  Return: is it another one now? */
static bool vl_read_again(void __iomem *from, void *buf, unsigned int len,
			  unsigned int width)
{
	bool changed = false;
	unsigned int i;
	u8 now[4];

	for (i = 0; i < len; i += width) {
		vl_read_unit(from + i, now, width);
		changed |= memcmp(now, buf + i, width);
		memcpy(buf + i, now, width);
	}
	return changed;
}

/**
 * vl_get - read a field of the device-specific configuration
 * @vdev: the device
 * @offset: of the field
 * @buf: for its bytes, in the order that the device has them
 * @len: of the field
 *
 * VIRTIO 1.4, 2.5.3: there is no generation to tell of a change, so that a
 * field that takes more than one access is read until two reads agree, or
 * VL_READS_MAX times.  A field outside of the BAR reads as zeroes.
 * Context: process.
 */
static void vl_get(struct virtio_device *vdev, unsigned int offset, void *buf,
		   unsigned int len)
{
	struct vp_legacy *lg = vdev_to_vp_legacy(vdev);
	void __iomem *from = vl_config_at(lg, offset, len, "read");
	unsigned int width = vl_width(offset, len);
	int left = VL_READS_MAX;

	memset(buf, 0, len);
	if (!from)
		return;
	vl_read_again(from, buf, len, width);
	if (len <= width)
		return;
	while (--left)
		if (!vl_read_again(from, buf, len, width))
			return;
	dev_warn_ratelimited(&vdev->dev,
			     "configuration at %u changes without end: read as it is\n",
			     offset);
}

/**
 * vl_set - write a field of the device-specific configuration
 * @vdev: the device
 * @offset: of the field
 * @buf: its bytes, in the order that the device has them
 * @len: of the field
 *
 * The counterpart of vl_get(); a write outside of the BAR is dropped.
 * Context: process.
 */
static void vl_set(struct virtio_device *vdev, unsigned int offset,
		   const void *buf, unsigned int len)
{
	struct vp_legacy *lg = vdev_to_vp_legacy(vdev);
	void __iomem *to = vl_config_at(lg, offset, len, "write");
	unsigned int i, width = vl_width(offset, len);

	if (!to)
		return;
	for (i = 0; i < len; i += width)
		vl_write_unit(buf + i, to + i, width);
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
