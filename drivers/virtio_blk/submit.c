// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Requests on their way to the device
 *
 * The operations that blk-mq calls.  A request is described outside of any
 * lock (request.c, xfer_*.c); under the queue's lock it is only added.  Each
 * path that added something ends in a kick, or leaves one to blk-mq's
 * commit_rqs: the ring publishes with the kick.  The device is notified
 * outside of the lock, because that is where a guest leaves for its host.
 */
#include "vblk.h"

/**
 * vblk_add_locked - hand a described request over to the ring
 * @q: the queue, locked
 * @cmd: the command
 *
 * Return: 0: the ring owns @cmd; -ENOSPC: the ring is full and blk-mq is told
 * to wait until vblk_queue_harvest() and the like make room; -EIO: the device
 * is down or broken; -ENOMEM: only on the kernel's own ring.
 */
static __always_inline int vblk_add_locked(struct vblk_queue *q,
					   struct vblk_cmd *cmd)
{
	int err;

	lockdep_assert_held(&q->lock);
	if (unlikely(!q->up))
		return -EIO;
	err = vblk_xfer_add(q, cmd);
	if (likely(!err)) {
		cmd->in_ring = true;
	} else if (err == -ENOSPC) {
		q->stopped = true;
		blk_mq_stop_hw_queue(q->hctx);
	}
	return err;
}

/* Publish what was added.  True: notify the device, without the lock. */
static bool vblk_kick_locked(struct vblk_queue *q)
{
	lockdep_assert_held(&q->lock);
	return likely(q->up) && virtqueue_kick_prepare(q->vq);
}

/**
 * vblk_add_failed - a request did not get into the ring: what to tell blk-mq
 * @q: the queue
 * @cmd: the command
 * @err: from vblk_add_locked()
 *
 * A full ring is BLK_STS_RESOURCE and not BLK_STS_DEV_RESOURCE: the completion
 * that starts the queue again may have come and gone before blk-mq put the
 * request aside, and completions in batches do not make it look again.
 * Context: any, no lock.
 *
 * Return: BLK_STS_RESOURCE when it is to be tried again, BLK_STS_IOERR for a
 * dead device.
 */
static blk_status_t vblk_add_failed(struct vblk_queue *q, struct vblk_cmd *cmd,
				    int err)
{
	vblk_xfer_finish(q, cmd);
	if (err == -ENOSPC || err == -ENOMEM)
		return BLK_STS_RESOURCE;
	if (READ_ONCE(q->up))
		vblk_report(q->vblk, VIRTIO_FAILURE_QUEUE);
	/* It is taken down soon, and up again; or it is dead, and we know. */
	if (virtio_has_recovery() && !READ_ONCE(q->vblk->failed))
		return BLK_STS_RESOURCE;
	return BLK_STS_IOERR;
}

static void vblk_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct vblk_queue *q = hctx->driver_data;
	unsigned long flags;
	bool kick;

	spin_lock_irqsave(&q->lock, flags);
	kick = vblk_kick_locked(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (kick)
		virtqueue_notify(q->vq);
}

/**
 * vblk_queue_rq - take one request
 * @hctx: the hardware queue
 * @bd: the request, and whether it is the last of a batch
 *
 * Context: any but hard interrupt; inside an RCU section of blk-mq, which
 * remove and suspend wait for before the virtqueues go.
 *
 * Return: as vblk_cmd_prepare() and vblk_add_failed().
 */
static blk_status_t vblk_queue_rq(struct blk_mq_hw_ctx *hctx,
				  const struct blk_mq_queue_data *bd)
{
	struct vblk_queue *q = hctx->driver_data;
	struct vblk_cmd *cmd = &q->cmds[bd->rq->tag];
	unsigned long flags;
	blk_status_t status;
	bool kick = false;
	int err;

	status = vblk_cmd_prepare(q, bd->rq);
	if (unlikely(status)) {
		vblk_commit_rqs(hctx);
		return status;
	}
	blk_mq_start_request(bd->rq);

	spin_lock_irqsave(&q->lock, flags);
	err = vblk_add_locked(q, cmd);
	if (bd->last || err)
		kick = vblk_kick_locked(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (kick)
		virtqueue_notify(q->vq);
	if (unlikely(err))
		return vblk_add_failed(q, cmd, err);
	return BLK_STS_OK;
}

/* What did not fit comes again by way of blk-mq; what cannot fit is ended. */
static void vblk_batch_rest(struct vblk_queue *q, struct request *rest, int err)
{
	struct request *rq, *next;

	for (rq = rest; rq; rq = next) {
		blk_status_t status;

		next = rq_list_next(rq);
		status = vblk_add_failed(q, &q->cmds[rq->tag], err);
		if (status == BLK_STS_IOERR)
			blk_mq_end_request(rq, status);
		else
			blk_mq_requeue_request(rq, true);
	}
}

/**
 * vblk_batch_submit - add prepared requests of one queue, with one kick
 * @q: the queue
 * @batch: the requests, prepared and not started
 *
 * Context: as vblk_queue_rq().
 */
static void vblk_batch_submit(struct vblk_queue *q, struct request *batch)
{
	struct request *rq, *next;
	unsigned long flags;
	bool kick;
	int err = 0;

	for (rq = batch; rq; rq = rq_list_next(rq))
		blk_mq_start_request(rq);

	spin_lock_irqsave(&q->lock, flags);
	for (rq = batch; rq; rq = next) {
		next = rq_list_next(rq);
		err = vblk_add_locked(q, &q->cmds[rq->tag]);
		if (unlikely(err))
			break;
	}
	kick = vblk_kick_locked(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (kick)
		virtqueue_notify(q->vq);
	if (unlikely(err))
		vblk_batch_rest(q, rq, err);
}

/*
 * Where blk-mq looks for requests that are out: for a time-out, for one.  It
 * enters those that it issues one by one, and leaves lists to the driver.
 */
static void vblk_enter_rq(struct request *rq)
{
	rq->mq_hctx->tags->rqs[rq->tag] = rq;
}

/**
 * vblk_queue_rqs - take a plug's list of requests
 * @rqlist: the requests, with tags; those left there are issued one by one
 *
 * Requests that follow each other on one queue share one publication and one
 * notification.  Context: as vblk_queue_rq().
 */
static void vblk_queue_rqs(struct request **rqlist)
{
	struct request *later = NULL, **later_tail = &later;

	while (!rq_list_empty(*rqlist)) {
		struct request *batch = NULL, **tail = &batch;
		struct blk_mq_hw_ctx *hctx = rq_list_peek(rqlist)->mq_hctx;
		struct vblk_queue *q = hctx->driver_data;
		struct request *rq;

		while ((rq = rq_list_peek(rqlist)) && rq->mq_hctx == hctx) {
			rq_list_pop(rqlist);
			if (unlikely(vblk_cmd_prepare(q, rq))) {
				rq_list_add_tail(&later_tail, rq);
				continue;
			}
			vblk_enter_rq(rq);
			rq_list_add_tail(&tail, rq);
		}
		if (batch)
			vblk_batch_submit(q, batch);
	}
	*rqlist = later;
}

static int vblk_init_hctx(struct blk_mq_hw_ctx *hctx, void *data,
			  unsigned int idx)
{
	struct vblk *vblk = data;

	vblk->queues[idx].hctx = hctx;
	hctx->driver_data = &vblk->queues[idx];
	return 0;
}

const struct blk_mq_ops vblk_mq_ops = {
	.queue_rq	= vblk_queue_rq,
	.queue_rqs	= vblk_queue_rqs,
	.commit_rqs	= vblk_commit_rqs,
	.complete	= vblk_complete_rq,
	.poll		= vblk_poll,
	.timeout	= vblk_timeout,
	.init_hctx	= vblk_init_hctx,
	.map_queues	= vblk_map_queues,
};
