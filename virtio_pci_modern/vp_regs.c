// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_modern.ko: registers
 *
 * The common configuration structure, ISR and notifications (VIRTIO 1.4,
 * 4.1.4.3 to 4.1.4.5), in the form of struct vp_ops.  Each access costs an
 * exit from the guest: a queue is selected once and then programmed with at
 * most 13 of them.
 *
 * queue_select is state of the device.  Only setup_vq touches it, which runs
 * in find_vqs, one at a time for each device.
 */
#include <linux/build_bug.h>
#include <linux/log2.h>
#include <linux/virtio_ring.h>
#include "vp_modern.h"

/* Entries of a queue: VIRTIO 1.4, 2.7 and 2.8. */
#define VP_QUEUE_MAX	32768

static_assert(sizeof(struct virtio_pci_common_cfg) == VP_COMMON_MIN);
static_assert(offsetof(struct virtio_pci_common_cfg, device_status) == 20);
static_assert(offsetof(struct virtio_pci_common_cfg, queue_select) == 22);
static_assert(offsetof(struct virtio_pci_common_cfg, queue_enable) == 28);
static_assert(offsetof(struct virtio_pci_common_cfg, queue_desc_lo) == 32);

static u8 vp_modern_read_status(struct vp_device *vp)
{
	return vp_read8(&to_vp_modern(vp)->common->device_status);
}

static void vp_modern_write_status(struct vp_device *vp, u8 status)
{
	vp_write8(status, &to_vp_modern(vp)->common->device_status);
}

static u8 vp_modern_read_isr(struct vp_device *vp)
{
	return ioread8(to_vp_modern(vp)->isr);
}

static u16 vp_modern_set_config_vector(struct vp_device *vp, u16 vector)
{
	struct vp_modern *md = to_vp_modern(vp);

	vp_write16(vector, &md->common->msix_config);
	return vp_read16(&md->common->msix_config);
}

/* VIRTIO 1.4, 4.1.5.2: 16 bits, the queue's index. */
static bool vp_modern_notify(struct virtqueue *vq)
{
	iowrite16(vq->index, (void __force __iomem *)vq->priv);
	return true;
}

/**
 * vp_modern_queue_size - largest size of the selected queue
 * @md: the device
 *
 * VIRTIO 1.4, 4.1.4.3.1: a power of 2 unless the packed layout is in use.
 *
 * Return: the size, -ENOENT when there is no such queue, -EINVAL for a size
 * that no queue may have.
 */
static int vp_modern_queue_size(struct vp_modern *md)
{
	struct virtio_device *vdev = &md->vp.vdev;
	u16 num = vp_read16(&md->common->queue_size);

	if (!num)
		return -ENOENT;
	if (num > VP_QUEUE_MAX ||
	    (!is_power_of_2(num) &&
	     !__virtio_test_bit(vdev, VIRTIO_F_RING_PACKED))) {
		dev_err(&vdev->dev, "device offers a queue of size %u\n", num);
		return -EINVAL;
	}
	return num;
}

/* Map the selected queue to a vector and verify: VIRTIO 1.4, 4.1.5.1.2.2. */
static int vp_modern_queue_vector(struct vp_modern *md, u16 vector)
{
	if (vector == VIRTIO_MSI_NO_VECTOR)
		return 0;
	vp_write16(vector, &md->common->queue_msix_vector);
	return vp_read16(&md->common->queue_msix_vector) == vector ? 0 : -EBUSY;
}

/**
 * vp_modern_notify_addr - where the selected queue is notified
 * @md: the device
 *
 * VIRTIO 1.4, 4.1.4.4.  Return: an address to be given back with
 * vp_modern_notify_unmap(), or an ERR_PTR().
 */
static void __iomem *vp_modern_notify_addr(struct vp_modern *md)
{
	u16 off = vp_read16(&md->common->queue_notify_off);
	struct vp_region *area = &md->caps.notify;
	void __iomem *addr;
	u64 at;

	if (vp_caps_notify_offset(&md->caps, off, &at)) {
		dev_err(&md->vp.vdev.dev,
			"queue_notify_off %u is outside of the structure\n",
			off);
		return IOMEM_ERR_PTR(-EINVAL);
	}
	if (md->notify)
		return md->notify + at;
	addr = pci_iomap_range(md->vp.pdev, area->bar, area->offset + at,
			       sizeof(u16));
	return addr ? addr : IOMEM_ERR_PTR(-ENOMEM);
}

static void vp_modern_notify_unmap(struct vp_modern *md, void __iomem *addr)
{
	if (!md->notify)
		pci_iounmap(md->vp.pdev, addr);
}

static void vp_modern_write_addr(__le32 __iomem *lo, __le32 __iomem *hi,
				 dma_addr_t addr)
{
	vp_write32(lower_32_bits(addr), lo);
	vp_write32(upper_32_bits(addr), hi);
}

/* The rest of the selected queue's registers, queue_enable last (4.1.4.3.2). */
static void vp_modern_enable_queue(struct vp_modern *md, struct virtqueue *vq)
{
	struct virtio_pci_common_cfg __iomem *cfg = md->common;
	unsigned int num = virtqueue_get_vring_size(vq);

	if (num != vq->num_max)
		vp_write16(num, &md->common->queue_size);
	vp_modern_write_addr(&cfg->queue_desc_lo, &cfg->queue_desc_hi,
			     virtqueue_get_desc_addr(vq));
	vp_modern_write_addr(&cfg->queue_avail_lo, &cfg->queue_avail_hi,
			     virtqueue_get_avail_addr(vq));
	vp_modern_write_addr(&cfg->queue_used_lo, &cfg->queue_used_hi,
			     virtqueue_get_used_addr(vq));
	vp_write16(1, &md->common->queue_enable);
}

/* struct vp_ops.setup_vq; VIRTIO 1.4, 4.1.5.1.3. */
static struct virtqueue *
vp_modern_setup_vq(struct vp_device *vp, const struct vp_queue_request *req)
{
	struct vp_modern *md = to_vp_modern(vp);
	void __iomem *addr;
	struct virtqueue *vq;
	int num, err;

	vp_write16(req->index, &md->common->queue_select);
	num = vp_modern_queue_size(md);
	if (num < 0)
		return ERR_PTR(num);
	err = vp_modern_queue_vector(md, req->vector);
	if (err)
		return ERR_PTR(err);
	addr = vp_modern_notify_addr(md);
	if (IS_ERR(addr))
		return ERR_CAST((void __force *)addr);

	vq = vring_create_virtqueue(req->index, num, SMP_CACHE_BYTES, &vp->vdev,
				    true, true, req->ctx, vp_modern_notify,
				    req->callback, req->name);
	if (!vq) {
		vp_modern_notify_unmap(md, addr);
		return ERR_PTR(-ENOMEM);
	}
	vq->num_max = num;
	vq->priv = (void __force *)addr;
	vp_modern_enable_queue(md, vq);
	return vq;
}

static void vp_modern_del_vq(struct vp_device *vp, struct virtqueue *vq)
{
	vp_modern_notify_unmap(to_vp_modern(vp),
			       (void __force __iomem *)vq->priv);
	vring_del_virtqueue(vq);
}

const struct vp_ops vp_modern_ops = {
	.read_status		= vp_modern_read_status,
	.write_status		= vp_modern_write_status,
	.read_isr		= vp_modern_read_isr,
	.set_config_vector	= vp_modern_set_config_vector,
	.setup_vq		= vp_modern_setup_vq,
	.del_vq			= vp_modern_del_vq,
};
