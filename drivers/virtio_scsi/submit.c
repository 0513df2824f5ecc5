// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Commands on their way to the device
 *
 * What the middle layer calls.  A command is described outside of any lock
 * (request.c, xfer_*.c); under the queue's lock it is only added.  Each path
 * that added something ends in a kick, or leaves one to commit_rqs: the ring
 * publishes with the kick.  The device is notified outside of the lock,
 * because that is where a guest leaves for its host.
 */
#include "vscsi.h"

/**
 * vscsi_add_locked - hand a described command over to the ring
 * @q: the queue, locked
 * @cmd: the command
 *
 * Return: 0: the ring owns @cmd; -EAGAIN: the device is down; else as
 * virtqueue_add_table() and virtqueue_add_sgs().
 */
static int vscsi_add_locked(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	int err;

	lockdep_assert_held(&q->lock);
	if (unlikely(!q->up))
		return -EAGAIN;
	err = vscsi_xfer_add(q, cmd);
	if (likely(!err)) {
		cmd->in_ring = true;
		q->out++;
	}
	return err;
}

/* Publish what was added.  True: notify the device, without the lock. */
static bool vscsi_kick_locked(struct vscsi_queue *q)
{
	lockdep_assert_held(&q->lock);
	return likely(q->up) && virtqueue_kick_prepare(q->vq);
}

/* Commands of error handling come one by one, whatever their flags say. */
static bool vscsi_is_last(const struct scsi_cmnd *sc)
{
	return sc->flags & SCMD_LAST ||
	       sc->submitter != SUBMITTED_BY_BLOCK_LAYER;
}

/* End a command that never got to the device. */
static int vscsi_refuse(struct scsi_cmnd *sc, int host_byte)
{
	scsi_set_resid(sc, scsi_bufflen(sc));
	sc->result = host_byte << 16;
	scsi_done(sc);
	return 0;
}

/**
 * vscsi_submit_failed - a command did not get into the ring
 * @vs: the host
 * @sc: the command
 * @err: why
 *
 * A full ring, a device that is just reset and lack of memory pass: the middle
 * layer tries again.  A broken ring is reported, and what comes of that ends
 * the trying.
 * Context: any, no lock.
 *
 * Return: 0 when the command was ended, else SCSI_MLQUEUE_HOST_BUSY.
 */
static int vscsi_submit_failed(struct vscsi *vs, struct scsi_cmnd *sc, int err)
{
	vscsi_xfer_finish(vs, scsi_cmd_priv(sc));
	if (READ_ONCE(vs->dead))
		return vscsi_refuse(sc, DID_NO_CONNECT);
	if (err == -EINVAL)
		return vscsi_refuse(sc, DID_ERROR);
	if (err == -EIO)
		vscsi_report(vs, VIRTIO_FAILURE_QUEUE);
	return SCSI_MLQUEUE_HOST_BUSY;
}

/**
 * vscsi_queuecommand - take one command
 * @shost: the host
 * @sc: the command, with a tag, or of error handling
 *
 * queuecommand of the middle layer.  Context: any but hard interrupt.
 *
 * Return: as vscsi_submit_failed().
 */
int vscsi_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *sc)
{
	struct vscsi *vs = shost_priv(shost);
	unsigned int hwq = scsi_cmd_to_rq(sc)->mq_hctx->queue_num;
	struct vscsi_queue *q = &vs->queues[hwq];
	struct vscsi_cmd *cmd = scsi_cmd_priv(sc);
	unsigned long flags;
	bool kick = false;
	int err;

	cmd->q = q;
	err = vscsi_xfer_build(q, cmd);
	if (unlikely(err))
		return vscsi_submit_failed(vs, sc, err);

	/* Recovery waits for it before it deletes the queue. */
	rcu_read_lock();
	spin_lock_irqsave(&q->lock, flags);
	err = vscsi_add_locked(q, cmd);
	if (vscsi_is_last(sc) || unlikely(err))
		kick = vscsi_kick_locked(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (kick)
		virtqueue_notify(q->vq);
	rcu_read_unlock();
	/* Unless there was an error the command may have ended by now. */
	if (unlikely(err))
		return vscsi_submit_failed(vs, sc, err);
	return 0;
}

/**
 * vscsi_commit_rqs - the last command of a batch did not come
 * @shost: the host
 * @hwq: number of the queue
 *
 * commit_rqs of the middle layer.  Context: as vscsi_queuecommand().
 */
void vscsi_commit_rqs(struct Scsi_Host *shost, u16 hwq)
{
	struct vscsi *vs = shost_priv(shost);
	struct vscsi_queue *q = &vs->queues[hwq];
	unsigned long flags;
	bool kick;

	rcu_read_lock();
	spin_lock_irqsave(&q->lock, flags);
	kick = vscsi_kick_locked(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (kick)
		virtqueue_notify(q->vq);
	rcu_read_unlock();
}
