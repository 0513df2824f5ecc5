// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Requests on their way back
 *
 * Called by the interrupt of a queue, by pollers, by the timeout and when the
 * device is given up.  All do the same: take commands out of the ring under
 * its lock, end them without it.
 *
 * What the device says is looked at once: the used length, which the ring
 * bounds, and the status byte.  The status was preset, so a device that
 * completes a request without writing one has failed it.
 */
#include <linux/blk-mq.h>
#include "vblk.h"

/**
 * struct vblk_done - commands taken out of a ring, in order
 * @first: the list, linked by &vblk_cmd.next
 * @tail: where the next one goes
 * @restart: the ring had been full: blk-mq waits for word
 * @broken: the ring gave up on the device
 */
struct vblk_done {
	struct vblk_cmd *first;
	struct vblk_cmd **tail;
	bool restart;
	bool broken;
};

static void vblk_done_add(struct vblk_done *done, struct vblk_cmd *cmd)
{
	cmd->in_ring = false;
	cmd->next = NULL;
	*done->tail = cmd;
	done->tail = &cmd->next;
}

/* Take out what the device has used.  The queue is locked, and up. */
static __always_inline void vblk_pop_locked(struct vblk_queue *q,
					    struct vblk_done *done)
{
	unsigned int i, n;

	lockdep_assert_held(&q->lock);
	do {
		n = virtio_mq_take(q->vq, q->used, VBLK_BATCH, q->use_table);
		for (i = 0; i < n; i++) {
			struct vblk_cmd *cmd = q->used[i].data;

			cmd->used_len = q->used[i].len;
			vblk_done_add(done, cmd);
		}
	} while (n == VBLK_BATCH);
	if (unlikely(q->stopped) && done->first) {
		q->stopped = false;
		done->restart = true;
	}
}

/**
 * vblk_cmd_result - what became of a request
 * @q: the queue
 * @cmd: the command, used by the device
 *
 * VIRTIO 1.4, 5.2.6.  The used length must cover the status at the least,
 * except on a legacy device, where it means nothing (5.2.6.3).  No more is
 * asked of it: devices are known that count the status alone.
 */
static blk_status_t vblk_cmd_result(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	u8 status = READ_ONCE(cmd->blk->status);

	if (unlikely(!cmd->used_len && !q->vblk->legacy))
		status = VBLK_S_UNWRITTEN;
	switch (status) {
	case VIRTIO_BLK_S_OK:
		return likely(!cmd->append) ? BLK_STS_OK :
					      vblk_zone_appended(q, cmd);
	case VIRTIO_BLK_S_UNSUPP:
		return BLK_STS_NOTSUPP;
	case VIRTIO_BLK_S_IOERR:
		return BLK_STS_IOERR;
	default:
		if (vblk_is_zoned(q->vblk) && vblk_zone_result(status))
			return vblk_zone_result(status);
		dev_err_ratelimited(&q->vblk->vdev->dev,
				    "%s: request used without a status (%#x, length %u)\n",
				    q->name, status, cmd->used_len);
		return BLK_STS_IOERR;
	}
}

/**
 * vblk_complete_rq - end a request whose result is known
 * @rq: the request
 *
 * blk-mq's complete operation.  Context: any.
 */
void vblk_complete_rq(struct request *rq)
{
	blk_mq_end_request(rq, vblk_rq_cmd(rq)->result);
}

/* All requests of a batch succeeded, or they would not be in it. */
static void vblk_complete_batch(struct io_comp_batch *iob)
{
	blk_mq_end_request_batch(iob);
}

/**
 * vblk_done_end - end the requests of commands taken out of the ring
 * @q: the queue
 * @done: the commands
 * @iob: batch to collect in, the caller ends it
 *
 * Context: any, no lock.  A request that belongs to another CPU goes there.
 */
static void vblk_done_end(struct vblk_queue *q, struct vblk_done *done,
			  struct io_comp_batch *iob)
{
	struct vblk_cmd *cmd, *next;

	for (cmd = done->first; cmd; cmd = next) {
		struct request *rq = cmd->rq;

		/* The tag, and @cmd with it, is gone once the request ended. */
		next = cmd->next;
		vblk_xfer_finish(q, cmd);
		cmd->result = vblk_cmd_result(q, cmd);
		if (blk_mq_complete_request_remote(rq))
			continue;
		if (!blk_mq_add_to_batch(rq, iob, cmd->result != BLK_STS_OK,
					 vblk_complete_batch))
			vblk_complete_rq(rq);
	}
	if (done->restart)
		blk_mq_start_stopped_hw_queue(q->hctx, true);
	if (unlikely(done->broken))
		vblk_report(q->vblk, VIRTIO_FAILURE_QUEUE);
}

/* Take out what is there, with callbacks off meanwhile.  The queue is up. */
static noinline void vblk_pop_quietly(struct vblk_queue *q,
				      struct vblk_done *done)
{
	do {
		virtqueue_disable_cb(q->vq);
		vblk_pop_locked(q, done);
	} while (!virtqueue_is_broken(q->vq) && !virtqueue_enable_cb(q->vq));
}

/*
 * Take out and end what is there.  With the event index the ring itself asks
 * for the next interrupt when it has no more: nothing is to be switched.
 */
static __always_inline int vblk_reap(struct vblk_queue *q,
				     struct io_comp_batch *iob, bool quietly)
{
	struct vblk_done done = { .tail = &done.first };
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	if (likely(q->up)) {
		if (unlikely(quietly))
			vblk_pop_quietly(q, &done);
		else
			vblk_pop_locked(q, &done);
		done.broken = virtqueue_is_broken(q->vq);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	if (!done.first && !done.broken)
		return 0;

	vblk_done_end(q, &done, iob);
	return done.first ? 1 : 0;
}

/**
 * vblk_vq_done - the device used buffers
 * @vq: the virtqueue
 *
 * Context: hard interrupt (or whatever the transport calls from).  Bounded: at
 * most what is outstanding is taken out, and nothing can be added meanwhile.
 */
void vblk_vq_done(struct virtqueue *vq)
{
	struct vblk *vblk = vq->vdev->priv;
	struct vblk_queue *q = &vblk->queues[vq->index];
	DEFINE_IO_COMP_BATCH(iob);

	vblk_reap(q, &iob, !q->event);
	if (iob.complete)
		iob.complete(&iob);
}

/**
 * vblk_poll - look for completions of a polled queue
 * @hctx: the hardware queue
 * @iob: batch that the caller ends
 *
 * Context: any.
 *
 * Return: 1 when something was found, else 0.
 */
int vblk_poll(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *iob)
{
	return vblk_reap(hctx->driver_data, iob, false);
}

/**
 * vblk_queue_harvest - end what the device has used without being asked
 * @q: the queue
 *
 * For the timeout: the device may have answered, and the interrupt got lost.
 * Context: process.
 */
void vblk_queue_harvest(struct vblk_queue *q)
{
	DEFINE_IO_COMP_BATCH(iob);

	vblk_reap(q, &iob, false);
	if (iob.complete)
		iob.complete(&iob);
}

/**
 * vblk_queue_take_all - take back all that the device still had
 * @q: the queue, down; the device was reset, so it uses no buffer any more
 *
 * The ring gives its buffers back; what it lost track of (a device may have
 * confused it) is found by the commands' own marks.  Context: process.
 *
 * Return: the commands, linked by &vblk_cmd.next.
 */
struct vblk_cmd *vblk_queue_take_all(struct vblk_queue *q)
{
	struct vblk_done done = { .tail = &done.first };
	struct vblk_cmd *cmd;
	unsigned long flags;
	unsigned int tag;

	spin_lock_irqsave(&q->lock, flags);
	while ((cmd = virtqueue_detach_unused_buf(q->vq)))
		vblk_done_add(&done, cmd);
	for (tag = 0; tag < q->vblk->depth; tag++)
		if (q->cmds[tag].in_ring)
			vblk_done_add(&done, &q->cmds[tag]);
	spin_unlock_irqrestore(&q->lock, flags);
	return done.first;
}
