// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_legacy.ko: registers
 *
 * The header of VIRTIO 1.4, 4.1.4.10, in the form of struct vp_ops.  It is
 * little-endian on any guest; each access has the width of its register.
 *
 * A queue is its page number: written, the device may use the queue at once,
 * since it does not wait for DRIVER_OK (3.1.2).  So the number is the last
 * thing that is written.  Nothing but a reset is known to take a queue back.
 *
 * queue_select is state of the device.  find_vqs and del_vqs, which the driver
 * core serialises, are all that uses it.
 */
#include <linux/build_bug.h>
#include <linux/log2.h>
#include <linux/virtio_ring.h>
#include "vl_legacy.h"

/* Entries of a queue: VIRTIO 1.4, 2.7. */
#define VL_QUEUE_MAX	32768

static_assert(VIRTIO_PCI_QUEUE_PFN == 8);
static_assert(VIRTIO_PCI_STATUS == 18);
static_assert(VIRTIO_PCI_VRING_ALIGN == 1 << VIRTIO_PCI_QUEUE_ADDR_SHIFT);

static u8 vl_read_status(struct vp_device *vp)
{
	return ioread8(to_vp_legacy(vp)->regs + VIRTIO_PCI_STATUS);
}

static void vl_write_status(struct vp_device *vp, u8 status)
{
	iowrite8(status, to_vp_legacy(vp)->regs + VIRTIO_PCI_STATUS);
}

static u8 vl_read_isr(struct vp_device *vp)
{
	return ioread8(to_vp_legacy(vp)->regs + VIRTIO_PCI_ISR);
}

static u16 vl_set_config_vector(struct vp_device *vp, u16 vector)
{
	void __iomem *reg = to_vp_legacy(vp)->regs + VIRTIO_MSI_CONFIG_VECTOR;

	iowrite16(vector, reg);
	return ioread16(reg);
}

/* VIRTIO 1.4, 4.1.5.2: 16 bits, the queue's index. */
static bool vl_notify(struct virtqueue *vq)
{
	iowrite16(vq->index, (void __force __iomem *)vq->priv);
	return true;
}

/**
 * vl_queue_size - size of the selected queue
 * @lg: the device
 *
 * VIRTIO 1.4, 4.1.5.1.3.1 and 2.7.2: what the device says, there is nothing to
 * negotiate.
 *
 * Return: the size; -ENOENT when there is no such queue; -EINVAL for a size
 * that no queue may have.
 */
static int vl_queue_size(struct vp_legacy *lg)
{
	u16 num = ioread16(lg->regs + VIRTIO_PCI_QUEUE_NUM);
	struct device *dev = &lg->vp.vdev.dev;

	if (!num)
		return -ENOENT;
	if (num > VL_QUEUE_MAX || !is_power_of_2(num)) {
		dev_err(dev, "device has a queue of size %u\n", num);
		return -EINVAL;
	}
	return num;
}

/*
 * Map the selected queue to a vector and verify: VIRTIO 1.4, 4.1.5.1.2.2.
 * Without MSI-X something else stands where this register is.
 */
static int vl_queue_vector(struct vp_legacy *lg, u16 vector)
{
	void __iomem *reg = lg->regs + VIRTIO_MSI_QUEUE_VECTOR;

	if (vector == VIRTIO_MSI_NO_VECTOR)
		return 0;
	iowrite16(vector, reg);
	return ioread16(reg) == vector ? 0 : -EBUSY;
}

/**
 * vl_queue_enable - give the selected queue to the device
 * @lg: the device
 * @vq: that queue
 *
 * VIRTIO 1.4, 4.1.5.1.3.1.  A ring outside of the DMA API is where the kernel
 * found memory, whatever the device's mask is.
 *
 * Return: 0, or -E2BIG for an address that the register cannot hold.
 */
static int vl_queue_enable(struct vp_legacy *lg, struct virtqueue *vq)
{
	u64 page = (u64)virtqueue_get_desc_addr(vq) >>
		   VIRTIO_PCI_QUEUE_ADDR_SHIFT;

	if (upper_32_bits(page)) {
		dev_err(&lg->vp.vdev.dev,
			"queue %u is at page %#llx: 32 bits are all that a legacy device takes\n",
			vq->index, page);
		return -E2BIG;
	}
	iowrite32(lower_32_bits(page), lg->regs + VIRTIO_PCI_QUEUE_PFN);
	return 0;
}

/* struct vp_ops.setup_vq; VIRTIO 1.4, 4.1.5.1.3. */
static struct virtqueue *vl_setup_vq(struct vp_device *vp,
				     const struct vp_queue_request *req)
{
	struct vp_legacy *lg = to_vp_legacy(vp);
	struct virtqueue *vq;
	int num, err;

	iowrite16(req->index, lg->regs + VIRTIO_PCI_QUEUE_SEL);
	num = vl_queue_size(lg);
	if (num < 0)
		return ERR_PTR(num);
	err = vl_queue_vector(lg, req->vector);
	if (err)
		return ERR_PTR(err);

	vq = vring_create_virtqueue(req->index, num, VIRTIO_PCI_VRING_ALIGN,
				    &vp->vdev, true, false, req->ctx, vl_notify,
				    req->callback, req->name);
	if (!vq)
		return ERR_PTR(-ENOMEM);
	vq->priv = (void __force *)(lg->regs + VIRTIO_PCI_QUEUE_NOTIFY);
	err = vl_queue_enable(lg, vq);
	if (!err)
		return vq;
	vring_del_virtqueue(vq);
	return ERR_PTR(err);
}

/**
 * vl_del_vq - undo vl_setup_vq()
 * @vp: the device
 * @vq: the queue
 *
 * Serves struct vp_ops.del_vq.  A legacy device may use a queue before
 * DRIVER_OK (VIRTIO 1.4, 3.1.2): one that was not reset since the queue was set
 * up is reset now.  The page number is 0 after that; should it not be, a 0 is
 * what a device understands that the next user of the queue can take it.
 * Context: process, may sleep as vp_reset().
 */
static void vl_del_vq(struct vp_device *vp, struct virtqueue *vq)
{
	struct vp_legacy *lg = to_vp_legacy(vp);

	if (!vp->cut_off && vl_read_status(vp))
		vp_reset(&vp->vdev);
	iowrite16(vq->index, lg->regs + VIRTIO_PCI_QUEUE_SEL);
	if (ioread32(lg->regs + VIRTIO_PCI_QUEUE_PFN))
		iowrite32(0, lg->regs + VIRTIO_PCI_QUEUE_PFN);
	vring_del_virtqueue(vq);
}

const struct vp_ops vl_ops = {
	.read_status		= vl_read_status,
	.write_status		= vl_write_status,
	.read_isr		= vl_read_isr,
	.set_config_vector	= vl_set_config_vector,
	.setup_vq		= vl_setup_vq,
	.del_vq			= vl_del_vq,
};
