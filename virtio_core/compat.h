/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What differs between kernels
 *
 * Force-included into every file (Kbuild), and the only file that may know
 * that kernels differ.  It looks at the HAVE_* answers of compat.mk, which
 * probes the target's headers, never at version numbers.
 *
 * It also gives the constants of VIRTIO 1.4 that the headers of an older
 * kernel lack, each with its section.
 */
#ifndef _VIRTIO_COMPAT_H
#define _VIRTIO_COMPAT_H

#ifdef HAVE_VIRTQUEUE_INFO
#error "This kernel's find_vqs() takes struct virtqueue_info: not supported"
#endif

/* VIRTIO 1.4, 5.2.3: zoned block device. */
#ifndef VIRTIO_BLK_F_ZONED
#define VIRTIO_BLK_F_ZONED	17
#endif

/* VIRTIO 1.4, 5.2.4: zoned.model of a host-managed device. */
#ifndef VIRTIO_BLK_Z_HM
#define VIRTIO_BLK_Z_HM		1
#endif

/* VIRTIO 1.4, 6: the doorbell says how far the ring is filled. */
#ifndef VIRTIO_F_NOTIFICATION_DATA
#define VIRTIO_F_NOTIFICATION_DATA	38
#endif

/* VIRTIO 1.4, 6: the doorbell takes a value of the device's choice. */
#ifndef VIRTIO_F_NOTIF_CONFIG_DATA
#define VIRTIO_F_NOTIF_CONFIG_DATA	39
#endif

#endif /* _VIRTIO_COMPAT_H */
