// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Configuration of a SCSI host
 *
 * Called by probe, and whenever the device was reset.
 *
 * The device may change its configuration whenever it likes, so each field is
 * read once, all fields between two equal reads of the generation counter
 * (VIRTIO 1.4, 2.5.1), into memory of our own; what is used afterwards is the
 * checked copy in &struct vscsi_limits.  A value that makes the host unusable
 * is an error with a message; a hint that cannot be is corrected, with a
 * message.
 *
 * Two fields can be written, and are only when they are not what the layout of
 * our requests needs: sense_size and cdb_size (5.6.4).
 */
#include <linux/blkdev.h>
#include "vscsi.h"

/* A device that changes its generation this often gets an error. */
#define VSCSI_CONFIG_TRIES	16

/* Largest event believed: nothing is known that would need a tenth of it. */
#define VSCSI_MAX_EVENT		512

/* Number and length of the fields, for a loop over all of them. */
struct vscsi_field {
	u8 offset;
	u8 len;
};

#define VSCSI_OFF(member)	offsetof(struct virtio_scsi_config, member)
#define VSCSI_LEN(member)	sizeof_field(struct virtio_scsi_config, member)

/* VIRTIO 1.4, 5.6.4.  All of them are always there. */
static const struct vscsi_field vscsi_fields[] = {
	{ VSCSI_OFF(num_queues), VSCSI_LEN(num_queues) },
	{ VSCSI_OFF(seg_max), VSCSI_LEN(seg_max) },
	{ VSCSI_OFF(max_sectors), VSCSI_LEN(max_sectors) },
	{ VSCSI_OFF(cmd_per_lun), VSCSI_LEN(cmd_per_lun) },
	{ VSCSI_OFF(event_info_size), VSCSI_LEN(event_info_size) },
	{ VSCSI_OFF(sense_size), VSCSI_LEN(sense_size) },
	{ VSCSI_OFF(cdb_size), VSCSI_LEN(cdb_size) },
	{ VSCSI_OFF(max_channel), VSCSI_LEN(max_channel) },
	{ VSCSI_OFF(max_target), VSCSI_LEN(max_target) },
	{ VSCSI_OFF(max_lun), VSCSI_LEN(max_lun) },
};

static u32 vscsi_generation(struct virtio_device *vdev)
{
	return vdev->config->generation ? vdev->config->generation(vdev) : 0;
}

/**
 * vscsi_config_snapshot - read all fields as of one moment
 * @vdev: the device
 * @raw: where to
 *
 * Context: process.
 *
 * Return: 0, or -EIO when the configuration would not hold still.
 */
static int vscsi_config_snapshot(struct virtio_device *vdev,
				 struct virtio_scsi_config *raw)
{
	unsigned int tries, i;

	for (tries = 0; tries < VSCSI_CONFIG_TRIES; tries++) {
		u32 gen = vscsi_generation(vdev);

		for (i = 0; i < ARRAY_SIZE(vscsi_fields); i++) {
			const struct vscsi_field *f = &vscsi_fields[i];

			vdev->config->get(vdev, f->offset,
					  (u8 *)raw + f->offset, f->len);
		}
		if (gen == vscsi_generation(vdev))
			return 0;
	}
	dev_err(&vdev->dev, "configuration changes without end\n");
	return -EIO;
}

/* A hint of 0 cannot be meant: take the smallest that works. */
static u32 vscsi_at_least(struct virtio_device *vdev, const char *name,
			  u32 value, u32 least)
{
	if (value >= least)
		return value;
	dev_warn(&vdev->dev, "%s is %u: taken as %u\n", name, value, least);
	return least;
}

static u32 vscsi_at_most(struct virtio_device *vdev, const char *name,
			 u32 value, u32 most)
{
	if (value <= most)
		return value;
	dev_warn(&vdev->dev, "%s is %u: taken as %u\n", name, value, most);
	return most;
}

/**
 * vscsi_config_read - read and check the configuration
 * @vdev: the device
 * @lim: result
 *
 * max_channel is no more than a hint, and addresses have no channel
 * (VIRTIO 1.4, 5.6.6.1): it is always 0 here.
 * Context: process.
 *
 * Return: 0, -EINVAL when no command could be sent, -EIO.
 */
int vscsi_config_read(struct virtio_device *vdev, struct vscsi_limits *lim)
{
	struct virtio_scsi_config raw;
	int err;

	err = vscsi_config_snapshot(vdev, &raw);
	if (err)
		return err;
	lim->num_queues = virtio32_to_cpu(vdev, raw.num_queues);
	if (!lim->num_queues) {
		dev_err(&vdev->dev, "num_queues is 0: no command could be sent\n");
		return -EINVAL;
	}
	lim->seg_max = vscsi_at_least(vdev, "seg_max",
				      virtio32_to_cpu(vdev, raw.seg_max), 1);
	lim->max_sectors = vscsi_at_least(vdev, "max_sectors",
					  virtio32_to_cpu(vdev, raw.max_sectors),
					  PAGE_SIZE >> SECTOR_SHIFT);
	lim->cmd_per_lun = vscsi_at_least(vdev, "cmd_per_lun",
					  virtio32_to_cpu(vdev, raw.cmd_per_lun),
					  1);
	lim->event_size = vscsi_at_most(vdev, "event_info_size",
					virtio32_to_cpu(vdev,
							raw.event_info_size),
					VSCSI_MAX_EVENT);
	lim->event_size = max_t(u32, lim->event_size,
				sizeof(struct virtio_scsi_event));
	lim->max_target = vscsi_at_most(vdev, "max_target",
					virtio16_to_cpu(vdev, raw.max_target),
					VSCSI_MAX_TARGET);
	lim->max_lun = vscsi_at_most(vdev, "max_lun",
				     virtio32_to_cpu(vdev, raw.max_lun),
				     VSCSI_MAX_LUN);
	return 0;
}

/* One of the two fields that are the driver's to write. */
static int vscsi_config_size(struct virtio_device *vdev, const char *name,
			     unsigned int offset, u32 want)
{
	__virtio32 v;
	u32 now;

	vdev->config->get(vdev, offset, &v, sizeof(v));
	if (virtio32_to_cpu(vdev, v) == want)
		return 0;
	v = cpu_to_virtio32(vdev, want);
	vdev->config->set(vdev, offset, &v, sizeof(v));
	vdev->config->get(vdev, offset, &v, sizeof(v));
	now = virtio32_to_cpu(vdev, v);
	if (now == want)
		return 0;
	dev_err(&vdev->dev, "%s is %u, and cannot be made %u\n", name, now,
		want);
	return -EINVAL;
}

/**
 * vscsi_config_sizes - make sense_size and cdb_size what our requests have
 * @vdev: the device, reset before: both fields have their defaults
 *
 * VIRTIO 1.4, 5.6.4.  Our requests have the default sizes, so that a device
 * that keeps to the rules is not written to.  Any other size would shift the
 * fields behind CDB and sense: there is no going on with it.
 * Context: process, before DRIVER_OK.
 *
 * Return: 0, or -EINVAL when the device insists on something else.
 */
int vscsi_config_sizes(struct virtio_device *vdev)
{
	int err;

	err = vscsi_config_size(vdev, "sense_size", VSCSI_OFF(sense_size),
				VIRTIO_SCSI_SENSE_SIZE);
	if (err)
		return err;
	return vscsi_config_size(vdev, "cdb_size", VSCSI_OFF(cdb_size),
				 VIRTIO_SCSI_CDB_SIZE);
}
