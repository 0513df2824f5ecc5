/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Where a PCI device keeps its virtio structures
 *
 * The pure half of the discovery of VIRTIO 1.4, 4.1.4: a walk of the PCI
 * capability list that knows nothing of struct pci_dev.  Configuration space
 * comes through a callback and the sizes of the BARs through an array, so
 * that unit tests can feed any bytes.
 *
 * What the device says is checked before it is believed:
 *
 * - the walk stops after VP_CAPS_WALK_MAX links, whatever they say;
 * - a capability is read once, into private memory, and only as far as its
 *   type needs: pci_cfg_data in particular is never touched (4.1.4.9.2);
 * - reserved values of cfg_type and bar are ignored (4.1.4.1);
 * - a structure counts only when its capability is long enough for its type,
 *   it lies wholly inside a BAR that exists, it is as long and as aligned as
 *   4.1.4.3 to 4.1.4.7 ask;
 * - of several acceptable structures of one type the first in the list is
 *   used; one that is not acceptable does not hide a later one (4.1.4.1).
 */
#ifndef _VP_CAPS_H
#define _VP_CAPS_H

#include <linux/types.h>

/* Capabilities of at least 4 bytes each, between 0x40 and 0xff: no more fit. */
#define VP_CAPS_WALK_MAX	48

/* Base address registers of a function: VIRTIO 1.4, 4.1.4 "bar". */
#define VP_CAPS_BARS		6

/* The part of the common structure that every device has (VIRTIO 1.0). */
#define VP_COMMON_MIN		56

/* The part that ends with queue_notif_config_data. */
#define VP_COMMON_NOTIF_DATA	58

/* The part that ends with queue_reset. */
#define VP_COMMON_RESET		60

/**
 * enum vp_cap_fault - why a capability was not used
 * @VP_CAP_OK: it can be used
 * @VP_CAP_TYPE: cfg_type that the driver does not use (reserved, PCI_CFG,
 *	vendor data); not an error of the device
 * @VP_CAP_SHORT: cap_len is smaller than the layout of its type, or the
 *	capability runs over the end of configuration space
 * @VP_CAP_BAR: reserved bar value
 * @VP_CAP_RANGE: offset + length is not inside the BAR (or the BAR does not
 *	exist, or the sum overflows)
 * @VP_CAP_ALIGN: offset is not aligned as its type asks
 * @VP_CAP_LENGTH: length is too small for its type
 * @VP_CAP_MULTIPLIER: notify_off_multiplier is odd
 */
enum vp_cap_fault {
	VP_CAP_OK,
	VP_CAP_TYPE,
	VP_CAP_SHORT,
	VP_CAP_BAR,
	VP_CAP_RANGE,
	VP_CAP_ALIGN,
	VP_CAP_LENGTH,
	VP_CAP_MULTIPLIER,
};

/**
 * struct vp_caps_reader - what the walk may look at
 * @read: copy @len bytes of configuration space from @pos to @buf; the walk
 *	asks only for ranges inside the first 256 bytes.  Returns 0 or -errno
 * @refused: told about each virtio capability that is not used although its
 *	type is known (may be NULL)
 * @ctx: handed to the callbacks
 * @bar_len: size of each BAR in bytes; 0 for one that is absent or was given
 *	no address
 */
struct vp_caps_reader {
	int (*read)(void *ctx, unsigned int pos, void *buf, unsigned int len);
	void (*refused)(void *ctx, unsigned int pos, u8 cfg_type,
			enum vp_cap_fault why);
	void *ctx;
	u64 bar_len[VP_CAPS_BARS];
};

/**
 * struct vp_region - a range of bytes in a BAR
 * @offset: from the start of the BAR
 * @len: bytes; 0 means "there is no such structure"
 * @bar: 0 to 5
 */
struct vp_region {
	u64 offset;
	u64 len;
	u8 bar;
};

/**
 * struct vp_caps - the structures of a modern device
 * @common: common configuration, at least VP_COMMON_MIN bytes, 4-byte aligned
 * @notify: notification area, at least 2 bytes, 2-byte aligned
 * @isr: ISR status, at least 1 byte
 * @device: device-specific configuration, 4-byte aligned; its length is 0
 *	for a device that has none, or none that is acceptable
 * @notify_multiplier: bytes between two values of queue_notify_off; even
 *	or 0
 */
struct vp_caps {
	struct vp_region common;
	struct vp_region notify;
	struct vp_region isr;
	struct vp_region device;
	u32 notify_multiplier;
};

/**
 * vp_caps_parse - find the structures of a modern device
 * @rd: configuration space and BAR sizes
 * @caps: filled on success; undefined after an error
 *
 * VIRTIO 1.4, 4.1.4 and 4.1.5.1.1.  Context: as @rd->read needs it.
 *
 * Return:
 * * 0 - common, notify and isr were found, device if it exists;
 * * -ENODEV - there is no virtio structure capability at all: a legacy
 *   device, or none (4.1.5.1.1.1);
 * * -EINVAL - there are some, but not an acceptable one of each needed type;
 * * the error of @rd->read - configuration space cannot be read.
 */
int vp_caps_parse(const struct vp_caps_reader *rd, struct vp_caps *caps);

/**
 * vp_caps_find_shm - find a shared memory region by its identifier
 * @rd: configuration space and BAR sizes
 * @id: the shmid, defined by the device type
 * @region: filled on success
 *
 * Takes the first acceptable capability with this identifier.
 * VIRTIO 1.4, 4.1.4.7.  Context: as @rd->read needs it.
 *
 * Return: 0, -ENOENT when there is no acceptable region of that identifier,
 * or the error of @rd->read.
 */
int vp_caps_find_shm(const struct vp_caps_reader *rd, u8 id,
		     struct vp_region *region);

/**
 * vp_caps_notify_offset - where a queue is notified
 * @caps: a parsed list
 * @notify_off: the queue's queue_notify_off, from the device
 * @width: bytes of a notification, 2 or 4
 * @offset: bytes from the start of @caps->notify, on success
 *
 * VIRTIO 1.4, 4.1.4.4: queue_notify_off times the multiplier, and the bytes
 * of a notification there must be inside of the structure.  Context: any.
 *
 * Return: 0, or -EINVAL when they are not.
 */
int vp_caps_notify_offset(const struct vp_caps *caps, u16 notify_off,
			  unsigned int width, u64 *offset);

/**
 * vp_caps_features - transport features that the structures have room for
 * @caps: a parsed list
 *
 * A register of a feature exists only in a structure that is long enough
 * (VIRTIO 1.4, 4.1.4.3), and a notification of 32 bits asks for alignment to
 * four bytes (4.1.4.4).  Context: any.
 *
 * Return: a mask of VIRTIO_F_RING_RESET, VIRTIO_F_NOTIF_CONFIG_DATA and
 * VIRTIO_F_NOTIFICATION_DATA.
 */
u64 vp_caps_features(const struct vp_caps *caps);

/**
 * vp_cap_fault_name - a fault in words
 * @why: the fault
 *
 * Return: a constant string for a log line.
 */
const char *vp_cap_fault_name(enum vp_cap_fault why);

#endif /* _VP_CAPS_H */
