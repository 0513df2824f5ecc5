/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private to virtio_pci_modern.ko
 *
 * vp_modern.c maps the structures that virtio_pci.ko finds and is the PCI
 * driver, vp_regs.c works the common structure, notifications and ISR for
 * virtio_pci.ko, vp_config.c serves struct virtio_config_ops.
 */
#ifndef _VP_MODERN_H
#define _VP_MODERN_H

#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include "../virtio_core/pci/vp.h"
#include "../virtio_core/pci/vp_caps.h"

/**
 * struct vp_modern - a device with the registers of VIRTIO 1.4, 4.1.4
 * @vp: the shared part; must be first, see vp_register()
 * @caps: where the structures are; immutable after probe
 * @bars: mask of the BARs that are requested
 * @common: common configuration (4.1.4.3)
 * @isr: ISR status (4.1.4.5)
 * @device: device-specific configuration (4.1.4.6), or NULL
 * @device_len: bytes of it that are mapped
 * @notify: notification area (4.1.4.4), or NULL when each queue maps its own
 *	address
 * @select_lock: from a choice by queue_select to the last access to what was
 *	chosen, while there are queues
 * @gen_lock: protects the gen fields
 * @gen_seen: what config_generation read last
 * @gen_told: what the last caller was told
 * @gen_changed: when it was last read changed, in jiffies
 * @gen_changes: how often it was read changed since the last quiet second
 * @gen_frozen: @gen_told is repeated until @gen_until
 * @gen_until: in jiffies
 */
struct vp_modern {
	struct vp_device vp;
	struct vp_caps caps;
	int bars;
	struct virtio_pci_common_cfg __iomem *common;
	void __iomem *isr;
	void __iomem *device;
	unsigned int device_len;
	void __iomem *notify;
	struct mutex select_lock;	/* queue_select */

	spinlock_t gen_lock;	/* the fields below */
	u8 gen_seen;
	u8 gen_told;
	unsigned long gen_changed;
	unsigned int gen_changes;
	bool gen_frozen;
	unsigned long gen_until;
};

#define to_vp_modern(_vp) container_of(_vp, struct vp_modern, vp)

static inline struct vp_modern *vdev_to_vp_modern(struct virtio_device *vdev)
{
	return to_vp_modern(to_vp(vdev));
}

/*
 * One access of exactly the width of the field, as VIRTIO 1.4, 4.1.3.1 asks:
 * the type of the pointer is that of the field in the structure's layout.
 * The accessors convert from and to little-endian.
 */
static inline u8 vp_read8(const u8 __iomem *field)
{
	return ioread8(field);
}

static inline u16 vp_read16(const __le16 __iomem *field)
{
	return ioread16(field);
}

static inline u32 vp_read32(const __le32 __iomem *field)
{
	return ioread32(field);
}

static inline void vp_write8(u8 value, u8 __iomem *field)
{
	iowrite8(value, field);
}

static inline void vp_write16(u16 value, __le16 __iomem *field)
{
	iowrite16(value, field);
}

static inline void vp_write32(u32 value, __le32 __iomem *field)
{
	iowrite32(value, field);
}

int vp_modern_disable_vq_and_reset(struct virtqueue *vq);
int vp_modern_enable_vq_after_reset(struct virtqueue *vq);

extern const struct vp_ops vp_modern_ops;
extern const struct virtio_config_ops vp_modern_config_ops;

#endif /* _VP_MODERN_H */
