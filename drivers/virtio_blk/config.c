// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Configuration of a block device
 *
 * Called by probe, by the answer to a configuration change and by cache_type.
 *
 * The device may change its configuration whenever it likes, so each field is
 * read once, all fields between two equal reads of the generation counter
 * (VIRTIO 1.4, 2.5.1), into memory of our own; what is used afterwards is the
 * checked copy in &struct vblk_limits.  A value that makes the disk unusable
 * is an error with a message; one that only makes an optional ability
 * unusable switches that ability off, with a message.
 */
#include <linux/blkdev.h>
#include <linux/lcm.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include "vblk.h"

/* A device that changes its generation this often gets an error. */
#define VBLK_CONFIG_TRIES	16

/* Largest physical block and alignment unit believed, in bytes. */
#define VBLK_MAX_UNIT		SZ_16M

/* Largest optimal I/O size believed, in bytes: read-ahead follows it. */
#define VBLK_MAX_OPT		SZ_64M

/* Feature of fields that are always there. */
#define VBLK_F_NONE		0xff

/**
 * struct vblk_field - a field of the configuration space
 * @feature: the feature bit that makes it exist, or %VBLK_F_NONE
 * @offset: in struct virtio_blk_config, bytes
 * @len: bytes
 */
struct vblk_field {
	u8 feature;
	u8 offset;
	u8 len;
};

#define VBLK_OFF(member)	offsetof(struct virtio_blk_config, member)
#define VBLK_LEN(member)	sizeof_field(struct virtio_blk_config, member)
#define VBLK_ZOFF(member)	offsetof(union vblk_config, zoned.member)
#define VBLK_ZLEN(member)	sizeof_field(struct vblk_zoned_config, member)

/* VIRTIO 1.4, 5.2.4.  A field whose feature was not negotiated is not read. */
static const struct vblk_field vblk_fields[] = {
	{ VBLK_F_NONE, VBLK_OFF(capacity), VBLK_LEN(capacity) },
	{ VIRTIO_BLK_F_SIZE_MAX, VBLK_OFF(size_max), VBLK_LEN(size_max) },
	{ VIRTIO_BLK_F_SEG_MAX, VBLK_OFF(seg_max), VBLK_LEN(seg_max) },
	{ VIRTIO_BLK_F_GEOMETRY,
	  VBLK_OFF(geometry.cylinders), VBLK_LEN(geometry.cylinders) },
	{ VIRTIO_BLK_F_GEOMETRY,
	  VBLK_OFF(geometry.heads), VBLK_LEN(geometry.heads) },
	{ VIRTIO_BLK_F_GEOMETRY,
	  VBLK_OFF(geometry.sectors), VBLK_LEN(geometry.sectors) },
	{ VIRTIO_BLK_F_BLK_SIZE, VBLK_OFF(blk_size), VBLK_LEN(blk_size) },
	{ VIRTIO_BLK_F_TOPOLOGY,
	  VBLK_OFF(physical_block_exp), VBLK_LEN(physical_block_exp) },
	{ VIRTIO_BLK_F_TOPOLOGY,
	  VBLK_OFF(alignment_offset), VBLK_LEN(alignment_offset) },
	{ VIRTIO_BLK_F_TOPOLOGY, VBLK_OFF(min_io_size), VBLK_LEN(min_io_size) },
	{ VIRTIO_BLK_F_TOPOLOGY, VBLK_OFF(opt_io_size), VBLK_LEN(opt_io_size) },
	{ VIRTIO_BLK_F_CONFIG_WCE, VBLK_OFF(wce), VBLK_LEN(wce) },
	{ VIRTIO_BLK_F_MQ, VBLK_OFF(num_queues), VBLK_LEN(num_queues) },
	{ VIRTIO_BLK_F_DISCARD,
	  VBLK_OFF(max_discard_sectors), VBLK_LEN(max_discard_sectors) },
	{ VIRTIO_BLK_F_DISCARD,
	  VBLK_OFF(max_discard_seg), VBLK_LEN(max_discard_seg) },
	{ VIRTIO_BLK_F_DISCARD,
	  VBLK_OFF(discard_sector_alignment),
	  VBLK_LEN(discard_sector_alignment) },
	{ VIRTIO_BLK_F_WRITE_ZEROES,
	  VBLK_OFF(max_write_zeroes_sectors),
	  VBLK_LEN(max_write_zeroes_sectors) },
	{ VIRTIO_BLK_F_WRITE_ZEROES,
	  VBLK_OFF(max_write_zeroes_seg), VBLK_LEN(max_write_zeroes_seg) },
	{ VIRTIO_BLK_F_SECURE_ERASE,
	  VBLK_OFF(max_secure_erase_sectors),
	  VBLK_LEN(max_secure_erase_sectors) },
	{ VIRTIO_BLK_F_SECURE_ERASE,
	  VBLK_OFF(max_secure_erase_seg), VBLK_LEN(max_secure_erase_seg) },
	{ VIRTIO_BLK_F_SECURE_ERASE,
	  VBLK_OFF(secure_erase_sector_alignment),
	  VBLK_LEN(secure_erase_sector_alignment) },
#ifdef CONFIG_BLK_DEV_ZONED
	{ VIRTIO_BLK_F_ZONED, VBLK_ZOFF(zone_sectors), VBLK_ZLEN(zone_sectors) },
	{ VIRTIO_BLK_F_ZONED,
	  VBLK_ZOFF(max_open_zones), VBLK_ZLEN(max_open_zones) },
	{ VIRTIO_BLK_F_ZONED,
	  VBLK_ZOFF(max_active_zones), VBLK_ZLEN(max_active_zones) },
	{ VIRTIO_BLK_F_ZONED,
	  VBLK_ZOFF(max_append_sectors), VBLK_ZLEN(max_append_sectors) },
	{ VIRTIO_BLK_F_ZONED,
	  VBLK_ZOFF(write_granularity), VBLK_ZLEN(write_granularity) },
	{ VIRTIO_BLK_F_ZONED, VBLK_ZOFF(model), VBLK_ZLEN(model) },
#endif
};

static u32 vblk_generation(struct virtio_device *vdev)
{
	return vdev->config->generation ? vdev->config->generation(vdev) : 0;
}

/**
 * vblk_config_snapshot - read fields of the configuration as of one moment
 * @vdev: the device
 * @raw: where to; fields that do not exist become 0
 * @nr: how many entries of vblk_fields[] to read
 *
 * Context: process; one exit per field, and two.
 *
 * Return: 0, or -EIO when the configuration would not hold still.
 */
static int vblk_config_snapshot(struct virtio_device *vdev,
				union vblk_config *raw, unsigned int nr)
{
	unsigned int tries, i;

	memset(raw, 0, sizeof(*raw));
	for (tries = 0; tries < VBLK_CONFIG_TRIES; tries++) {
		u32 gen = vblk_generation(vdev);

		for (i = 0; i < nr; i++) {
			const struct vblk_field *f = &vblk_fields[i];

			if (f->feature != VBLK_F_NONE &&
			    !virtio_has_feature(vdev, f->feature))
				continue;
			vdev->config->get(vdev, f->offset,
					  (u8 *)raw + f->offset, f->len);
		}
		if (gen == vblk_generation(vdev))
			return 0;
	}
	dev_err(&vdev->dev, "configuration changes without end\n");
	return -EIO;
}

/* Whole logical blocks only, and no more than a file offset can say. */
static u64 vblk_check_capacity(u64 capacity, u32 blk_size)
{
	u64 max = LLONG_MAX >> SECTOR_SHIFT;

	return round_down(min(capacity, max), blk_size >> SECTOR_SHIFT);
}

static int vblk_check_block(struct virtio_device *vdev, u32 blk_size,
			    struct vblk_limits *lim)
{
	lim->blk_size = SECTOR_SIZE;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_BLK_SIZE))
		lim->blk_size = blk_size;
	if (lim->blk_size < SECTOR_SIZE || lim->blk_size > PAGE_SIZE ||
	    !is_power_of_2(lim->blk_size)) {
		dev_err(&vdev->dev, "block size %u: not a power of two from 512 to %lu\n",
			lim->blk_size, PAGE_SIZE);
		return -EINVAL;
	}
	lim->phys_size = lim->blk_size;
	return 0;
}

static int vblk_check_segments(struct virtio_device *vdev,
			       const struct virtio_blk_config *raw,
			       struct vblk_limits *lim)
{
	lim->size_max = UINT_MAX;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_SIZE_MAX))
		lim->size_max = virtio32_to_cpu(vdev, raw->size_max);
	if (!lim->size_max) {
		dev_err(&vdev->dev, "size_max is 0: no data could be moved\n");
		return -EINVAL;
	}
	/* Without the feature one segment is the only number known to work. */
	lim->seg_max = 1;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_SEG_MAX))
		lim->seg_max = virtio32_to_cpu(vdev, raw->seg_max);
	if (!lim->seg_max) {
		dev_warn(&vdev->dev, "seg_max is 0: taken as 1\n");
		lim->seg_max = 1;
	}
	return 0;
}

static int vblk_check_queues(struct virtio_device *vdev, u16 num_queues,
			     struct vblk_limits *lim)
{
	lim->num_queues = 1;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_MQ))
		lim->num_queues = num_queues;
	if (!lim->num_queues) {
		dev_err(&vdev->dev, "num_queues is 0\n");
		return -EINVAL;
	}
	return 0;
}

/**
 * vblk_check_topology - take the I/O hints over as far as they make sense
 * @vdev: the device
 * @raw: its configuration
 * @lim: result; @lim->blk_size is set
 *
 * Only performance depends on them (VIRTIO 1.4, 5.2.5), so a hint that cannot
 * be is dropped, not the disk.
 */
static void vblk_check_topology(struct virtio_device *vdev,
				const struct virtio_blk_config *raw,
				struct vblk_limits *lim)
{
	u8 shift = ilog2(lim->blk_size);
	u64 opt;

	if (!virtio_has_feature(vdev, VIRTIO_BLK_F_TOPOLOGY))
		return;
	if (raw->physical_block_exp <= ilog2(VBLK_MAX_UNIT) - shift)
		lim->phys_size = lim->blk_size << raw->physical_block_exp;
	else
		dev_warn(&vdev->dev, "physical block exponent %u ignored\n",
			 raw->physical_block_exp);
	lim->align_off = (u32)raw->alignment_offset << shift;
	if (lim->align_off >= lim->phys_size)
		lim->align_off = 0;
	lim->io_min = (u32)virtio16_to_cpu(vdev, raw->min_io_size) << shift;
	opt = (u64)virtio32_to_cpu(vdev, raw->opt_io_size) << shift;
	if (opt <= VBLK_MAX_OPT)
		lim->io_opt = opt;
	else
		dev_warn(&vdev->dev, "optimal I/O size %llu ignored\n", opt);
}

/*
 * A limit in whole logical blocks, as the block layer splits by it; 0 when
 * ranges and sectors do not allow any.
 */
static u32 vblk_check_extent(struct virtio_device *vdev, const char *what,
			     u32 sectors, u32 segs, u32 blk_size)
{
	u32 limit = min_t(u32, sectors, UINT_MAX >> SECTOR_SHIFT);

	limit = rounddown(limit, blk_size >> SECTOR_SHIFT);
	if (limit && segs)
		return limit;
	dev_warn(&vdev->dev, "%s offered with %u sectors in %u segments: unused\n",
		 what, sectors, segs);
	return 0;
}

/* Alignment in sectors to bytes; one that cannot be is taken as a block. */
static u32 vblk_check_align(u32 sectors, u32 blk_size)
{
	if (!sectors || sectors > VBLK_MAX_UNIT >> SECTOR_SHIFT)
		return blk_size;
	return max_t(u32, sectors << SECTOR_SHIFT, blk_size);
}

static void vblk_check_discard(struct virtio_device *vdev,
			       const struct virtio_blk_config *raw,
			       struct vblk_limits *lim)
{
	lim->discard_segs = 1;
	if (!virtio_has_feature(vdev, VIRTIO_BLK_F_DISCARD))
		return;
	lim->discard_segs = virtio32_to_cpu(vdev, raw->max_discard_seg);
	lim->discard_sectors =
		vblk_check_extent(vdev, "discard",
				  virtio32_to_cpu(vdev, raw->max_discard_sectors),
				  lim->discard_segs, lim->blk_size);
	lim->discard_segs = clamp_t(u32, lim->discard_segs, 1, VBLK_MAX_RANGES);
	lim->discard_align =
		vblk_check_align(virtio32_to_cpu(vdev, raw->discard_sector_alignment),
				 lim->blk_size);
	if (lim->discard_align >> SECTOR_SHIFT > lim->discard_sectors)
		lim->discard_align = lim->blk_size;
}

/**
 * vblk_join_erase - fit secure erase in beside discard
 * @vdev: the device
 * @lim: limits of both, secure erase the last of them
 * @align: alignment of a secure erase, bytes
 *
 * The block layer splits both kinds by one granularity and merges both by the
 * limit of discard: so both get the smaller limit, and a granularity that
 * suits both.  Where no such thing is, secure erase is left out.
 */
static void vblk_join_erase(struct virtio_device *vdev,
			    struct vblk_limits *lim, u32 align)
{
	u32 limit = lim->erase_sectors;
	unsigned long unit = align;

	if (lim->discard_sectors) {
		limit = min(limit, lim->discard_sectors);
		unit = lcm(align, lim->discard_align);
	}
	limit = rounddown(limit, max(unit >> SECTOR_SHIFT, 1UL));
	lim->erase_sectors = limit;
	if (!limit) {
		dev_warn(&vdev->dev, "secure erase in units of %lu bytes: unused\n",
			 unit);
		return;
	}
	lim->discard_align = unit;
	if (lim->discard_sectors)
		lim->discard_sectors = limit;
}

/* One range each: the block layer does not merge what is apart. */
static void vblk_check_zeroes_erase(struct virtio_device *vdev,
				    const struct virtio_blk_config *raw,
				    struct vblk_limits *lim)
{
	u32 align;

	if (virtio_has_feature(vdev, VIRTIO_BLK_F_WRITE_ZEROES))
		lim->zeroes_sectors =
			vblk_check_extent(vdev, "write zeroes",
					  virtio32_to_cpu(vdev, raw->max_write_zeroes_sectors),
					  virtio32_to_cpu(vdev, raw->max_write_zeroes_seg),
					  lim->blk_size);
	if (!virtio_has_feature(vdev, VIRTIO_BLK_F_SECURE_ERASE))
		return;
	lim->erase_sectors =
		vblk_check_extent(vdev, "secure erase",
				  virtio32_to_cpu(vdev, raw->max_secure_erase_sectors),
				  virtio32_to_cpu(vdev, raw->max_secure_erase_seg),
				  lim->blk_size);
	align = virtio32_to_cpu(vdev, raw->secure_erase_sector_alignment);
	vblk_join_erase(vdev, lim, vblk_check_align(align, lim->blk_size));
}

/**
 * vblk_cache_mode - is there a volatile cache that has to be flushed?
 * @vdev: the device
 * @wce: the field "writeback", used with CONFIG_WCE only
 *
 * VIRTIO 1.4, 5.2.5.1: with CONFIG_WCE the field says; without it FLUSH means
 * a writeback cache and no FLUSH a writethrough one.  Without FLUSH there is
 * no way to flush, whatever the field says.
 *
 * Return: true for a writeback cache.
 */
static bool vblk_cache_mode(struct virtio_device *vdev, u8 wce)
{
	if (!virtio_has_feature(vdev, VIRTIO_BLK_F_FLUSH))
		return false;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_CONFIG_WCE))
		return wce;
	return true;
}

/**
 * vblk_config_read - read and check the configuration
 * @vdev: the device; features are negotiated (FEATURES_OK)
 * @lim: result
 *
 * Context: process.
 *
 * Return: 0, -EINVAL when a field makes the disk unusable, -EIO when the
 * configuration cannot be read consistently.
 */
int vblk_config_read(struct virtio_device *vdev, struct vblk_limits *lim)
{
	union vblk_config raw;
	int err;

	err = vblk_config_snapshot(vdev, &raw, ARRAY_SIZE(vblk_fields));
	if (err)
		return err;
	memset(lim, 0, sizeof(*lim));
	err = vblk_check_block(vdev, virtio32_to_cpu(vdev, raw.std.blk_size), lim);
	if (err)
		return err;
	err = vblk_check_segments(vdev, &raw.std, lim);
	if (err)
		return err;
	err = vblk_check_queues(vdev, virtio16_to_cpu(vdev, raw.std.num_queues),
				lim);
	if (err)
		return err;
	lim->capacity = vblk_check_capacity(virtio64_to_cpu(vdev, raw.std.capacity),
					    lim->blk_size);
	vblk_check_topology(vdev, &raw.std, lim);
	vblk_check_discard(vdev, &raw.std, lim);
	vblk_check_zeroes_erase(vdev, &raw.std, lim);
	err = vblk_zoned_check(vdev, &raw, lim);
	if (err)
		return err;
	lim->cylinders = virtio16_to_cpu(vdev, raw.std.geometry.cylinders);
	lim->heads = raw.std.geometry.heads;
	lim->sectors = raw.std.geometry.sectors;
	lim->writeback = vblk_cache_mode(vdev, raw.std.wce);
	return 0;
}

/**
 * vblk_config_capacity - read the capacity again
 * @vblk: the disk
 * @capacity: result, 512-byte sectors
 *
 * VIRTIO 1.4, 5.2.6.1: the capacity may change while the device runs.
 * Context: process; @vblk->lock is held.
 *
 * Return: 0 or -EIO.
 */
int vblk_config_capacity(struct vblk *vblk, u64 *capacity)
{
	union vblk_config raw;
	int err;

	lockdep_assert_held(&vblk->lock);
	BUILD_BUG_ON(offsetof(struct virtio_blk_config, capacity));
	err = vblk_config_snapshot(vblk->vdev, &raw, 1);
	if (!err)
		*capacity = vblk_check_capacity(virtio64_to_cpu(vblk->vdev,
								raw.std.capacity),
						vblk->limits.blk_size);
	return err;
}

/**
 * vblk_config_set_writeback - choose the cache mode
 * @vblk: the disk, with CONFIG_WCE
 * @on: writeback, else writethrough
 * @now: the mode that the device has afterwards
 *
 * Context: process; @vblk->lock is held.
 *
 * Return: 0, or -EIO when the device was given up.
 */
int vblk_config_set_writeback(struct vblk *vblk, bool on, bool *now)
{
	struct virtio_device *vdev = vblk->vdev;
	unsigned int off = offsetof(struct virtio_blk_config, wce);
	u8 val = on;

	lockdep_assert_held(&vblk->lock);
	if (vblk->failed)
		return -EIO;
	vdev->config->set(vdev, off, &val, sizeof(val));
	vdev->config->get(vdev, off, &val, sizeof(val));
	*now = vblk_cache_mode(vdev, val);
	return 0;
}

/* The model, before FEATURES_OK and whether or not we know what it means. */
static u8 vblk_config_model(struct virtio_device *vdev)
{
	u8 model;

	vdev->config->get(vdev, VBLK_ZOFF(model), &model, sizeof(model));
	return model;
}

/**
 * vblk_config_validate - look at a zoned disk before its features are agreed on
 * @vdev: the device; FEATURES_OK is not set yet
 *
 * DISCARD is not for a host-managed disk (VIRTIO 1.4, 5.2.5.1).  A kernel that
 * knows nothing of zones does not negotiate ZONED, and has to refuse such a
 * disk; the other models are ordinary disks to it.
 * Context: process.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int vblk_config_validate(struct virtio_device *vdev)
{
	u64 offered = vdev->features;

	if (!vdev->config->get)
		return 0;
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		offered = vdev->config->get_features(vdev);
	if (!(offered & BIT_ULL(VIRTIO_BLK_F_ZONED)) ||
	    vblk_config_model(vdev) != VIRTIO_BLK_Z_HM)
		return 0;
	if (!IS_ENABLED(CONFIG_BLK_DEV_ZONED)) {
		dev_err(&vdev->dev, "host-managed zoned disk: not supported by this kernel\n");
		return -EOPNOTSUPP;
	}
	__virtio_clear_bit(vdev, VIRTIO_BLK_F_DISCARD);
	return 0;
}

/**
 * vblk_limits_segments - tell the block layer what fits one request
 * @vblk: the disk; @vblk->max_data_descs and @vblk->max_desc_len are set
 *
 * The block layer counts segments of at least a page.  Where a descriptor may
 * hold less, each segment is worth several descriptors.  With a single segment
 * a logical block must not lie across two pages: nothing could split it.
 */
static void vblk_limits_segments(struct vblk *vblk)
{
	struct request_queue *q = vblk->disk->queue;
	u32 segs = vblk->max_data_descs;
	u32 len = vblk->max_desc_len;

	if (len < PAGE_SIZE) {
		segs /= DIV_ROUND_UP(PAGE_SIZE, len);
		len = PAGE_SIZE;
	}
	if (segs == 1)
		blk_queue_dma_alignment(q, vblk->limits.blk_size - 1);
	blk_queue_max_segments(q, segs);
	blk_queue_max_segment_size(q, len);
	blk_queue_max_hw_sectors(q, UINT_MAX);
}

/**
 * vblk_limits_apply - hand the checked limits to the block layer
 * @vblk: the disk, not yet added
 *
 * Context: process.
 */
void vblk_limits_apply(struct vblk *vblk)
{
	const struct vblk_limits *lim = &vblk->limits;
	struct request_queue *q = vblk->disk->queue;

	vblk_limits_segments(vblk);
	blk_queue_logical_block_size(q, lim->blk_size);
	blk_queue_physical_block_size(q, lim->phys_size);
	blk_queue_alignment_offset(q, lim->align_off);
	if (lim->io_min)
		blk_queue_io_min(q, lim->io_min);
	if (lim->io_opt)
		blk_queue_io_opt(q, lim->io_opt);
	blk_queue_write_cache(q, lim->writeback, false);
	if (lim->discard_sectors || lim->erase_sectors)
		q->limits.discard_granularity = lim->discard_align;
	if (lim->discard_sectors) {
		blk_queue_max_discard_sectors(q, lim->discard_sectors);
		blk_queue_max_discard_segments(q, vblk->max_ranges);
	}
	blk_queue_max_secure_erase_sectors(q, lim->erase_sectors);
	blk_queue_max_write_zeroes_sectors(q, lim->zeroes_sectors);
	vblk_zoned_apply(vblk);
	set_capacity(vblk->disk, lim->capacity);
	if (virtio_has_feature(vblk->vdev, VIRTIO_BLK_F_RO))
		set_disk_ro(vblk->disk, true);
}
