// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Logical units that come, go and change
 *
 * Acts on the events of VIRTIO 1.4, 5.6.6.3: event.c calls from a work item.
 * An event says no more than where to look: that a logical unit is there, or
 * is gone, shows by its answer to a command, except when the device says that
 * it is gone.  Addresses are bounded by what the device said at probe.
 */
#include <asm/unaligned.h>
#include <scsi/scsi_eh.h>
#include "vscsi.h"

/* What an INQUIRY of a logical unit that may be gone may take. */
#define VSCSI_PROBE_LIMIT	(5 * HZ)
#define VSCSI_PROBE_RETRIES	2
#define VSCSI_INQUIRY_LEN	36

/* Asynchronous notifications, VIRTIO 1.4, 5.6.6.2. */
#define VSCSI_AN_MEDIA_CHANGE	16

/* Additional sense codes, SPC. */
#define VSCSI_ASC_LUN_GONE	0x25
#define VSCSI_ASC_PARAMETERS	0x2a
#define VSCSI_ASC_TARGET	0x3f
#define VSCSI_ASCQ_LUNS_DATA	0x0e

/* Where an event happened. */
struct vscsi_where {
	u16 target;
	u16 lun;
};

/**
 * vscsi_get_where - read the address of a logical unit
 * @vs: the host
 * @from: 8 bytes
 * @where: result; the number as REPORT LUNS would have it
 *
 * Return: false for an address that no logical unit of the device has.
 */
static bool vscsi_get_where(struct vscsi *vs, const u8 *from,
			    struct vscsi_where *where)
{
	u16 lun = get_unaligned_be16(from + 2);

	where->target = from[1];
	where->lun = lun;
	return from[0] == 1 && from[1] <= vs->limits.max_target &&
	       !(lun & 0x8000) && (lun & VSCSI_MAX_LUN) <= vs->limits.max_lun;
}

/* It may be known by its number with or without the addressing method. */
static struct scsi_device *vscsi_lookup(struct vscsi *vs,
					const struct vscsi_where *where)
{
	struct scsi_device *sdev;

	sdev = scsi_device_lookup(vs->shost, 0, where->target, where->lun);
	if (!sdev)
		sdev = scsi_device_lookup(vs->shost, 0, where->target,
					  where->lun ^ VSCSI_LUN_FLAT);
	return sdev;
}

/**
 * vscsi_is_gone - ask a logical unit whether it is there
 * @sdev: the logical unit
 *
 * As 5.6.6.3 has it: no such target, LOGICAL UNIT NOT SUPPORTED, or an INQUIRY
 * that says that nothing is connected.  A command that fails for another
 * reason, or a device that gives no answer, says nothing about it.
 * Context: process; the command has a limit.
 */
static bool vscsi_is_gone(struct scsi_device *sdev)
{
	const u8 cdb[MAX_COMMAND_SIZE] = { INQUIRY, 0, 0, 0,
					   VSCSI_INQUIRY_LEN };
	u8 data[VSCSI_INQUIRY_LEN] __aligned(ARCH_KMALLOC_MINALIGN) = { };
	struct scsi_sense_hdr sshdr = { };
	int result;

	if (!scsi_device_online(sdev))
		return false;
	result = scsi_execute_req(sdev, cdb, DMA_FROM_DEVICE, data,
				  sizeof(data), &sshdr, VSCSI_PROBE_LIMIT,
				  VSCSI_PROBE_RETRIES, NULL);
	if (!result)
		return (data[0] & 0xe0) == 0x60;
	if (host_byte(result) == DID_BAD_TARGET)
		return true;
	return scsi_sense_valid(&sshdr) &&
	       sshdr.sense_key == ILLEGAL_REQUEST &&
	       sshdr.asc == VSCSI_ASC_LUN_GONE;
}

/* Remove what is gone, of one target or (-1) of all; look again at the rest. */
static void vscsi_poll_units(struct vscsi *vs, int target)
{
	struct scsi_device *sdev;

	shost_for_each_device(sdev, vs->shost) {
		if (READ_ONCE(vs->events.stop)) {
			scsi_device_put(sdev);
			return;
		}
		if (target >= 0 && sdev->id != target)
			continue;
		if (vscsi_is_gone(sdev))
			scsi_remove_device(sdev);
		else
			scsi_rescan_device(sdev);
	}
}

static void vscsi_scan_target(struct vscsi *vs, unsigned int target)
{
	scsi_scan_target(&vs->shost->shost_gendev, 0, target, SCAN_WILD_CARD,
			 SCSI_SCAN_RESCAN);
}

/* Subscriptions do not outlive a reset of the device. */
static void vscsi_subscribe_again(struct vscsi *vs)
{
	struct scsi_device *sdev;

	shost_for_each_device(sdev, vs->shost)
		if (!READ_ONCE(vs->events.stop))
			vscsi_subscribe(sdev);
}

/**
 * vscsi_scan_all - look at everything
 * @vs: the host
 *
 * Events were lost: poll all logical units, and look for new ones.
 * VIRTIO 1.4, 5.6.6.3.2.  Context: process; ends early when the host leaves.
 */
void vscsi_scan_all(struct vscsi *vs)
{
	unsigned int target;

	vscsi_poll_units(vs, -1);
	vscsi_subscribe_again(vs);
	for (target = 0; target <= vs->limits.max_target; target++) {
		if (READ_ONCE(vs->events.stop) || READ_ONCE(vs->dead))
			return;
		vscsi_scan_target(vs, target);
	}
}

/* A logical unit came: for number 0, maybe with all of its target. */
static void vscsi_came(struct vscsi *vs, const struct vscsi_where *where)
{
	struct scsi_device *sdev = vscsi_lookup(vs, where);

	if (sdev) {
		scsi_rescan_device(sdev);
		scsi_device_put(sdev);
	}
	if (!(where->lun & VSCSI_MAX_LUN))
		vscsi_scan_target(vs, where->target);
	else if (!sdev)
		scsi_add_device(vs->shost, 0, where->target, where->lun);
}

/* A logical unit went: for number 0, maybe with all of its target. */
static void vscsi_went(struct vscsi *vs, const struct vscsi_where *where)
{
	struct scsi_device *sdev = vscsi_lookup(vs, where);

	if (sdev) {
		scsi_remove_device(sdev);
		scsi_device_put(sdev);
	}
	if (!(where->lun & VSCSI_MAX_LUN))
		vscsi_poll_units(vs, where->target);
}

static void vscsi_was_reset(struct vscsi *vs, const struct vscsi_where *where)
{
	unsigned long flags;

	/* Its next command may end in a UNIT ATTENTION, which is no error. */
	spin_lock_irqsave(vs->shost->host_lock, flags);
	scsi_report_device_reset(vs->shost, 0, where->target);
	spin_unlock_irqrestore(vs->shost->host_lock, flags);
}

static void vscsi_transport_reset(struct vscsi *vs,
				  const struct vscsi_where *where, u32 reason)
{
	switch (reason) {
	case VIRTIO_SCSI_EVT_RESET_RESCAN:
		vscsi_came(vs, where);
		break;
	case VIRTIO_SCSI_EVT_RESET_REMOVED:
		vscsi_went(vs, where);
		break;
	case VIRTIO_SCSI_EVT_RESET_HARD:
		vscsi_was_reset(vs, where);
		break;
	default:
		dev_warn_ratelimited(&vs->vdev->dev,
				     "transport reset for unknown reason %#x\n",
				     reason);
	}
}

/* Additional sense code and qualifier stand in the two lower bytes. */
static void vscsi_param_change(struct vscsi *vs,
			       const struct vscsi_where *where, u32 reason)
{
	u8 asc = reason & 0xff, ascq = reason >> 8 & 0xff;
	struct scsi_device *sdev = vscsi_lookup(vs, where);

	if (!sdev)
		return;
	if (asc == VSCSI_ASC_PARAMETERS || asc == VSCSI_ASC_TARGET)
		scsi_rescan_device(sdev);
	if (asc == VSCSI_ASC_TARGET && ascq == VSCSI_ASCQ_LUNS_DATA)
		vscsi_scan_target(vs, where->target);
	scsi_device_put(sdev);
}

static void vscsi_async_notify(struct vscsi *vs,
			       const struct vscsi_where *where, u32 reason)
{
	struct scsi_device *sdev = vscsi_lookup(vs, where);

	if (!sdev)
		return;
	if (reason & VSCSI_AN_MEDIA_CHANGE)
		sdev_evt_send_simple(sdev, SDEV_EVT_MEDIA_CHANGE, GFP_KERNEL);
	scsi_device_put(sdev);
}

/**
 * vscsi_scan_event - act on one event
 * @vs: the host
 * @ev: our copy of it
 *
 * The flag for lost events is the caller's business.  Context: process.
 */
void vscsi_scan_event(struct vscsi *vs, const struct virtio_scsi_event *ev)
{
	u32 event = virtio32_to_cpu(vs->vdev, ev->event) &
		    ~VIRTIO_SCSI_T_EVENTS_MISSED;
	u32 reason = virtio32_to_cpu(vs->vdev, ev->reason);
	struct vscsi_where where;

	if (event == VIRTIO_SCSI_T_NO_EVENT)
		return;
	if (!vscsi_get_where(vs, ev->lun, &where)) {
		dev_warn_ratelimited(&vs->vdev->dev,
				     "event %#x for address %4phN, which cannot be\n",
				     event, ev->lun);
		return;
	}
	switch (event) {
	case VIRTIO_SCSI_T_TRANSPORT_RESET:
		vscsi_transport_reset(vs, &where, reason);
		break;
	case VIRTIO_SCSI_T_ASYNC_NOTIFY:
		vscsi_async_notify(vs, &where, reason);
		break;
	case VIRTIO_SCSI_T_PARAM_CHANGE:
		vscsi_param_change(vs, &where, reason);
		break;
	default:
		dev_warn_ratelimited(&vs->vdev->dev, "unknown event %#x\n",
				     event);
	}
}

/**
 * vscsi_subscribe - ask for news of removable media
 * @sdev: a logical unit
 *
 * The one asynchronous notification that the kernel has a use for: it hands it
 * to user space as the uevent SDEV_MEDIA_CHANGE.  VIRTIO 1.4, 5.6.6.2.
 * Context: process; each of two requests has a limit.
 */
void vscsi_subscribe(struct scsi_device *sdev)
{
	u32 events;

	if (sdev->type != TYPE_ROM)
		return;
	if (vscsi_an(sdev, VIRTIO_SCSI_T_AN_QUERY, VSCSI_AN_MEDIA_CHANGE,
		     &events) || !events)
		return;
	if (vscsi_an(sdev, VIRTIO_SCSI_T_AN_SUBSCRIBE, VSCSI_AN_MEDIA_CHANGE,
		     &events) || !events)
		return;
	set_bit(SDEV_EVT_MEDIA_CHANGE, sdev->supported_events);
}
