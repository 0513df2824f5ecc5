// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What the middle layer knows of a SCSI host
 *
 * The template that it calls by, the limits that it keeps to, and what it is
 * told of a logical unit.
 *
 * A command has one direction or none: the middle layer of 6.1 has no way to
 * ask for both, so VIRTIO_SCSI_F_INOUT is not asked for either.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <scsi/scsi_devinfo.h>
#include "vscsi.h"

/**
 * vscsi_slave_alloc - is this an address that the device can have?
 * @sdev: a logical unit that is to be looked for
 *
 * Context: process.
 *
 * Return: 0 or -ENXIO.
 */
static int vscsi_slave_alloc(struct scsi_device *sdev)
{
	if (sdev->channel || sdev->id > VSCSI_MAX_TARGET ||
	    sdev->lun > U16_MAX)
		return -ENXIO;
	/*
	 * Many a virtual disk claims a version of the standard that had no VPD
	 * pages, and has those that say what it can: discard, best lengths.
	 */
	sdev->sdev_bflags = BLIST_TRY_VPD_PAGES;
	return 0;
}

static int vscsi_slave_configure(struct scsi_device *sdev)
{
	vscsi_subscribe(sdev);
	return 0;
}

/* Never more than the device takes for one logical unit (5.6.4.1). */
static int vscsi_change_queue_depth(struct scsi_device *sdev, int depth)
{
	return scsi_change_queue_depth(sdev,
				       min_t(int, depth,
					     sdev->host->cmd_per_lun));
}

struct scsi_host_template vscsi_template = {
	.module			 = THIS_MODULE,
	.name			 = "Virtio SCSI HBA",
	.proc_name		 = "virtio_scsi",
	.this_id		 = -1,
	.cmd_size		 = sizeof(struct vscsi_cmd),
	.queuecommand		 = vscsi_queuecommand,
	.commit_rqs		 = vscsi_commit_rqs,
	.mq_poll		 = vscsi_mq_poll,
	.map_queues		 = vscsi_map_queues,
	.init_cmd_priv		 = vscsi_init_cmd,
	.exit_cmd_priv		 = vscsi_exit_cmd,
	.slave_alloc		 = vscsi_slave_alloc,
	.slave_configure	 = vscsi_slave_configure,
	.change_queue_depth	 = vscsi_change_queue_depth,
	.eh_timed_out		 = vscsi_timed_out,
	.eh_abort_handler	 = vscsi_eh_abort,
	.eh_device_reset_handler = vscsi_eh_device_reset,
	.eh_target_reset_handler = vscsi_eh_target_reset,
	.eh_host_reset_handler	 = vscsi_eh_host_reset,
	.shost_groups		 = vscsi_host_groups,
	.track_queue_depth	 = 1,
	.skip_settle_delay	 = 1,
	.dma_boundary		 = UINT_MAX,
};

/**
 * vscsi_limit_segs - segments of a command
 * @vs: the host
 *
 * Data and protection information share what the device allows (VIRTIO 1.4,
 * 5.6.4), and the middle layer wants as many of the one as of the other.
 */
static void vscsi_limit_segs(struct vscsi *vs)
{
	struct Scsi_Host *shost = vs->shost;
	u32 segs = min3(vs->limits.seg_max,
			(u32)vs->min_ring - VSCSI_FIXED_DESCS,
			(u32)VSCSI_MAX_DATA_DESCS);

	vs->max_descs = segs;
	vs->pi = vs->pi_layout && segs > 1;
	shost->sg_tablesize = vs->pi ? segs / 2 : segs;
	if (!vs->pi)
		return;
	shost->sg_prot_tablesize = shost->sg_tablesize;
	scsi_host_set_prot(shost, SHOST_DIF_TYPE1_PROTECTION |
				  SHOST_DIF_TYPE2_PROTECTION |
				  SHOST_DIF_TYPE3_PROTECTION |
				  SHOST_DIX_TYPE1_PROTECTION |
				  SHOST_DIX_TYPE2_PROTECTION |
				  SHOST_DIX_TYPE3_PROTECTION);
	scsi_host_set_guard(shost, SHOST_DIX_GUARD_CRC);
}

/**
 * vscsi_limit_depth - commands at a time
 * @vs: the host
 *
 * Of one queue as many as its ring takes: without indirect descriptors a
 * command takes three entries at the least.  Of one logical unit as many as
 * the device says, and never more than a ring has entries (5.6.4.1).
 */
static void vscsi_limit_depth(struct vscsi *vs)
{
	struct Scsi_Host *shost = vs->shost;
	unsigned int depth = vs->min_ring;

	if (!virtio_has_feature(vs->vdev, VIRTIO_RING_F_INDIRECT_DESC))
		depth = max(depth / (VSCSI_FIXED_DESCS + 1), 1U);
	shost->can_queue = min_t(unsigned int, depth, VSCSI_MAX_DEPTH);
	shost->cmd_per_lun = min3(vs->limits.cmd_per_lun, (u32)vs->min_ring,
				  (u32)shost->can_queue);
	shost->nr_hw_queues = vs->nr_queues;
	shost->nr_maps = vs->nr_poll ? HCTX_MAX_TYPES : 1;
}

/**
 * vscsi_host_limits - tell the middle layer what the device takes
 * @vs: the host; its limits are read and its queues set up
 *
 * Context: process.
 *
 * Return: 0, or -EINVAL when not even a page fits a command.
 */
int vscsi_host_limits(struct vscsi *vs)
{
	struct Scsi_Host *shost = vs->shost;
	size_t seg = virtio_max_dma_size(vs->vdev);

	vscsi_limit_segs(vs);
	vscsi_limit_depth(vs);
	if (seg < PAGE_SIZE) {
		dev_err(&vs->vdev->dev, "a page does not fit %zu bytes of DMA\n",
			seg);
		return -EINVAL;
	}
	shost->max_segment_size = min_t(size_t, seg, UINT_MAX);
	shost->max_sectors = min_t(size_t, vs->limits.max_sectors,
				   UINT_MAX >> SECTOR_SHIFT);
	if (vs->dma_dev)
		shost->max_sectors = min_t(size_t, shost->max_sectors,
					   dma_max_mapping_size(vs->dma_dev) >>
					   SECTOR_SHIFT);
	shost->max_id = vs->limits.max_target + 1;
	/* As REPORT LUNS has them, with the bits of flat space addressing. */
	shost->max_lun = vs->limits.max_lun + 1 + VSCSI_LUN_FLAT;
	shost->max_channel = 0;
	shost->max_cmd_len = VIRTIO_SCSI_CDB_SIZE;
	return 0;
}
