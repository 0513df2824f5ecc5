// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Commands on their way back
 *
 * Called by the interrupt of a queue, by pollers, by the guard timer and by
 * error handling.  All do the same: take commands out of the ring under its
 * lock, end them without it.
 *
 * An interrupt is answered with callbacks off until nothing more is found, so
 * that what the device completes meanwhile costs none.  While many commands
 * are out and the device is quick with them, the next interrupt is asked for
 * when most of them are done (VIRTIO 1.4, 2.7.7).  The guard timer looks after
 * a tick at the latest: a command that others keep waiting for its interrupt
 * waits no longer than that.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include "vscsi.h"

/* Commands taken out of the ring at a time. */
#define VSCSI_BATCH	16

/* Interrupts are put off with so many commands out ... */
#define VSCSI_BUSY_OUT	16

/* ... of a device that completed so many within the tick. */
#define VSCSI_BUSY_DONE	8

/* Rounds of an interrupt handler, before it leaves the rest to the timer. */
#define VSCSI_ROUNDS	64

static bool vscsi_param_moderate = true;
module_param_named(interrupt_moderation, vscsi_param_moderate, bool, 0644);
MODULE_PARM_DESC(interrupt_moderation,
		 "Put interrupts off, for a tick at most, while a queue is busy");

/* Take out what the device has used.  The queue is locked, and up. */
static void vscsi_pop_locked(struct vscsi_queue *q, struct vscsi_done *done)
{
	struct virtqueue_used used[VSCSI_BATCH];
	unsigned int i, n;

	lockdep_assert_held(&q->lock);
	do {
		n = virtqueue_ext_get_batch(q->vq, used, VSCSI_BATCH);
		for (i = 0; i < n; i++) {
			struct vscsi_cmd *cmd = used[i].data;

			cmd->used_len = used[i].len;
			vscsi_done_add(q, done, cmd);
		}
	} while (n == VSCSI_BATCH);
}

/* The same on the kernel's own ring. */
static void vscsi_pop_single(struct vscsi_queue *q, struct vscsi_done *done)
{
	struct vscsi_cmd *cmd;
	u32 len;

	lockdep_assert_held(&q->lock);
	while ((cmd = virtqueue_get_buf(q->vq, &len))) {
		cmd->used_len = len;
		vscsi_done_add(q, done, cmd);
	}
}

static void vscsi_pop(struct vscsi_queue *q, struct vscsi_done *done)
{
	if (likely(q->vs->use_table))
		vscsi_pop_locked(q, done);
	else
		vscsi_pop_single(q, done);
}

/* End commands taken out of the ring; no lock, in an RCU read section. */
static void vscsi_end(struct vscsi *vs, struct vscsi_done *done)
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

/* Is the device so quick that an interrupt for each would be a waste? */
static bool vscsi_busy(struct vscsi_queue *q, unsigned int done)
{
	if (time_after(jiffies, q->tick)) {
		q->tick = jiffies;
		q->tick_done = 0;
	}
	q->tick_done += done;
	return q->out >= VSCSI_BUSY_OUT && q->tick_done >= VSCSI_BUSY_DONE &&
	       READ_ONCE(vscsi_param_moderate);
}

static void vscsi_arm_guard(struct vscsi_queue *q)
{
	if (!timer_pending(&q->guard))
		mod_timer(&q->guard, jiffies + 1);
}

/**
 * vscsi_ask_interrupt - nothing is left to do until the device did more
 * @q: the queue, locked and up
 * @seen: commands that this visit found
 *
 * Return: false when there is more already.
 */
static bool vscsi_ask_interrupt(struct vscsi_queue *q, unsigned int seen)
{
	if (!vscsi_busy(q, seen))
		return virtqueue_enable_cb(q->vq);
	vscsi_arm_guard(q);
	return virtqueue_enable_cb_delayed(q->vq);
}

/**
 * vscsi_round - one look at a queue, and the end of what it found
 * @q: the queue, with an interrupt
 * @seen: commands found so far
 * @last: leave the rest to the guard timer
 *
 * With nothing left in the ring the next interrupt is asked for at once;
 * otherwise after another look, when what was found has ended.
 * Context: any; in an RCU read section.
 *
 * Return: true when another look is due.
 */
static bool vscsi_round(struct vscsi_queue *q, unsigned int *seen, bool last)
{
	struct vscsi_done done = VSCSI_DONE_INIT(done);
	unsigned long flags;
	bool again = false;

	spin_lock_irqsave(&q->lock, flags);
	if (likely(q->up)) {
		virtqueue_disable_cb(q->vq);
		vscsi_pop(q, &done);
		*seen += done.nr;
		again = (done.nr && q->out) || !vscsi_ask_interrupt(q, *seen);
		if (unlikely(again && last))
			vscsi_arm_guard(q);
		if (unlikely(virtqueue_is_broken(q->vq))) {
			vscsi_report(q->vs, VIRTIO_FAILURE_QUEUE);
			again = false;
		}
	}
	spin_unlock_irqrestore(&q->lock, flags);
	vscsi_end(q->vs, &done);
	return again;
}

/* Until nothing is found, and the next interrupt was asked for. */
static void vscsi_visit(struct vscsi_queue *q)
{
	unsigned int i, seen = 0;

	rcu_read_lock();
	for (i = 1; i <= VSCSI_ROUNDS; i++)
		if (!vscsi_round(q, &seen, i == VSCSI_ROUNDS))
			break;
	rcu_read_unlock();
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

	vscsi_visit(&vs->queues[vq->index - VSCSI_VQ_REQUEST]);
}

/**
 * vscsi_guard - a tick passed since an interrupt was put off
 * @t: &vscsi_queue.guard
 *
 * Context: timer.
 */
void vscsi_guard(struct timer_list *t)
{
	struct vscsi_queue *q = from_timer(q, t, guard);

	vscsi_visit(q);
}

/**
 * vscsi_harvest - end what the device has used, without an interrupt
 * @q: the queue
 *
 * For pollers, and for error handling: the device may have answered, and the
 * interrupt got lost.  Callbacks are left as they are.
 * Context: any.
 *
 * Return: how many commands were ended.
 */
unsigned int vscsi_harvest(struct vscsi_queue *q)
{
	struct vscsi_done done = VSCSI_DONE_INIT(done);
	unsigned long flags;

	rcu_read_lock();
	spin_lock_irqsave(&q->lock, flags);
	if (likely(q->up)) {
		vscsi_pop(q, &done);
		if (unlikely(virtqueue_is_broken(q->vq)))
			vscsi_report(q->vs, VIRTIO_FAILURE_QUEUE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	vscsi_end(q->vs, &done);
	rcu_read_unlock();
	return done.nr;
}

/**
 * vscsi_mq_poll - look for completions of a polled queue
 * @shost: the host
 * @hwq: number of the queue
 *
 * mq_poll of the middle layer.  Context: any.
 *
 * Return: how many commands were ended.
 */
int vscsi_mq_poll(struct Scsi_Host *shost, unsigned int hwq)
{
	struct vscsi *vs = shost_priv(shost);

	return vscsi_harvest(&vs->queues[hwq]);
}
