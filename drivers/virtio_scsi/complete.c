// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Commands on their way back
 *
 * Called by the interrupt of a queue, by pollers, by the guard timer and by
 * error handling.  All do the same: take commands out of the ring under its
 * lock, end them without it.
 *
 * With the event index the ring asks for the next interrupt by itself, and
 * behind several of the commands that are out (interrupt_batch, queue.c).
 * These may be of logical units that do not answer, while others do: so with
 * several out, the guard timer looks within two ticks.
 */
#include <linux/jiffies.h>
#include "vscsi.h"

/* With so many out an interrupt may wait for more than one: a quarter. */
#define VSCSI_PATIENT_OUT	4

/* Take out what the device has used.  The queue is locked, and up. */
static __always_inline void vscsi_pop_locked(struct vscsi_queue *q,
					     struct vscsi_done *done)
{
	unsigned int i, n;

	lockdep_assert_held(&q->lock);
	do {
		n = virtio_mq_take(q->vq, q->used, VSCSI_BATCH,
				   q->vs->use_table);
		for (i = 0; i < n; i++) {
			struct vscsi_cmd *cmd = q->used[i].data;

			cmd->used_len = q->used[i].len;
			vscsi_done_add(q, done, cmd);
		}
	} while (n == VSCSI_BATCH);
}

/* The same with callbacks off meanwhile: no event index is there to be set. */
static noinline void vscsi_pop_quietly(struct vscsi_queue *q,
				       struct vscsi_done *done)
{
	do {
		virtqueue_disable_cb(q->vq);
		vscsi_pop_locked(q, done);
	} while (!virtqueue_is_broken(q->vq) && !virtqueue_enable_cb(q->vq));
}

/* The interrupt of what is out may wait for more; somebody looks before. */
static void vscsi_guard_locked(struct vscsi_queue *q)
{
	if (q->patient && q->out >= VSCSI_PATIENT_OUT &&
	    !timer_pending(&q->guard))
		mod_timer(&q->guard, jiffies + 1);
}

/* End commands taken out of the ring; no lock, in an RCU read section. */
static __always_inline void vscsi_end(struct vscsi *vs,
				      struct vscsi_done *done)
{
	struct vscsi_cmd *cmd, *next;

	for (cmd = done->first; cmd; cmd = next) {
		/* The tag, and @cmd with it, is gone once the command ended. */
		next = cmd->next;
		vscsi_xfer_finish(vs, cmd);
		vscsi_set_result(vs, cmd);
		scsi_done(vscsi_scmd(cmd));
	}
}

/**
 * vscsi_reap - take out what is there, and end it
 * @q: the queue
 * @quietly: ask for the next interrupt, which the ring does not by itself
 *
 * Bounded: at most what is out is taken out, and nothing can be added
 * meanwhile.  Context: any.
 *
 * Return: true when something was found.
 */
static __always_inline bool vscsi_reap(struct vscsi_queue *q, bool quietly)
{
	struct vscsi_done done = VSCSI_DONE_INIT(done);
	unsigned long flags;

	rcu_read_lock();
	spin_lock_irqsave(&q->lock, flags);
	if (likely(q->up)) {
		if (unlikely(quietly))
			vscsi_pop_quietly(q, &done);
		else
			vscsi_pop_locked(q, &done);
		vscsi_guard_locked(q);
		if (unlikely(virtqueue_is_broken(q->vq)))
			vscsi_report(q->vs, VIRTIO_FAILURE_QUEUE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	vscsi_end(q->vs, &done);
	rcu_read_unlock();
	return done.first;
}

/**
 * vscsi_vq_done - the device used buffers
 * @vq: a request queue
 *
 * Context: hard interrupt (or whatever the transport calls from).
 */
void vscsi_vq_done(struct virtqueue *vq)
{
	struct vscsi *vs = vq->vdev->priv;
	struct vscsi_queue *q = &vs->queues[vq->index - VSCSI_VQ_REQUEST];

	vscsi_reap(q, !q->event);
}

/**
 * vscsi_harvest - end what the device has used, without an interrupt
 * @q: the queue
 *
 * For pollers, and for error handling: the device may have answered, and the
 * interrupt got lost.  Callbacks are left as they are.
 * Context: any.
 *
 * Return: true when a command was ended.
 */
bool vscsi_harvest(struct vscsi_queue *q)
{
	return vscsi_reap(q, false);
}

/**
 * vscsi_guard - a tick passed since several were out
 * @t: &vscsi_queue.guard
 *
 * Context: timer.
 */
void vscsi_guard(struct timer_list *t)
{
	struct vscsi_queue *q = from_timer(q, t, guard);

	vscsi_harvest(q);
}

/**
 * vscsi_mq_poll - look for completions of a polled queue
 * @shost: the host
 * @hwq: number of the queue
 *
 * mq_poll of the middle layer.  Context: any.
 *
 * Return: 1 when a command was ended, else 0.
 */
int vscsi_mq_poll(struct Scsi_Host *shost, unsigned int hwq)
{
	struct vscsi *vs = shost_priv(shost);

	return vscsi_harvest(&vs->queues[hwq]);
}
