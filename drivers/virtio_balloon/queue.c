// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The balloon's virtqueues
 *
 * Setting them up, batches to the device and back, and waiting for it.
 *
 * A batch is one device-readable buffer.  The device may use buffers in any
 * order, and with any used length: nothing of what it writes is looked at but
 * that a buffer is used (VIRTIO 1.4, 5.5.6.2 on the length).
 *
 * Every wait looks up once a second, because nobody wakes it when a queue is
 * broken, and ends after &vbal_limit_ms milliseconds without an answer; the
 * device is reported then, and its buffers come back by a reset.
 */
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/scatterlist.h>
#include "vbal.h"

/* How long the device may think about one buffer. */
unsigned int vbal_limit_ms = 30000;
module_param_named(answer_ms, vbal_limit_ms, uint, 0644);
MODULE_PARM_DESC(answer_ms, "Milliseconds that the host may take to answer");

/* How often a waiter looks whether the queue is broken. */
#define VBAL_LOOK	HZ

static const char * const vbal_names[VBAL_VQS] = {
	[VBAL_VQ_INFLATE]	= "inflate",
	[VBAL_VQ_DEFLATE]	= "deflate",
	[VBAL_VQ_STATS]		= "stats",
	[VBAL_VQ_HINT]		= "free_page_vq",
	[VBAL_VQ_REPORT]	= "reporting_vq",
};

/* Interrupt: an early one, before vbal_queues_find() is through, is for nobody. */
static void vbal_vq_done(struct virtqueue *vq)
{
	struct vbal *vb = vq->vdev->priv;
	unsigned int i;

	for (i = 0; i < VBAL_VQS; i++)
		if (READ_ONCE(vb->queues[i].vq) == vq)
			break;
	if (i == VBAL_VQ_STATS)
		vbal_stats_used(vb);
	else if (i < VBAL_VQS)
		wake_up(&vb->queues[i].wait);
}

/**
 * vbal_queues_find - set the queues up
 * @vb: the balloon, with its features known
 *
 * Context: process.
 *
 * Return: 0 or what the transport says.
 */
int vbal_queues_find(struct vbal *vb)
{
	vq_callback_t *callbacks[VBAL_VQS];
	const char *names[VBAL_VQS];
	struct virtqueue *vqs[VBAL_VQS];
	unsigned int i;
	int err;

	for (i = 0; i < VBAL_VQS; i++) {
		callbacks[i] = vbal_vq_done;
		names[i] = vbal_names[i];
	}
	if (!vb->has_stats)
		names[VBAL_VQ_STATS] = NULL;
	if (!vb->has_hints)
		names[VBAL_VQ_HINT] = NULL;
	if (!vb->has_report)
		names[VBAL_VQ_REPORT] = NULL;
	err = virtio_find_vqs(vb->vdev, VBAL_VQS, vqs, callbacks, names, NULL);
	if (err)
		return err;
	for (i = 0; i < VBAL_VQS; i++)
		WRITE_ONCE(vb->queues[i].vq, names[i] ? vqs[i] : NULL);
	/* Room is left for compaction and for the out-of-memory notifier. */
	vb->nr_batches = min(virtqueue_get_vring_size(vqs[VBAL_VQ_INFLATE]),
			     virtqueue_get_vring_size(vqs[VBAL_VQ_DEFLATE]));
	vb->nr_batches = clamp_t(int, vb->nr_batches - 2, 1, VBAL_BATCHES);
	return 0;
}

/**
 * vbal_queues_up - from now on queues may be used, or not any more
 * @vb: the balloon
 * @up: which
 *
 * When it returns, nobody is in the middle of using one.  Wakes who waits.
 * Context: process.
 */
void vbal_queues_up(struct vbal *vb, bool up)
{
	struct vbal_queue *q;

	for (q = vb->queues; q < vb->queues + VBAL_VQS; q++) {
		spin_lock(&q->lock);
		q->up = up && q->vq;
		spin_unlock(&q->lock);
		wake_up_all(&q->wait);
	}
}

/**
 * vbal_queues_delete - take the queues down
 * @vb: the balloon, with its device reset
 *
 * What they held, the balloon's own books know.  Context: process.
 */
void vbal_queues_delete(struct vbal *vb)
{
	struct vbal_queue *q;

	for (q = vb->queues; q < vb->queues + VBAL_VQS; q++) {
		if (!q->vq)
			continue;
		while (virtqueue_detach_unused_buf(q->vq))
			;
		q->vq = NULL;
	}
	vb->vdev->config->del_vqs(vb->vdev);
}

/**
 * vbal_submit - give the device a batch
 * @b: idle, with numbers in it and its queue chosen
 *
 * Notifies under the lock: whoever takes the queue down gets it afterwards.
 * Context: process, does not sleep, allocates nothing.
 *
 * Return: 0, -ESHUTDOWN when the device takes none, -ENOSPC when the ring is
 * full, -EIO when it is broken.
 */
int vbal_submit(struct vbal_batch *b)
{
	struct vbal_queue *q = b->q;
	struct scatterlist sg;
	int err = -ESHUTDOWN;

	sg_init_one(&sg, b->pfns, b->nr * sizeof(b->pfns[0]));
	spin_lock(&q->lock);
	if (q->up)
		err = virtqueue_add_outbuf(q->vq, &sg, 1, b, GFP_ATOMIC);
	if (!err) {
		b->state = VBAL_OUT;
		virtqueue_kick(q->vq);
	}
	spin_unlock(&q->lock);
	return err;
}

/**
 * vbal_answered - has waiting for a batch come to an end?
 * @b: a batch that was submitted
 * @to_the_end: only the device can end it, by using it or by its reset
 * @broken: set to whether the queue is broken
 *
 * Takes out of the ring whatever was used.
 *
 * Return: true when it has.
 */
static bool vbal_answered(struct vbal_batch *b, bool to_the_end, bool *broken)
{
	struct vbal_queue *q = b->q;
	struct vbal_batch *used;
	unsigned int len;
	bool end;

	spin_lock(&q->lock);
	while (q->up && (used = virtqueue_get_buf(q->vq, &len)))
		used->state = VBAL_USED;
	*broken = q->up && virtqueue_is_broken(q->vq);
	end = b->state != VBAL_OUT || (!to_the_end && !q->up);
	spin_unlock(&q->lock);
	return end || *broken;
}

/**
 * vbal_waited_long - the limit of every wait
 * @q: the queue that does not answer
 * @since: when the wait began, jiffies
 *
 * Reports the device when it is over, or when the queue is broken.
 * Context: process, queue not locked.
 *
 * Return: true then.
 */
bool vbal_waited_long(struct vbal_queue *q, unsigned long since)
{
	unsigned long limit = msecs_to_jiffies(READ_ONCE(vbal_limit_ms));
	bool broken;

	spin_lock(&q->lock);
	broken = q->up && virtqueue_is_broken(q->vq);
	spin_unlock(&q->lock);
	if (broken)
		vbal_fail(q->vb, VIRTIO_FAILURE_QUEUE);
	else if (time_after_eq(jiffies, since + limit))
		vbal_fail(q->vb, VIRTIO_FAILURE_TIMEOUT);
	else
		return false;
	return true;
}

/**
 * vbal_wait - wait until the device has acknowledged a batch
 * @b: the batch
 * @to_the_end: when it does not, wait for the reset that the report leads to:
 *	for callers that cannot leave the page where it is
 *
 * Context: process, sleeps for &vbal_limit_ms at most, and with @to_the_end
 * for what the reset takes.
 *
 * Return: 0 when the batch is used, -ETIMEDOUT when the device did not answer
 * and the batch is still its, -ESHUTDOWN when that may be or it was reset.
 */
int vbal_wait(struct vbal_batch *b, bool to_the_end)
{
	unsigned long limit = msecs_to_jiffies(READ_ONCE(vbal_limit_ms));
	unsigned long look = min_t(unsigned long, VBAL_LOOK, limit + 1);
	unsigned long since = jiffies;
	bool broken;

	for (;;) {
		wait_event_timeout(b->q->wait,
				   vbal_answered(b, to_the_end, &broken), look);
		if (b->state == VBAL_USED)
			return 0;
		if (b->state == VBAL_LOST || (!to_the_end && !READ_ONCE(b->q->up)))
			return -ESHUTDOWN;
		if (!vbal_waited_long(b->q, since))
			continue;
		if (!to_the_end)
			return -ETIMEDOUT;
		/* The queue is broken or silent: look, do not spin. */
		msleep(20);
	}
}
