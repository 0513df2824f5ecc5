// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Zoned disks
 *
 * What VIRTIO_BLK_F_ZONED adds to a disk (VIRTIO 1.4, 5.2.6): the limits of a
 * host-managed or host-aware device, its zones as the block layer asks for
 * them, and the two answers that only such a device gives.  Called by the bus
 * before FEATURES_OK, by probe, by the block layer and by complete.
 *
 * What a device says of its zones is checked zone by zone: they follow each
 * other without a gap, none is longer than zone_sectors, and a write pointer
 * lies in its zone.
 */
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include "vblk.h"

/* One request for a report takes no more memory than this, bytes. */
#define VBLK_REPORT_MAX		SZ_256K

/* 5.2.6: what a device tells of one zone. */
struct vblk_zone {
	__virtio64 z_cap;
	__virtio64 z_start;
	__virtio64 z_wp;
	u8 z_type;
	u8 z_state;
	u8 reserved[38];
};

/* 5.2.6: the answer to a ZONE_REPORT. */
struct vblk_zone_report {
	__virtio64 nr_zones;
	u8 reserved[56];
	struct vblk_zone zones[];
};

/* The states of 5.2.6 have the numbers that the block layer gives them. */
static_assert(VIRTIO_BLK_ZS_NOT_WP == BLK_ZONE_COND_NOT_WP);
static_assert(VIRTIO_BLK_ZS_EMPTY == BLK_ZONE_COND_EMPTY);
static_assert(VIRTIO_BLK_ZS_IOPEN == BLK_ZONE_COND_IMP_OPEN);
static_assert(VIRTIO_BLK_ZS_EOPEN == BLK_ZONE_COND_EXP_OPEN);
static_assert(VIRTIO_BLK_ZS_CLOSED == BLK_ZONE_COND_CLOSED);
static_assert(VIRTIO_BLK_ZS_RDONLY == BLK_ZONE_COND_READONLY);
static_assert(VIRTIO_BLK_ZS_FULL == BLK_ZONE_COND_FULL);
static_assert(VIRTIO_BLK_ZS_OFFLINE == BLK_ZONE_COND_OFFLINE);
static_assert(sizeof(struct vblk_zone) == 64);
static_assert(sizeof(struct vblk_zone_report) == 64);

/**
 * vblk_zoned_check - read and check what the device says of its zones
 * @vdev: the device, with ZONED
 * @raw: its configuration, as of one moment
 * @lim: result; @lim->blk_size is set
 *
 * VIRTIO 1.4, 5.2.5.1: with the model NONE the other fields are ignored.
 *
 * Return: 0, or -EINVAL for a device that cannot be used.
 */
int vblk_zoned_check(struct virtio_device *vdev, const union vblk_config *raw,
		     struct vblk_limits *lim)
{
	const struct vblk_zoned_config *z = &raw->zoned;

	if (!virtio_has_feature(vdev, VIRTIO_BLK_F_ZONED))
		return 0;
	lim->zone_model = z->model;
	if (z->model == VIRTIO_BLK_Z_NONE)
		return 0;
	lim->zone_sectors = virtio32_to_cpu(vdev, z->zone_sectors);
	lim->max_open_zones = virtio32_to_cpu(vdev, z->max_open_zones);
	lim->max_active_zones = virtio32_to_cpu(vdev, z->max_active_zones);
	lim->append_sectors = virtio32_to_cpu(vdev, z->max_append_sectors);
	lim->write_granularity = virtio32_to_cpu(vdev, z->write_granularity);

	if (z->model != VIRTIO_BLK_Z_HM && z->model != VIRTIO_BLK_Z_HA) {
		dev_err(&vdev->dev, "zoned model %u is unknown\n", z->model);
		return -EINVAL;
	}
	if (!is_power_of_2(lim->zone_sectors) ||
	    lim->zone_sectors < lim->blk_size >> SECTOR_SHIFT) {
		dev_err(&vdev->dev, "zones of %u sectors: not a power of two of blocks\n",
			lim->zone_sectors);
		return -EINVAL;
	}
	if (!is_power_of_2(lim->write_granularity) ||
	    lim->write_granularity < lim->blk_size ||
	    lim->write_granularity >> SECTOR_SHIFT > lim->zone_sectors) {
		dev_err(&vdev->dev, "zones are written in units of %u bytes: not a power of two of blocks\n",
			lim->write_granularity);
		return -EINVAL;
	}
	if (lim->append_sectors < lim->write_granularity >> SECTOR_SHIFT) {
		dev_err(&vdev->dev, "zone append of %u sectors: the block layer needs it\n",
			lim->append_sectors);
		return -EINVAL;
	}
	return 0;
}

/**
 * vblk_zoned_apply - hand the limits of zones to the block layer
 * @vblk: the disk, its other limits applied
 *
 * Context: process.
 */
void vblk_zoned_apply(struct vblk *vblk)
{
	const struct vblk_limits *lim = &vblk->limits;
	struct request_queue *q = vblk->disk->queue;
	u32 append = min3(lim->append_sectors, lim->zone_sectors,
			  queue_max_hw_sectors(q));

	if (!vblk_is_zoned(vblk))
		return;
	disk_set_zoned(vblk->disk, lim->zone_model == VIRTIO_BLK_Z_HM ?
				   BLK_ZONED_HM : BLK_ZONED_HA);
	blk_queue_flag_set(QUEUE_FLAG_ZONE_RESETALL, q);
	/* Of the block layer's schedulers one keeps writes in order. */
	blk_queue_required_elevator_features(q, ELEVATOR_F_ZBD_SEQ_WRITE);
	disk_set_max_open_zones(vblk->disk, lim->max_open_zones);
	disk_set_max_active_zones(vblk->disk, lim->max_active_zones);
	blk_queue_chunk_sectors(q, lim->zone_sectors);
	blk_queue_physical_block_size(q, max(lim->phys_size,
					     lim->write_granularity));
	blk_queue_io_min(q, lim->write_granularity);
	blk_queue_zone_write_granularity(q, lim->write_granularity);
	blk_queue_max_zone_append_sectors(q, rounddown(append,
						       lim->write_granularity >>
						       SECTOR_SHIFT));
}

static int vblk_learn_zones(struct vblk *vblk)
{
	lockdep_assert_held(&vblk->zone_lock);
	return get_capacity(vblk->disk) ?
	       blk_revalidate_disk_zones(vblk->disk, NULL) : 0;
}

/**
 * vblk_zoned_revalidate - let the block layer learn the zones
 * @vblk: the disk; the device takes requests
 *
 * The block layer counts on a capacity that stays while it learns: it makes
 * room for so many zones, and does not look again.
 *
 * Context: process; waits for requests.
 *
 * Return: 0 or -errno.
 */
int vblk_zoned_revalidate(struct vblk *vblk)
{
	int err;

	if (!vblk_is_zoned(vblk))
		return 0;
	mutex_lock(&vblk->zone_lock);
	err = vblk_learn_zones(vblk);
	mutex_unlock(&vblk->zone_lock);
	return err;
}

/*
 * The block layer has room for as many zones as it learnt, and looks where it
 * has none when somebody writes to others: they may be had after it learnt
 * them, for which the disk has to have them.  So a disk with zones does not
 * grow under its users.  Context: process; @vblk->zone_lock is held.
 */
static void vblk_zoned_resize(struct vblk *vblk)
{
	u64 capacity = READ_ONCE(vblk->capacity);
	u64 now = get_capacity(vblk->disk);

	lockdep_assert_held(&vblk->zone_lock);
	if (now && capacity > now)
		dev_warn(&vblk->vdev->dev,
			 "has %llu sectors, of which %llu are used until its driver is bound again\n",
			 capacity, now);
	else
		set_capacity_and_notify(vblk->disk, capacity);
}

/**
 * vblk_zone_work - the disk may have another capacity, and other zones
 * @work: &vblk.zone_work
 *
 * By itself, since it asks the device: whoever waits for the answer to a
 * configuration change does not wait for that.
 */
void vblk_zone_work(struct work_struct *work)
{
	struct vblk *vblk = container_of(work, struct vblk, zone_work);
	int err = 0;

	mutex_lock(&vblk->zone_lock);
	if (!vblk->leaving) {
		vblk_zoned_resize(vblk);
		err = vblk_learn_zones(vblk);
	}
	mutex_unlock(&vblk->zone_lock);
	if (err)
		dev_err(&vblk->vdev->dev, "its zones are not known: error %d\n",
			err);
}

/**
 * vblk_zones_stop - do not learn zones from now on
 * @vblk: the disk, about to be taken away
 *
 * del_gendisk() takes its capacity.  Waits for who learns, which ends no later
 * than his request.  Context: process.
 */
void vblk_zones_stop(struct vblk *vblk)
{
	mutex_lock(&vblk->zone_lock);
	vblk->leaving = true;
	mutex_unlock(&vblk->zone_lock);
}

static bool vblk_zone_type(u8 z_type, struct blk_zone *to)
{
	switch (z_type) {
	case VIRTIO_BLK_ZT_CONV:
		to->type = BLK_ZONE_TYPE_CONVENTIONAL;
		return true;
	case VIRTIO_BLK_ZT_SWR:
		to->type = BLK_ZONE_TYPE_SEQWRITE_REQ;
		return true;
	case VIRTIO_BLK_ZT_SWP:
		to->type = BLK_ZONE_TYPE_SEQWRITE_PREF;
		return true;
	default:
		return false;
	}
}

static bool vblk_zone_state(u8 z_state, struct blk_zone *to)
{
	to->cond = z_state;
	return z_state <= VIRTIO_BLK_ZS_CLOSED ||
	       (z_state >= VIRTIO_BLK_ZS_RDONLY &&
		z_state <= VIRTIO_BLK_ZS_OFFLINE);
}

/* Where the next write goes; a zone without such a place counts as written. */
static u64 vblk_zone_wp(u64 wp, const struct blk_zone *zone)
{
	switch (zone->cond) {
	case BLK_ZONE_COND_EMPTY:
		return zone->start;
	case BLK_ZONE_COND_NOT_WP:
	case BLK_ZONE_COND_READONLY:
	case BLK_ZONE_COND_FULL:
	case BLK_ZONE_COND_OFFLINE:
		return zone->start + zone->len;
	default:
		return wp;
	}
}

/**
 * vblk_zone_parse - check what the device says of one zone
 * @vblk: the disk
 * @capacity: of the disk, 512-byte sectors
 * @from: what it says
 * @start: where the zone has to start, 512-byte sectors
 * @to: result
 *
 * Return: false when that cannot be.
 */
static bool vblk_zone_parse(struct vblk *vblk, u64 capacity,
			    const struct vblk_zone *from, u64 start,
			    struct blk_zone *to)
{
	struct virtio_device *vdev = vblk->vdev;
	bool conventional, pointer;

	memset(to, 0, sizeof(*to));
	to->start = virtio64_to_cpu(vdev, from->z_start);
	to->len = min_t(u64, vblk->limits.zone_sectors, capacity - start);
	to->capacity = virtio64_to_cpu(vdev, from->z_cap);
	if (to->start != start || to->capacity > to->len)
		return false;
	if (!vblk_zone_type(from->z_type, to) ||
	    !vblk_zone_state(from->z_state, to))
		return false;
	/* A zone has a write pointer, or it is a conventional one. */
	conventional = to->type == BLK_ZONE_TYPE_CONVENTIONAL;
	pointer = to->cond != BLK_ZONE_COND_NOT_WP;
	if (conventional == pointer)
		return false;
	to->wp = vblk_zone_wp(virtio64_to_cpu(vdev, from->z_wp), to);
	return to->wp >= start && to->wp <= start + to->len;
}

/**
 * struct vblk_walk - a report on its way to the block layer
 * @vblk: the disk
 * @capacity: of the disk when the report began, 512-byte sectors
 * @sector: where the next zone has to start
 * @index: how many zones were told
 * @wanted: how many are wanted
 * @cb: whom to tell
 * @data: for @cb
 */
struct vblk_walk {
	struct vblk *vblk;
	u64 capacity;
	u64 sector;
	unsigned int index;
	unsigned int wanted;
	report_zones_cb cb;
	void *data;
};

/* Returns 0, or an error that ends the report. */
static int vblk_walk_zones(struct vblk_walk *w, const struct vblk_zone *zones,
			   u64 num)
{
	struct blk_zone zone;
	u64 i;
	int err;

	for (i = 0; i < num && w->index < w->wanted; i++) {
		if (w->sector >= w->capacity)
			break;
		if (!vblk_zone_parse(w->vblk, w->capacity, &zones[i], w->sector,
				     &zone)) {
			dev_err_ratelimited(&w->vblk->vdev->dev,
					    "what it says of the zone at sector %llu cannot be\n",
					    w->sector);
			return -EIO;
		}
		err = w->cb(&zone, w->index, w->data);
		if (err)
			return err;
		w->sector += zone.len;
		w->index++;
	}
	return 0;
}

/* Memory for a report of @nr zones, or of as many as there is memory for. */
static struct vblk_zone_report *vblk_report_alloc(struct vblk *vblk,
						  unsigned int nr, size_t *size)
{
	struct request_queue *q = vblk->disk->queue;
	struct vblk_zone_report *report;
	size_t max = min_t(size_t, VBLK_REPORT_MAX,
			   (size_t)queue_max_hw_sectors(q) << SECTOR_SHIFT);

	/* Each of its pages may become a segment. */
	max = min_t(size_t, max, (size_t)queue_max_segments(q) << PAGE_SHIFT);
	*size = min_t(size_t, struct_size(report, zones, nr), max);
	*size = round_down(*size, sizeof(struct vblk_zone));
	for (; *size >= struct_size(report, zones, 1);
	     *size = round_down(*size / 2, sizeof(struct vblk_zone))) {
		report = (void *)__get_free_pages(GFP_NOIO | __GFP_ZERO |
						  __GFP_NOWARN,
						  get_order(*size));
		if (report)
			return report;
	}
	return NULL;
}

/* One request; 0 and the zones told, or an error. */
static int vblk_report_some(struct vblk_walk *w, struct vblk_zone_report *report,
			    size_t size)
{
	size_t room = (size - sizeof(*report)) / sizeof(struct vblk_zone);
	unsigned int before = w->index;
	u64 num;
	int err;

	err = vblk_own_request(w->vblk, VIRTIO_BLK_T_ZONE_REPORT, w->sector,
			       report, size);
	if (err)
		return err;
	/* The device is done with it: what stands there stays. */
	num = virtio64_to_cpu(w->vblk->vdev, report->nr_zones);
	if (num > room) {
		dev_err_ratelimited(&w->vblk->vdev->dev,
				    "reports %llu zones where %zu have room\n",
				    num, room);
		return -EIO;
	}
	err = vblk_walk_zones(w, report->zones, num);
	if (!err && w->index == before)
		return -EIO;
	return err;
}

/**
 * vblk_report_zones - tell the block layer of zones
 * @disk: the disk
 * @sector: the first zone is the one with this sector
 * @nr_zones: how many at most
 * @cb: called for each
 * @data: for @cb
 *
 * The report_zones operation.  VIRTIO 1.4, 5.2.6.  Context: process; waits for
 * requests, no longer than their timeout.
 *
 * Return: how many zones were told, or -errno.
 */
int vblk_report_zones(struct gendisk *disk, sector_t sector,
		      unsigned int nr_zones, report_zones_cb cb, void *data)
{
	struct vblk *vblk = disk->private_data;
	struct vblk_walk w = {
		.vblk = vblk,
		.capacity = get_capacity(disk),
		.wanted = nr_zones,
		.cb = cb,
		.data = data,
	};
	struct vblk_zone_report *report;
	size_t size;
	int err = 0;

	if (!vblk_is_zoned(vblk))
		return -EOPNOTSUPP;
	w.sector = round_down((u64)sector, vblk->limits.zone_sectors);
	nr_zones = min_t(u64, nr_zones,
			 DIV_ROUND_UP_ULL(w.capacity,
					  vblk->limits.zone_sectors));
	report = vblk_report_alloc(vblk, max(nr_zones, 1U), &size);
	if (!report)
		return -ENOMEM;
	while (!err && w.index < w.wanted && w.sector < w.capacity)
		err = vblk_report_some(&w, report, size);
	free_pages((unsigned long)report, get_order(size));
	return err ? err : (int)w.index;
}

/**
 * vblk_zone_appended - where did the device put the data?
 * @q: the queue
 * @cmd: a ZONE_APPEND that succeeded
 *
 * VIRTIO 1.4, 5.2.6.  The sector is the device's word: it has to lie in the
 * zone that was asked for, with room for the data.  Context: any.
 *
 * Return: BLK_STS_OK, or BLK_STS_IOERR.
 */
blk_status_t vblk_zone_appended(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct vblk *vblk = q->vblk;
	u64 at = virtio64_to_cpu(vblk->vdev,
				 READ_ONCE(cmd->blk->append_sector));
	u64 zone = blk_rq_pos(cmd->rq);
	u32 num = blk_rq_sectors(cmd->rq);

	if (at >= zone && at - zone <= vblk->limits.zone_sectors - num) {
		cmd->rq->__sector = at;
		return BLK_STS_OK;
	}
	dev_err_ratelimited(&vblk->vdev->dev,
			    "%s: appended to the zone at %llu, it says at sector %llu\n",
			    q->name, zone, at);
	return BLK_STS_IOERR;
}

/**
 * vblk_zone_result - what a status means that only a zoned device gives
 * @status: from the device
 *
 * Return: the block layer's word for it; BLK_STS_OK when there is none.
 */
blk_status_t vblk_zone_result(u8 status)
{
	switch (status) {
	case VIRTIO_BLK_S_ZONE_OPEN_RESOURCE:
		return BLK_STS_ZONE_OPEN_RESOURCE;
	case VIRTIO_BLK_S_ZONE_ACTIVE_RESOURCE:
		return BLK_STS_ZONE_ACTIVE_RESOURCE;
	case VIRTIO_BLK_S_ZONE_INVALID_CMD:
	case VIRTIO_BLK_S_ZONE_UNALIGNED_WP:
		return BLK_STS_IOERR;
	default:
		return BLK_STS_OK;
	}
}
