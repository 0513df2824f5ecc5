// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci_modern.ko: registers
 *
 * The common configuration structure, ISR and notifications (VIRTIO 1.4,
 * 4.1.4.3 to 4.1.4.5), in the form of struct vp_ops.  Each access costs an
 * exit from the guest: a queue is selected once and then programmed with at
 * most 14 of them.
 *
 * queue_select is state of the device.  setup_vq uses it in find_vqs, one at a
 * time for each device and while there are no queues in use; the reset of a
 * single queue, from then on, under &vp_modern.select_lock.
 */
#include <linux/build_bug.h>
#include <linux/iopoll.h>
#include <linux/log2.h>
#include <linux/virtio_ring.h>
#include <virtqueue_ext.h>
#include "vp_modern.h"

/* Entries of a queue: VIRTIO 1.4, 2.7 and 2.8. */
#define VP_QUEUE_MAX	32768

/* How long the reset of a queue may take, and how often it is asked for. */
#define VP_QUEUE_RESET_LIMIT_US	(5 * USEC_PER_SEC)
#define VP_QUEUE_RESET_PAUSE_US	100

/*
 * What a register of 16 bits reads when nothing answers; not a value that
 * queue_reset or queue_size can have.
 */
#define VP_GONE16	0xffff

static_assert(sizeof(struct virtio_pci_common_cfg) == VP_COMMON_MIN);
static_assert(VIRTIO_PCI_COMMON_Q_RESET + sizeof(__le16) == VP_COMMON_RESET);
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

/* VIRTIO 1.4, 2.9 and 4.1.5.2: 32 bits, with what the ring says of itself. */
static bool vp_modern_notify_data(struct virtqueue *vq)
{
	iowrite32(virtqueue_ext_notification_data(vq),
		  (void __force __iomem *)vq->priv);
	return true;
}

/* What the device wants to read in the place of a queue's index: 4.1.4.3. */
static u16 vp_modern_notify_id(struct virtqueue *vq)
{
	return to_vp(vq->vdev)->queues[vq->index].notify_data;
}

/* VIRTIO 1.4, 4.1.5.2.1, with VIRTIO_F_NOTIF_CONFIG_DATA. */
static bool vp_modern_notify_id16(struct virtqueue *vq)
{
	iowrite16(vp_modern_notify_id(vq), (void __force __iomem *)vq->priv);
	return true;
}

/* The same, with VIRTIO_F_NOTIFICATION_DATA: the index is the low half. */
static bool vp_modern_notify_id32(struct virtqueue *vq)
{
	u32 ring = virtqueue_ext_notification_data(vq) & ~(u32)U16_MAX;

	iowrite32(ring | vp_modern_notify_id(vq),
		  (void __force __iomem *)vq->priv);
	return true;
}

static bool vp_modern_has_notify_data(struct vp_modern *md)
{
	return __virtio_test_bit(&md->vp.vdev, VIRTIO_F_NOTIFICATION_DATA);
}

static bool vp_modern_has_notify_id(struct vp_modern *md)
{
	return __virtio_test_bit(&md->vp.vdev, VIRTIO_F_NOTIF_CONFIG_DATA);
}

/* Of the selected queue; nothing without VIRTIO_F_NOTIF_CONFIG_DATA. */
static void vp_modern_read_notify_id(struct vp_modern *md, unsigned int index)
{
	__le16 __iomem *data = (void __iomem *)md->common +
			       VP_COMMON_NOTIF_DATA - sizeof(__le16);

	if (vp_modern_has_notify_id(md))
		md->vp.queues[index].notify_data = vp_read16(data);
}

typedef bool (*vp_notify_t)(struct virtqueue *vq);

static vp_notify_t vp_modern_notify_of(struct vp_modern *md)
{
	if (vp_modern_has_notify_id(md))
		return vp_modern_has_notify_data(md) ? vp_modern_notify_id32
						     : vp_modern_notify_id16;
	return vp_modern_has_notify_data(md) ? vp_modern_notify_data
					     : vp_modern_notify;
}

/**
 * vp_modern_queue_size - largest size of the selected queue
 * @md: the device
 *
 * VIRTIO 1.4, 4.1.4.3.1: a power of 2 unless the packed layout is in use.
 *
 * Return: the size, -ENOENT when there is no such queue, -ENODEV when nothing
 * answers, -EINVAL for a size that no queue may have.
 */
static int vp_modern_queue_size(struct vp_modern *md)
{
	struct virtio_device *vdev = &md->vp.vdev;
	u16 num = vp_read16(&md->common->queue_size);

	if (!num)
		return -ENOENT;
	if (num == VP_GONE16 && !pci_device_is_present(md->vp.pdev))
		return -ENODEV;
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
	unsigned int width = vp_modern_has_notify_data(md) ? sizeof(u32)
							   : sizeof(u16);
	u16 off = vp_read16(&md->common->queue_notify_off);
	struct vp_region *area = &md->caps.notify;
	void __iomem *addr;
	u64 at;

	if (vp_caps_notify_offset(&md->caps, off, width, &at)) {
		dev_err(&md->vp.vdev.dev,
			"queue_notify_off %u is outside of the structure\n",
			off);
		return IOMEM_ERR_PTR(-EINVAL);
	}
	if (md->notify)
		return md->notify + at;
	addr = pci_iomap_range(md->vp.pdev, area->bar, area->offset + at,
			       width);
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

	vp_modern_write_addr(&cfg->queue_desc_lo, &cfg->queue_desc_hi,
			     virtqueue_get_desc_addr(vq));
	vp_modern_write_addr(&cfg->queue_avail_lo, &cfg->queue_avail_hi,
			     virtqueue_get_avail_addr(vq));
	vp_modern_write_addr(&cfg->queue_used_lo, &cfg->queue_used_hi,
			     virtqueue_get_used_addr(vq));
	vp_write16(1, &cfg->queue_enable);
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
	vp_modern_read_notify_id(md, req->index);

	vq = vring_create_virtqueue(req->index, num, SMP_CACHE_BYTES, &vp->vdev,
				    true, true, req->ctx,
				    vp_modern_notify_of(md), req->callback,
				    req->name);
	if (!vq) {
		vp_modern_notify_unmap(md, addr);
		return ERR_PTR(-ENOMEM);
	}
	vq->num_max = num;
	vq->priv = (void __force *)addr;
	if (virtqueue_get_vring_size(vq) != num)
		vp_write16(virtqueue_get_vring_size(vq),
			   &md->common->queue_size);
	vp_modern_enable_queue(md, vq);
	return vq;
}

static void vp_modern_del_vq(struct vp_device *vp, struct virtqueue *vq)
{
	vp_modern_notify_unmap(to_vp_modern(vp),
			       (void __force __iomem *)vq->priv);
	vring_del_virtqueue(vq);
}

/**
 * vp_modern_reset_selected - reset the selected queue
 * @md: the device, with VIRTIO_F_RING_RESET
 * @vq: that queue
 *
 * VIRTIO 1.4, 2.6.1.1.2 and 4.1.4.3.2: complete when queue_reset reads 0
 * again; queue_enable does so as well then (4.1.4.3.1).
 * Context: process, may sleep for VP_QUEUE_RESET_LIMIT_US.
 *
 * Return: 0, or -EBUSY when the device does not answer so: it may go on using
 * the queue.
 */
static int vp_modern_reset_selected(struct vp_modern *md, struct virtqueue *vq)
{
	__le16 __iomem *reset = (void __iomem *)md->common +
				VIRTIO_PCI_COMMON_Q_RESET;
	u16 state, enabled;

	vp_write16(1, reset);
	read_poll_timeout(vp_read16, state,
			  !state || state == VP_GONE16,
			  VP_QUEUE_RESET_PAUSE_US, VP_QUEUE_RESET_LIMIT_US,
			  false, reset);
	enabled = vp_read16(&md->common->queue_enable);
	if (!state && !enabled)
		return 0;
	dev_err(&md->vp.vdev.dev,
		"queue %u (%s) was not reset: queue_reset %#x, queue_enable %#x\n",
		vq->index, vq->name ?: "-", state, enabled);
	return -EBUSY;
}

/**
 * vp_modern_disable_vq_and_reset - take one queue away from the device
 * @vq: the queue; nobody but its callback uses it
 *
 * Serves config->disable_vq_and_reset.  The queue is broken first, so that a
 * notification of the device that is on its way finds nothing to do, and the
 * handler that may run is waited for.  The vector and its handler stay.
 * Context: process, may sleep.
 *
 * Return: 0: the device uses the queue no more (VIRTIO 1.4, 2.6.1.1.1), and
 * the queue is broken until vp_modern_enable_vq_after_reset(); -ENOENT with
 * nothing done when the device cannot reset a queue; -EBUSY when it did not,
 * and the queue stays broken.
 */
int vp_modern_disable_vq_and_reset(struct virtqueue *vq)
{
	struct vp_modern *md = vdev_to_vp_modern(vq->vdev);
	int err;

	if (!__virtio_test_bit(vq->vdev, VIRTIO_F_RING_RESET))
		return -ENOENT;
	__virtqueue_break(vq);
	vp_synchronize_vq(vq);

	mutex_lock(&md->select_lock);
	vp_write16(vq->index, &md->common->queue_select);
	err = vp_modern_reset_selected(md, vq);
	mutex_unlock(&md->select_lock);
	return err;
}

/**
 * vp_modern_reenable_selected - set the selected queue up once more
 * @md: the device
 * @vq: that queue, reset, with its ring as it is to be used
 *
 * VIRTIO 1.4, 2.6.1.2.2: all of it, as the first time.  The size is written in
 * any case, because the device may remember the one before, and read back.
 *
 * Return: 0, or -EBUSY when the device does not take vector or size, or does
 * not enable the queue.
 */
static int vp_modern_reenable_selected(struct vp_modern *md,
				       struct virtqueue *vq)
{
	struct virtio_pci_common_cfg __iomem *cfg = md->common;
	u16 vector = md->vp.queues[vq->index].vector;
	unsigned int num = virtqueue_get_vring_size(vq);

	if (vp_modern_queue_vector(md, vector))
		return -EBUSY;
	vp_write16(num, &cfg->queue_size);
	if (vp_read16(&cfg->queue_size) != num)
		return -EBUSY;
	vp_modern_read_notify_id(md, vq->index);
	vp_modern_enable_queue(md, vq);
	return vp_read16(&cfg->queue_enable) == 1 ? 0 : -EBUSY;
}

/**
 * vp_modern_enable_vq_after_reset - give a queue that was reset to the device
 * @vq: the queue, after vp_modern_disable_vq_and_reset(); its size and its
 *	memory may be others than before
 *
 * Serves config->enable_vq_after_reset.  VIRTIO 1.4, 2.6.1.2.
 * Context: process, may sleep.
 *
 * Return: 0: the queue can be used; -EBUSY: the device did not take it, and it
 * stays broken.
 */
int vp_modern_enable_vq_after_reset(struct virtqueue *vq)
{
	struct vp_modern *md = vdev_to_vp_modern(vq->vdev);
	int err;

	mutex_lock(&md->select_lock);
	vp_write16(vq->index, &md->common->queue_select);
	err = vp_modern_reenable_selected(md, vq);
	mutex_unlock(&md->select_lock);
	if (err)
		dev_err(&vq->vdev->dev,
			"queue %u (%s) was not enabled again after its reset\n",
			vq->index, vq->name ?: "-");
	else
		__virtqueue_unbreak(vq);
	return err;
}

const struct vp_ops vp_modern_ops = {
	.read_status		= vp_modern_read_status,
	.write_status		= vp_modern_write_status,
	.read_isr		= vp_modern_read_isr,
	.set_config_vector	= vp_modern_set_config_vector,
	.setup_vq		= vp_modern_setup_vq,
	.del_vq			= vp_modern_del_vq,
};
