// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: When a command takes too long
 *
 * What the middle layer's error handling calls, one rung after the other:
 *
 *	timeout		look whether the answer is there and only the interrupt
 *			is missing
 *	abort		ABORT TASK for the one command
 *	device reset	LOGICAL UNIT RESET
 *	target reset	I_T NEXUS RESET
 *	host reset	reset of the virtio device, which takes every command
 *			back (recover.c)
 *
 * A rung succeeds only when the ring no longer has the commands it is about:
 * then their memory is the middle layer's again.  A device that says that it
 * aborted a command, and keeps it, is not believed.  Each rung has a limit;
 * once an abort was not answered in time, the following ones fail at once, and
 * after a reset that was not answered so do the others, up to the host reset.
 */
#include "vscsi.h"

/* The bus has limits for all that a recovery waits for: more than their sum. */
#define VSCSI_RESET_LIMIT	(120 * HZ)

/* The ring has the command. */
static bool vscsi_is_out(struct vscsi_cmd *cmd)
{
	struct vscsi_queue *q = cmd->q;
	unsigned long flags;
	bool out;

	if (!q)
		return false;
	spin_lock_irqsave(&q->lock, flags);
	out = cmd->in_ring;
	spin_unlock_irqrestore(&q->lock, flags);
	return out;
}

/**
 * vscsi_timed_out - the time of a command is over
 * @sc: the command; the block layer holds a reference, its tag is not reused
 *
 * eh_timed_out of the middle layer.  Context: process (kblockd).
 *
 * Return: BLK_EH_RESET_TIMER when somebody else is ending the command (the
 * one who found it just now, or recovery), BLK_EH_DONE when the middle layer
 * is to abort it.
 */
enum blk_eh_timer_return vscsi_timed_out(struct scsi_cmnd *sc)
{
	struct vscsi_cmd *cmd = scsi_cmd_priv(sc);
	struct vscsi_queue *q = cmd->q;

	if (!q)
		return BLK_EH_DONE;
	vscsi_harvest(q);
	if (!vscsi_is_out(cmd) || !READ_ONCE(q->up))
		return BLK_EH_RESET_TIMER;
	return BLK_EH_DONE;
}

/* Take up what the device gave back; wait for whoever is just ending it. */
static void vscsi_collect(struct vscsi *vs)
{
	unsigned int i;

	for (i = 0; i < vs->nr_queues; i++)
		vscsi_harvest(&vs->queues[i]);
	synchronize_rcu();
}

/**
 * vscsi_eh_abort - have the device give one command back
 * @sc: the command
 *
 * eh_abort_handler of the middle layer.  Context: process.
 *
 * Return: SUCCESS or FAILED.
 */
int vscsi_eh_abort(struct scsi_cmnd *sc)
{
	struct vscsi *vs = shost_priv(sc->device->host);
	struct vscsi_cmd *cmd = scsi_cmd_priv(sc);
	int err = 0;

	scmd_printk(KERN_INFO, sc, "abort\n");
	vscsi_collect(vs);
	if (vscsi_is_out(cmd)) {
		err = vscsi_tmf(sc->device, VIRTIO_SCSI_T_TMF_ABORT_TASK,
				cmd->id);
		vscsi_collect(vs);
	}
	if (!vscsi_is_out(cmd))
		return SUCCESS;
	if (!err)
		scmd_printk(KERN_ERR, sc, "aborted, but not given back\n");
	return FAILED;
}

/* One of the commands of @sdev, or of its target, is in a ring. */
static bool vscsi_any_out(struct vscsi *vs, struct scsi_device *sdev,
			  bool target)
{
	struct vscsi_cmd *cmd;
	bool any = false;

	mutex_lock(&vs->books_lock);
	list_for_each_entry(cmd, &vs->books, book) {
		struct scsi_device *of = vscsi_scmd(cmd)->device;

		if (!vscsi_is_out(cmd))
			continue;
		any = of == sdev || (target && of->id == sdev->id);
		if (any)
			break;
	}
	mutex_unlock(&vs->books_lock);
	return any;
}

/**
 * vscsi_eh_reset - reset a logical unit, or all of a target
 * @sc: a command for it, maybe one without a tag
 * @subtype: the task management function
 * @target: all of a target
 *
 * The device completes all commands before it answers (VIRTIO 1.4, 5.6.6.2).
 * While error handling is at work no new ones come, unless user space asks for
 * the reset: those make the answer FAILED at worst.
 */
static int vscsi_eh_reset(struct scsi_cmnd *sc, u32 subtype, bool target)
{
	struct vscsi *vs = shost_priv(sc->device->host);
	struct scsi_device *sdev = sc->device;

	sdev_printk(KERN_INFO, sdev, "%s reset\n",
		    target ? "target" : "device");
	if (vscsi_tmf(sdev, subtype, 0))
		return FAILED;
	vscsi_collect(vs);
	if (!vscsi_any_out(vs, sdev, target))
		return SUCCESS;
	sdev_printk(KERN_ERR, sdev, "reset, but commands were not given back\n");
	return FAILED;
}

/**
 * vscsi_eh_device_reset - reset a logical unit
 * @sc: a command for it
 *
 * eh_device_reset_handler of the middle layer.  Context: process.
 *
 * Return: SUCCESS or FAILED.
 */
int vscsi_eh_device_reset(struct scsi_cmnd *sc)
{
	return vscsi_eh_reset(sc, VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET, false);
}

/**
 * vscsi_eh_target_reset - reset all logical units of a target
 * @sc: a command for one of them
 *
 * eh_target_reset_handler of the middle layer.  Context: process.
 *
 * Return: SUCCESS or FAILED.
 */
int vscsi_eh_target_reset(struct scsi_cmnd *sc)
{
	return vscsi_eh_reset(sc, VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET, true);
}

/**
 * vscsi_eh_host_reset - reset the virtio device
 * @sc: any command
 *
 * eh_host_reset_handler of the middle layer.  Whatever comes of it, the rings
 * have no command any more.
 * Context: process.
 *
 * Return: SUCCESS when the device works again, FAILED when it was given up.
 */
int vscsi_eh_host_reset(struct scsi_cmnd *sc)
{
	struct vscsi *vs = shost_priv(sc->device->host);
	u32 before = READ_ONCE(vs->resets);

	if (READ_ONCE(vs->dead))
		return FAILED;
	shost_printk(KERN_ERR, vs->shost, "host reset\n");
	vscsi_report(vs, VIRTIO_FAILURE_TIMEOUT);
	if (!wait_event_timeout(vs->reset_wait,
				READ_ONCE(vs->resets) != before,
				VSCSI_RESET_LIMIT))
		shost_printk(KERN_ERR, vs->shost, "reset without an end\n");
	else if (!READ_ONCE(vs->dead))
		return SUCCESS;
	return FAILED;
}
