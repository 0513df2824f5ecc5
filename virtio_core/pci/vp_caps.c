// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: the capability parser
 *
 * Pure functions, described in vp_caps.h.  pci_detect.c and the modern
 * transport call them with the configuration space of a function, unit tests
 * with bytes of their own.  Nothing here sleeps, allocates or keeps state
 * between calls.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/pci_regs.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <asm/unaligned.h>
#include "vp_caps.h"

#define VP_CAP_HDR	4	/* cap_vndr, cap_next, cap_len, cfg_type */

/**
 * struct vp_cap - one vendor capability, as far as it was needed
 * @bytes: private copy, from cap_vndr on
 * @pos: where it stands in configuration space
 */
struct vp_cap {
	u8 bytes[sizeof(struct virtio_pci_cap64)];
	u8 pos;
};

/**
 * struct vp_cap_kind - what VIRTIO 1.4 asks of a structure of some type
 * @size: bytes of the capability's layout; 0 for types that are not used
 * @align: alignment of offset
 * @min_len: smallest length that is of use
 */
struct vp_cap_kind {
	u8 size;
	u8 align;
	u8 min_len;
};

static const struct vp_cap_kind vp_cap_kinds[] = {
	/* 4.1.4.3 */
	[VIRTIO_PCI_CAP_COMMON_CFG] = {
		sizeof(struct virtio_pci_cap), 4, VP_COMMON_MIN },
	/* 4.1.4.4; vp_caps_features() tells whether 32 bits may be written */
	[VIRTIO_PCI_CAP_NOTIFY_CFG] = {
		sizeof(struct virtio_pci_notify_cap), 2, 2 },
	/* 4.1.4.5 */
	[VIRTIO_PCI_CAP_ISR_CFG] = {
		sizeof(struct virtio_pci_cap), 1, 1 },
	/* 4.1.4.6 */
	[VIRTIO_PCI_CAP_DEVICE_CFG] = {
		sizeof(struct virtio_pci_cap), 4, 1 },
	/* 4.1.4.7 */
	[VIRTIO_PCI_CAP_SHARED_MEMORY_CFG] = {
		sizeof(struct virtio_pci_cap64), 1, 1 },
};

static const char * const vp_cap_fault_names[] = {
	[VP_CAP_OK]		= "fine",
	[VP_CAP_TYPE]		= "of a type that is not used",
	[VP_CAP_SHORT]		= "shorter than its layout",
	[VP_CAP_BAR]		= "in a reserved BAR",
	[VP_CAP_RANGE]		= "not inside its BAR",
	[VP_CAP_ALIGN]		= "not aligned",
	[VP_CAP_LENGTH]		= "for too small a structure",
	[VP_CAP_MULTIPLIER]	= "with an odd notify_off_multiplier",
};

const char *vp_cap_fault_name(enum vp_cap_fault why)
{
	if (why >= ARRAY_SIZE(vp_cap_fault_names))
		return "unknown";
	return vp_cap_fault_names[why];
}

static u8 vp_cap_type(const struct vp_cap *cap)
{
	return cap->bytes[offsetof(struct virtio_pci_cap, cfg_type)];
}

static u32 vp_cap_le32(const struct vp_cap *cap, unsigned int off)
{
	return get_unaligned_le32(&cap->bytes[off]);
}

static const struct vp_cap_kind *vp_cap_kind(const struct vp_cap *cap)
{
	u8 type = vp_cap_type(cap);

	if (type >= ARRAY_SIZE(vp_cap_kinds) || !vp_cap_kinds[type].size)
		return NULL;
	return &vp_cap_kinds[type];
}

/* The bytes behind the header, of the types whose layout is known. */
static int vp_cap_body(const struct vp_caps_reader *rd, struct vp_cap *cap,
		       const struct vp_cap_kind *kind, enum vp_cap_fault *why)
{
	u8 cap_len = cap->bytes[offsetof(struct virtio_pci_cap, cap_len)];

	*why = VP_CAP_OK;
	if (cap_len < kind->size ||
	    cap->pos + kind->size > PCI_CFG_SPACE_SIZE) {
		*why = VP_CAP_SHORT;
		return 0;
	}
	return rd->read(rd->ctx, cap->pos + VP_CAP_HDR,
			cap->bytes + VP_CAP_HDR, kind->size - VP_CAP_HDR);
}

static void vp_cap_region(const struct vp_cap *cap, struct vp_region *region)
{
	region->bar = cap->bytes[offsetof(struct virtio_pci_cap, bar)];
	region->offset = vp_cap_le32(cap,
				     offsetof(struct virtio_pci_cap, offset));
	region->len = vp_cap_le32(cap, offsetof(struct virtio_pci_cap, length));

	if (vp_cap_type(cap) != VIRTIO_PCI_CAP_SHARED_MEMORY_CFG)
		return;
	region->offset |= (u64)vp_cap_le32(cap,
			offsetof(struct virtio_pci_cap64, offset_hi)) << 32;
	region->len |= (u64)vp_cap_le32(cap,
			offsetof(struct virtio_pci_cap64, length_hi)) << 32;
}

static u32 vp_cap_multiplier(const struct vp_cap *cap)
{
	return vp_cap_le32(cap, offsetof(struct virtio_pci_notify_cap,
					 notify_off_multiplier));
}

static enum vp_cap_fault vp_cap_check(const struct vp_caps_reader *rd,
				      const struct vp_cap *cap,
				      const struct vp_cap_kind *kind,
				      const struct vp_region *region)
{
	u64 room;

	if (region->bar >= VP_CAPS_BARS)
		return VP_CAP_BAR;
	if (region->len < kind->min_len)
		return VP_CAP_LENGTH;
	room = rd->bar_len[region->bar];
	/* Written so that no sum can overflow. */
	if (region->offset > room || region->len > room - region->offset)
		return VP_CAP_RANGE;
	if (region->offset % kind->align)
		return VP_CAP_ALIGN;
	if (vp_cap_type(cap) == VIRTIO_PCI_CAP_NOTIFY_CFG &&
	    vp_cap_multiplier(cap) % 2)
		return VP_CAP_MULTIPLIER;
	return VP_CAP_OK;
}

/**
 * vp_cap_read - read and judge one vendor capability
 * @rd: the function
 * @cap: header already read; the body is added
 * @region: the structure's place, valid when @why is VP_CAP_OK
 * @why: verdict
 *
 * Return: 0 or the error of the reader.
 */
static int vp_cap_read(const struct vp_caps_reader *rd, struct vp_cap *cap,
		       struct vp_region *region, enum vp_cap_fault *why)
{
	const struct vp_cap_kind *kind = vp_cap_kind(cap);
	int err;

	if (!kind) {
		*why = VP_CAP_TYPE;
		return 0;
	}
	err = vp_cap_body(rd, cap, kind, why);
	if (!err && *why == VP_CAP_OK) {
		vp_cap_region(cap, region);
		*why = vp_cap_check(rd, cap, kind, region);
	}
	if (!err && *why != VP_CAP_OK && rd->refused)
		rd->refused(rd->ctx, cap->pos, vp_cap_type(cap), *why);
	return err;
}

/**
 * vp_caps_first - position of the first capability
 * @rd: the function
 * @pos: set to it, or to 0 when the function has no list
 *
 * Return: 0 or the error of the reader.
 */
static int vp_caps_first(const struct vp_caps_reader *rd, u8 *pos)
{
	u8 status[2];
	int err;

	*pos = 0;
	err = rd->read(rd->ctx, PCI_STATUS, status, sizeof(status));
	if (err || !(get_unaligned_le16(status) & PCI_STATUS_CAP_LIST))
		return err;
	return rd->read(rd->ctx, PCI_CAPABILITY_LIST, pos, 1);
}

typedef void (*vp_caps_visit_t)(void *arg, const struct vp_cap *cap,
				const struct vp_region *region,
				enum vp_cap_fault why);

/**
 * vp_caps_walk - show each vendor capability to a visitor, in list order
 * @rd: the function
 * @visit: called with the verdict on each
 * @arg: handed to @visit
 *
 * Ends at the end of the list, at a link that does not point behind the
 * standard header, at an all-ones identifier (nothing answers there) or
 * after VP_CAPS_WALK_MAX capabilities, so a loop ends too.
 *
 * Return: 0 or the error of the reader.
 */
static int vp_caps_walk(const struct vp_caps_reader *rd, vp_caps_visit_t visit,
			void *arg)
{
	struct vp_region region;
	enum vp_cap_fault why;
	struct vp_cap cap;
	int i, err;
	u8 pos;

	err = vp_caps_first(rd, &pos);
	for (i = 0; !err && i < VP_CAPS_WALK_MAX; i++) {
		cap.pos = pos & ~3;
		if (cap.pos < PCI_STD_HEADER_SIZEOF)
			break;
		err = rd->read(rd->ctx, cap.pos, cap.bytes, VP_CAP_HDR);
		if (err || cap.bytes[PCI_CAP_LIST_ID] == 0xff)
			break;
		pos = cap.bytes[PCI_CAP_LIST_NEXT];
		if (cap.bytes[PCI_CAP_LIST_ID] != PCI_CAP_ID_VNDR)
			continue;
		err = vp_cap_read(rd, &cap, &region, &why);
		if (!err)
			visit(arg, &cap, &region, why);
	}
	return err;
}

/* Collects the structures of a device. */
struct vp_caps_found {
	struct vp_caps *caps;
	bool any;
};

static struct vp_region *vp_caps_slot(struct vp_caps *caps, u8 type)
{
	switch (type) {
	case VIRTIO_PCI_CAP_COMMON_CFG:
		return &caps->common;
	case VIRTIO_PCI_CAP_NOTIFY_CFG:
		return &caps->notify;
	case VIRTIO_PCI_CAP_ISR_CFG:
		return &caps->isr;
	case VIRTIO_PCI_CAP_DEVICE_CFG:
		return &caps->device;
	default:
		return NULL;
	}
}

static void vp_caps_collect(void *arg, const struct vp_cap *cap,
			    const struct vp_region *region,
			    enum vp_cap_fault why)
{
	struct vp_caps_found *found = arg;
	struct vp_region *slot = vp_caps_slot(found->caps, vp_cap_type(cap));

	/* A reserved bar makes it a capability of a later version: 4.1.4.1. */
	if (!slot || why == VP_CAP_BAR)
		return;
	found->any = true;
	if (why != VP_CAP_OK || slot->len)
		return;
	*slot = *region;
	if (vp_cap_type(cap) == VIRTIO_PCI_CAP_NOTIFY_CFG)
		found->caps->notify_multiplier = vp_cap_multiplier(cap);
}

int vp_caps_parse(const struct vp_caps_reader *rd, struct vp_caps *caps)
{
	struct vp_caps_found found = { .caps = caps };
	int err;

	memset(caps, 0, sizeof(*caps));
	err = vp_caps_walk(rd, vp_caps_collect, &found);
	if (err)
		return err;
	if (!found.any)
		return -ENODEV;
	if (!caps->common.len || !caps->notify.len || !caps->isr.len)
		return -EINVAL;
	return 0;
}

/* Looks for one shared memory region. */
struct vp_caps_shm {
	struct vp_region region;
	u8 id;
};

static void vp_caps_match_shm(void *arg, const struct vp_cap *cap,
			      const struct vp_region *region,
			      enum vp_cap_fault why)
{
	struct vp_caps_shm *shm = arg;

	if (why != VP_CAP_OK || shm->region.len ||
	    vp_cap_type(cap) != VIRTIO_PCI_CAP_SHARED_MEMORY_CFG ||
	    cap->bytes[offsetof(struct virtio_pci_cap, id)] != shm->id)
		return;
	shm->region = *region;
}

int vp_caps_find_shm(const struct vp_caps_reader *rd, u8 id,
		     struct vp_region *region)
{
	struct vp_caps_shm shm = { .id = id };
	int err;

	err = vp_caps_walk(rd, vp_caps_match_shm, &shm);
	if (err)
		return err;
	if (!shm.region.len)
		return -ENOENT;
	*region = shm.region;
	return 0;
}
EXPORT_SYMBOL_GPL(vp_caps_find_shm);

int vp_caps_notify_offset(const struct vp_caps *caps, u16 notify_off,
			  unsigned int width, u64 *offset)
{
	u64 at = (u64)notify_off * caps->notify_multiplier;

	if (caps->notify.len < width || at > caps->notify.len - width)
		return -EINVAL;
	*offset = at;
	return 0;
}
EXPORT_SYMBOL_GPL(vp_caps_notify_offset);

u64 vp_caps_features(const struct vp_caps *caps)
{
	u64 features = 0;

	if (caps->common.len >= VP_COMMON_NOTIF_DATA)
		features |= BIT_ULL(VIRTIO_F_NOTIF_CONFIG_DATA);
	if (caps->common.len >= VP_COMMON_RESET)
		features |= BIT_ULL(VIRTIO_F_RING_RESET);
	if (caps->notify.len >= sizeof(u32) &&
	    !(caps->notify.offset % sizeof(u32)) &&
	    !(caps->notify_multiplier % sizeof(u32)))
		features |= BIT_ULL(VIRTIO_F_NOTIFICATION_DATA);
	return features;
}
EXPORT_SYMBOL_GPL(vp_caps_features);
