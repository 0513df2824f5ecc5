// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The control queues, VIRTIO 1.4, 5.3.6.2
 *
 * How messages come and go; what they mean stands in message.c.
 *
 * Received messages are copied out of the device's reach before anybody looks
 * at them, by a work item that runs once at a time.  Messages to the device are
 * sent without waiting for it, as long as one of %VCON_CTRL_OUT slots is free.
 * A device that frees none within %VCON_CTRL_LIMIT has failed.
 *
 * Each buffer is one descriptor, as a legacy device without ANY_LAYOUT wants
 * it (5.3.6.5), and the used length of what was sent is not looked at
 * (5.3.6.4).
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <virtio_recovery.h>
#include "vcon.h"

/**
 * vcon_ctrl_alloc - memory for both directions
 * @vcon: the device
 *
 * Return: the control queues, down, or NULL without memory.
 */
struct vcon_ctrl *vcon_ctrl_alloc(struct vcon *vcon)
{
	struct vcon_ctrl *ctrl = kzalloc(sizeof(*ctrl), GFP_KERNEL);
	unsigned int i;

	if (!ctrl)
		return NULL;
	ctrl->vcon = vcon;
	spin_lock_init(&ctrl->lock);
	INIT_WORK(&ctrl->work, vcon_message_work);
	init_waitqueue_head(&ctrl->wait);
	INIT_LIST_HEAD(&ctrl->free);
	for (i = 0; i < VCON_CTRL_OUT; i++)
		list_add_tail(&ctrl->slot[i].link, &ctrl->free);
	return ctrl;
}

static int vcon_ctrl_add_in(struct vcon_ctrl *ctrl, u8 *buf)
{
	struct scatterlist sg;

	sg_init_one(&sg, buf, VCON_CTRL_SIZE);
	return virtqueue_add_inbuf(ctrl->in_vq, &sg, 1, buf, GFP_ATOMIC);
}

/**
 * vcon_ctrl_up - the device takes buffers now
 * @ctrl: the control queues, of a live device
 * @in_vq: control receiveq
 * @out_vq: control transmitq
 */
void vcon_ctrl_up(struct vcon_ctrl *ctrl, struct virtqueue *in_vq,
		  struct virtqueue *out_vq)
{
	unsigned int i;

	spin_lock_irq(&ctrl->lock);
	ctrl->in_vq = in_vq;
	ctrl->out_vq = out_vq;
	ctrl->up = true;
	for (i = 0; i < VCON_CTRL_IN; i++)
		if (vcon_ctrl_add_in(ctrl, ctrl->in[i]))
			break;
	virtqueue_kick(in_vq);
	spin_unlock_irq(&ctrl->lock);
}

/**
 * vcon_ctrl_down - nobody touches the queues any more
 * @ctrl: the control queues
 * @dead: nor will ever
 *
 * Wakes senders; waits for the work.  Context: process, not the work.
 */
void vcon_ctrl_down(struct vcon_ctrl *ctrl, bool dead)
{
	spin_lock_irq(&ctrl->lock);
	ctrl->up = false;
	ctrl->dead |= dead;
	spin_unlock_irq(&ctrl->lock);
	wake_up_all(&ctrl->wait);
	cancel_work_sync(&ctrl->work);
}

/**
 * vcon_ctrl_reclaim - the device has no buffer any more
 * @ctrl: the control queues, down, of a device that was reset
 *
 * Messages are not kept: whatever the device should know it is told anew.
 */
void vcon_ctrl_reclaim(struct vcon_ctrl *ctrl)
{
	unsigned int i;

	spin_lock_irq(&ctrl->lock);
	while (virtqueue_detach_unused_buf(ctrl->in_vq))
		;
	while (virtqueue_detach_unused_buf(ctrl->out_vq))
		;
	INIT_LIST_HEAD(&ctrl->free);
	for (i = 0; i < VCON_CTRL_OUT; i++)
		list_add_tail(&ctrl->slot[i].link, &ctrl->free);
	ctrl->in_vq = NULL;
	ctrl->out_vq = NULL;
	spin_unlock_irq(&ctrl->lock);
}

/**
 * vcon_ctrl_next - take in the next message
 * @ctrl: the control queues; called by their work only
 *
 * The buffer goes back at once, and the device is notified when there is no
 * more.
 *
 * Return: its length, with the message in &vcon_ctrl.msg, or -EAGAIN when there
 * is none.
 */
int vcon_ctrl_next(struct vcon_ctrl *ctrl)
{
	unsigned int len;
	int ret = -EAGAIN;
	u8 *buf = NULL;

	spin_lock_irq(&ctrl->lock);
	if (ctrl->up)
		buf = virtqueue_get_buf(ctrl->in_vq, &len);
	if (buf) {
		ret = min_t(unsigned int, len, VCON_CTRL_SIZE);
		memcpy(ctrl->msg, buf, ret);
		vcon_ctrl_add_in(ctrl, buf);
	} else if (ctrl->up) {
		virtqueue_kick(ctrl->in_vq);
	}
	spin_unlock_irq(&ctrl->lock);
	return ret;
}

static void vcon_ctrl_reap(struct vcon_ctrl *ctrl)
{
	struct vcon_ctrl_slot *slot;
	unsigned int len;

	lockdep_assert_held(&ctrl->lock);
	while ((slot = virtqueue_get_buf(ctrl->out_vq, &len)))
		list_add_tail(&slot->link, &ctrl->free);
}

/* Returns 1 when sent or not to be sent, 0 to try again, -ENODEV. */
static int vcon_ctrl_try(struct vcon_ctrl *ctrl,
			 const struct virtio_console_control *msg)
{
	struct vcon_ctrl_slot *slot;
	struct scatterlist sg;

	lockdep_assert_held(&ctrl->lock);
	if (!ctrl->up)
		return ctrl->dead ? -ENODEV : 1;
	/* Where the bus does something about it, it is about to. */
	if (virtqueue_is_broken(ctrl->out_vq))
		return ctrl->vcon->recovers ? 0 : -ENODEV;
	vcon_ctrl_reap(ctrl);
	slot = list_first_entry_or_null(&ctrl->free, struct vcon_ctrl_slot,
					link);
	if (!slot)
		return 0;
	slot->msg = *msg;
	sg_init_one(&sg, &slot->msg, sizeof(slot->msg));
	if (virtqueue_add_outbuf(ctrl->out_vq, &sg, 1, slot, GFP_ATOMIC))
		return 0;
	list_del_init(&slot->link);
	virtqueue_kick(ctrl->out_vq);
	return 1;
}

static int vcon_ctrl_try_lock(struct vcon_ctrl *ctrl,
			      const struct virtio_console_control *msg)
{
	int ret;

	spin_lock_irq(&ctrl->lock);
	ret = vcon_ctrl_try(ctrl, msg);
	spin_unlock_irq(&ctrl->lock);
	return ret;
}

static void vcon_ctrl_fill(struct vcon *vcon, u32 id, u16 event, u16 value,
			   struct virtio_console_control *msg)
{
	msg->id = cpu_to_virtio32(vcon->vdev, id);
	msg->event = cpu_to_virtio16(vcon->vdev, event);
	msg->value = cpu_to_virtio16(vcon->vdev, value);
}

/**
 * vcon_ctrl_ready - send DEVICE_READY, the first message
 * @vcon: the device, its control queues just set up
 *
 * Does not wait: there is room, unless the queue is broken already, and then
 * it may be the bus that waits for this, to take the device down again.
 * Context: process.
 *
 * Return: 0 or -EIO.
 */
int vcon_ctrl_ready(struct vcon *vcon)
{
	struct virtio_console_control msg;

	vcon_ctrl_fill(vcon, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, &msg);
	return vcon_ctrl_try_lock(vcon->ctrl, &msg) > 0 ? 0 : -EIO;
}

/**
 * vcon_ctrl_send - send a control message
 * @vcon: the device
 * @id: number of the port
 * @event: what
 * @value: and its value
 *
 * While the device is being reset nothing is sent: it is told all that counts
 * afterwards.  Context: process; waits for %VCON_CTRL_LIMIT at most, and only
 * when the device has not looked at the last %VCON_CTRL_OUT messages.
 *
 * Return: 0, -ENODEV when the device was given up, -ETIMEDOUT.
 */
int vcon_ctrl_send(struct vcon *vcon, u32 id, u16 event, u16 value)
{
	struct vcon_ctrl *ctrl = vcon->ctrl;
	struct virtio_console_control msg;
	long left;
	int ret;

	if (!ctrl)
		return 0;
	vcon_ctrl_fill(vcon, id, event, value, &msg);
	left = wait_event_timeout(ctrl->wait,
				  (ret = vcon_ctrl_try_lock(ctrl, &msg)),
				  VCON_CTRL_LIMIT);
	if (!left) {
		dev_err(&vcon->vdev->dev,
			"control messages are not read within %u s\n",
			VCON_CTRL_LIMIT / HZ);
		virtio_report_failure(vcon->vdev, VIRTIO_FAILURE_TIMEOUT);
		return -ETIMEDOUT;
	}
	return min(ret, 0);
}

/**
 * vcon_ctrl_again - there are, or may be, messages to be taken in
 * @ctrl: the control queues
 *
 * Context: any.
 */
void vcon_ctrl_again(struct vcon_ctrl *ctrl)
{
	unsigned long flags;

	spin_lock_irqsave(&ctrl->lock, flags);
	if (ctrl->up)
		queue_work(vcon_wq, &ctrl->work);
	spin_unlock_irqrestore(&ctrl->lock, flags);
}

/**
 * vcon_ctrl_in_done - a message has come
 * @vq: control receiveq
 *
 * Queue callback.
 */
void vcon_ctrl_in_done(struct virtqueue *vq)
{
	struct vcon *vcon = vq->vdev->priv;

	vcon_ctrl_again(vcon->ctrl);
}

/**
 * vcon_ctrl_out_done - messages have been read
 * @vq: control transmitq
 *
 * Queue callback.
 */
void vcon_ctrl_out_done(struct virtqueue *vq)
{
	struct vcon *vcon = vq->vdev->priv;

	wake_up_all(&vcon->ctrl->wait);
}
