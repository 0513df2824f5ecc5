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

/* VIRTIO 1.4, 5.2.3: the device tells how worn it is. */
#ifndef VIRTIO_BLK_F_LIFETIME
#define VIRTIO_BLK_F_LIFETIME	15
#endif

/* VIRTIO 1.4, 5.2.6: asks for it. */
#ifndef VIRTIO_BLK_T_GET_LIFETIME
#define VIRTIO_BLK_T_GET_LIFETIME	10
#endif

/* VIRTIO 1.4, 5.2.4: zoned.model. */
#ifndef VIRTIO_BLK_Z_HM
#define VIRTIO_BLK_Z_NONE	0
#define VIRTIO_BLK_Z_HM		1
#define VIRTIO_BLK_Z_HA		2
#endif

/* VIRTIO 1.4, 5.2.6: requests to zoned disks, and what they end with. */
#ifndef VIRTIO_BLK_T_ZONE_APPEND
#define VIRTIO_BLK_T_ZONE_APPEND	15
#define VIRTIO_BLK_T_ZONE_REPORT	16
#define VIRTIO_BLK_T_ZONE_OPEN		18
#define VIRTIO_BLK_T_ZONE_CLOSE		20
#define VIRTIO_BLK_T_ZONE_FINISH	22
#define VIRTIO_BLK_T_ZONE_RESET		24
#define VIRTIO_BLK_T_ZONE_RESET_ALL	26
#define VIRTIO_BLK_S_ZONE_INVALID_CMD		3
#define VIRTIO_BLK_S_ZONE_UNALIGNED_WP		4
#define VIRTIO_BLK_S_ZONE_OPEN_RESOURCE		5
#define VIRTIO_BLK_S_ZONE_ACTIVE_RESOURCE	6
#endif

/* VIRTIO 1.4, 5.2.6: types and states of a zone in a report. */
#ifndef VIRTIO_BLK_ZT_CONV
#define VIRTIO_BLK_ZT_CONV	1
#define VIRTIO_BLK_ZT_SWR	2
#define VIRTIO_BLK_ZT_SWP	3
#define VIRTIO_BLK_ZS_NOT_WP	0
#define VIRTIO_BLK_ZS_EMPTY	1
#define VIRTIO_BLK_ZS_IOPEN	2
#define VIRTIO_BLK_ZS_EOPEN	3
#define VIRTIO_BLK_ZS_CLOSED	4
#define VIRTIO_BLK_ZS_RDONLY	13
#define VIRTIO_BLK_ZS_FULL	14
#define VIRTIO_BLK_ZS_OFFLINE	15
#endif

/* VIRTIO 1.4, 6: the doorbell says how far the ring is filled. */
#ifndef VIRTIO_F_NOTIFICATION_DATA
#define VIRTIO_F_NOTIFICATION_DATA	38
#endif

/* VIRTIO 1.4, 4.2.2: resets the selected queue. */
#ifndef VIRTIO_MMIO_QUEUE_RESET
#define VIRTIO_MMIO_QUEUE_RESET		0x0c0
#endif

/* VIRTIO 1.4, 6: the doorbell takes a value of the device's choice. */
#ifndef VIRTIO_F_NOTIF_CONFIG_DATA
#define VIRTIO_F_NOTIF_CONFIG_DATA	39
#endif

/* VIRTIO 1.4, 5.1.3: features of network devices. */
#ifndef VIRTIO_NET_F_DEVICE_STATS
#define VIRTIO_NET_F_DEVICE_STATS	50
#endif
#ifndef VIRTIO_NET_F_VQ_NOTF_COAL
#define VIRTIO_NET_F_VQ_NOTF_COAL	52
#endif
#ifndef VIRTIO_NET_F_GUEST_USO4
#define VIRTIO_NET_F_GUEST_USO4		54
#define VIRTIO_NET_F_GUEST_USO6		55
#define VIRTIO_NET_F_HOST_USO		56
#endif
#ifndef VIRTIO_NET_F_GUEST_HDRLEN
#define VIRTIO_NET_F_GUEST_HDRLEN	59
#endif

/* VIRTIO 1.4, 5.1.6.5.10: coalescing for one queue. */
#ifndef VIRTIO_NET_CTRL_NOTF_COAL_VQ_SET
#define VIRTIO_NET_CTRL_NOTF_COAL_VQ_SET	2
#define VIRTIO_NET_CTRL_NOTF_COAL_VQ_GET	3
#endif

/* VIRTIO 1.4, 5.1.6.5.11: what the device counts. */
#ifndef VIRTIO_NET_CTRL_STATS
#define VIRTIO_NET_CTRL_STATS		8
#define VIRTIO_NET_CTRL_STATS_QUERY	0
#define VIRTIO_NET_CTRL_STATS_GET	1
#endif

#endif /* _VIRTIO_COMPAT_H */
