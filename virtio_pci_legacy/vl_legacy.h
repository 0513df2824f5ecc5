/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private to virtio_pci_legacy.ko
 *
 * vl_legacy.c maps the registers and is the PCI driver, vl_regs.c works the
 * header for virtio_pci.ko, vl_config.c serves struct virtio_config_ops.
 *
 * The registers are the header of VIRTIO 1.4, 4.1.4.10, at the start of BAR 0,
 * in I/O or memory space.  <linux/virtio_pci.h> has their offsets.  The header
 * is 20 bytes long, and 24 while MSI-X is enabled: the device's configuration
 * follows at once, so it moves.
 */
#ifndef _VL_LEGACY_H
#define _VL_LEGACY_H

#include <linux/io.h>
#include "../virtio_core/pci/vp.h"

/**
 * struct vp_legacy - a device with the registers of VIRTIO 1.4, 4.1.4.10
 * @vp: the shared part; must be first, see vp_register()
 * @regs: BAR 0
 * @len: its length in bytes, at least that of the longer header
 */
struct vp_legacy {
	struct vp_device vp;
	void __iomem *regs;
	unsigned int len;
};

#define to_vp_legacy(_vp) container_of(_vp, struct vp_legacy, vp)

static inline struct vp_legacy *vdev_to_vp_legacy(struct virtio_device *vdev)
{
	return to_vp_legacy(to_vp(vdev));
}

extern const struct vp_ops vl_ops;
extern const struct virtio_config_ops vl_config_ops;

#endif /* _VL_LEGACY_H */
