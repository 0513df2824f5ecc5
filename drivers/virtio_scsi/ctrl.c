// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The control queue of a SCSI host
 *
 * Task management and asynchronous notification, VIRTIO 1.4, 5.6.6.2; called
 * by error handling and when a logical unit is found.
 *
 * Whoever asks waits, for a limited time.  A request that was not answered in
 * time still belongs to the device: it stays aside until the device is done
 * with it or was reset.  While that is so nobody else is made to wait, but for
 * one reset of a logical unit or target.
 */
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vscsi.h"

static unsigned int vscsi_param_tmf = 10;
module_param_named(tmf_timeout, vscsi_param_tmf, uint, 0644);
MODULE_PARM_DESC(tmf_timeout,
		 "Seconds that a device has to answer a task management function, 1 to 600");

/* An answer that nothing depends on. */
#define VSCSI_AN_LIMIT		(2 * HZ)

/**
 * vscsi_ctrl_alloc - allocate all control requests
 * @vs: the host
 *
 * Return: 0 or -ENOMEM, with vscsi_ctrl_free() to be called.
 */
int vscsi_ctrl_alloc(struct vscsi *vs)
{
	unsigned int i;

	spin_lock_init(&vs->ctrl.lock);
	for (i = 0; i < VSCSI_CTLS; i++) {
		struct vscsi_ctl *ctl = &vs->ctrl.ctls[i];

		init_completion(&ctl->done);
		ctl->mem = kzalloc(sizeof(*ctl->mem), GFP_KERNEL);
		if (!ctl->mem)
			return -ENOMEM;
	}
	return 0;
}

/**
 * vscsi_ctrl_free - the end of vscsi_ctrl_alloc()
 * @vs: the host; its device is reset, nobody waits
 */
void vscsi_ctrl_free(struct vscsi *vs)
{
	unsigned int i;

	for (i = 0; i < VSCSI_CTLS; i++)
		kfree(vs->ctrl.ctls[i].mem);
}

/**
 * vscsi_ctrl_up - let the queue be used, or no longer
 * @vs: the host
 * @up: which of the two
 */
void vscsi_ctrl_up(struct vscsi *vs, bool up)
{
	unsigned long flags;

	spin_lock_irqsave(&vs->ctrl.lock, flags);
	vs->ctrl.up = up;
	vs->ctrl.stuck = 0;
	spin_unlock_irqrestore(&vs->ctrl.lock, flags);
}

/* The request left the ring; the queue's lock is held. */
static void vscsi_ctl_left_ring(struct vscsi_ctl *ctl, bool answered)
{
	if (ctl->state == VSCSI_CTL_LEFT) {
		ctl->state = VSCSI_CTL_FREE;
		return;
	}
	ctl->state = VSCSI_CTL_TAKEN;
	ctl->answered = answered;
	complete(&ctl->done);
}

static void vscsi_ctrl_pop_locked(struct vscsi_ctrl *ctrl)
{
	struct vscsi_ctl *ctl;
	u32 len;

	while ((ctl = virtqueue_get_buf(ctrl->vq, &len))) {
		ctrl->stuck = 0;
		vscsi_ctl_left_ring(ctl, true);
	}
}

/**
 * vscsi_ctrl_done - the device used buffers
 * @vq: the control queue
 *
 * Context: hard interrupt (or whatever the transport calls from).
 */
void vscsi_ctrl_done(struct virtqueue *vq)
{
	struct vscsi *vs = vq->vdev->priv;
	unsigned long flags;

	spin_lock_irqsave(&vs->ctrl.lock, flags);
	if (vs->ctrl.up) {
		do {
			virtqueue_disable_cb(vq);
			vscsi_ctrl_pop_locked(&vs->ctrl);
		} while (!virtqueue_is_broken(vq) && !virtqueue_enable_cb(vq));
		if (virtqueue_is_broken(vq))
			vscsi_report(vs, VIRTIO_FAILURE_QUEUE);
	}
	spin_unlock_irqrestore(&vs->ctrl.lock, flags);
}

/**
 * vscsi_ctrl_reclaim - nobody waits for an answer any more
 * @vs: the host; its device is reset, the queue down and still there
 *
 * Context: process.
 */
void vscsi_ctrl_reclaim(struct vscsi *vs)
{
	struct vscsi_ctrl *ctrl = &vs->ctrl;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ctrl->lock, flags);
	while (virtqueue_detach_unused_buf(ctrl->vq))
		;
	for (i = 0; i < VSCSI_CTLS; i++)
		if (ctrl->ctls[i].state >= VSCSI_CTL_OUT)
			vscsi_ctl_left_ring(&ctrl->ctls[i], false);
	spin_unlock_irqrestore(&ctrl->lock, flags);
}

/**
 * vscsi_ctl_take - a request that nobody has
 * @ctrl: the control queue
 * @patience: that many requests may be waiting for their answer in vain
 *
 * Return: the request, or NULL when the device does not answer.
 */
static struct vscsi_ctl *vscsi_ctl_take(struct vscsi_ctrl *ctrl,
					unsigned int patience)
{
	bool answers;
	struct vscsi_ctl *ctl = NULL;
	unsigned int i;

	spin_lock_irq(&ctrl->lock);
	answers = ctrl->up && ctrl->stuck <= patience;
	for (i = 0; answers && !ctl && i < VSCSI_CTLS; i++)
		if (ctrl->ctls[i].state == VSCSI_CTL_FREE)
			ctl = &ctrl->ctls[i];
	if (ctl) {
		ctl->state = VSCSI_CTL_TAKEN;
		ctl->answered = false;
		reinit_completion(&ctl->done);
	}
	spin_unlock_irq(&ctrl->lock);
	return ctl;
}

static void vscsi_ctl_put(struct vscsi_ctrl *ctrl, struct vscsi_ctl *ctl)
{
	spin_lock_irq(&ctrl->lock);
	ctl->state = VSCSI_CTL_FREE;
	spin_unlock_irq(&ctrl->lock);
}

static int vscsi_ctl_add(struct vscsi_ctrl *ctrl, struct vscsi_ctl *ctl,
			 u32 req_len, u32 resp_len)
{
	struct scatterlist req, resp, *sgs[] = { &req, &resp };
	bool kick = false;
	int err = -EAGAIN;

	sg_init_one(&req, &ctl->mem->req_line, req_len);
	sg_init_one(&resp, &ctl->mem->resp_line, resp_len);
	/* Recovery waits for it before it deletes the queue. */
	rcu_read_lock();
	spin_lock_irq(&ctrl->lock);
	if (ctrl->up)
		err = virtqueue_add_sgs(ctrl->vq, sgs, 1, 1, ctl, GFP_ATOMIC);
	if (!err) {
		ctl->state = VSCSI_CTL_OUT;
		kick = virtqueue_kick_prepare(ctrl->vq);
	}
	spin_unlock_irq(&ctrl->lock);
	if (kick)
		virtqueue_notify(ctrl->vq);
	rcu_read_unlock();
	return err;
}

/* The time is over: is the answer there, and the interrupt was lost? */
static int vscsi_ctl_expired(struct vscsi_ctrl *ctrl, struct vscsi_ctl *ctl)
{
	int err = 0;

	spin_lock_irq(&ctrl->lock);
	if (ctrl->up)
		vscsi_ctrl_pop_locked(ctrl);
	if (ctl->state == VSCSI_CTL_OUT) {
		ctl->state = VSCSI_CTL_LEFT;
		ctrl->stuck++;
		err = -ETIMEDOUT;
	}
	spin_unlock_irq(&ctrl->lock);
	return err;
}

/**
 * vscsi_ctl_send - send a control request and wait for the answer
 * @ctrl: the control queue
 * @ctl: the request, filled and taken; given away after an error
 * @req_len: bytes that the device reads
 * @resp_len: bytes that it writes
 * @limit: jiffies to wait
 *
 * Context: process.
 *
 * Return: 0, with @ctl still the caller's, or -ETIMEDOUT, or -EIO when the
 * device was reset meanwhile, or why it could not be sent.
 */
static int vscsi_ctl_send(struct vscsi_ctrl *ctrl, struct vscsi_ctl *ctl,
			  u32 req_len, u32 resp_len, unsigned long limit)
{
	int err;

	err = vscsi_ctl_add(ctrl, ctl, req_len, resp_len);
	if (err) {
		vscsi_ctl_put(ctrl, ctl);
		return err;
	}
	if (!wait_for_completion_timeout(&ctl->done, limit)) {
		err = vscsi_ctl_expired(ctrl, ctl);
		if (err)
			return err;
	}
	if (ctl->answered)
		return 0;
	vscsi_ctl_put(ctrl, ctl);
	return -EIO;
}

static unsigned int vscsi_tmf_seconds(void)
{
	return clamp(READ_ONCE(vscsi_param_tmf), 1U, 600U);
}

/* Only these two say that it was done (VIRTIO 1.4, 5.6.6.2). */
static int vscsi_tmf_result(struct vscsi *vs, u32 subtype, u8 response)
{
	if (response == VIRTIO_SCSI_S_OK ||
	    response == VIRTIO_SCSI_S_FUNCTION_SUCCEEDED)
		return 0;
	dev_err(&vs->vdev->dev, "task management function %u: response %#x\n",
		subtype, response);
	return -EIO;
}

/**
 * vscsi_tmf - have the device do a task management function
 * @sdev: the logical unit
 * @subtype: VIRTIO_SCSI_T_TMF_*
 * @id: of the command, where the function is about one
 *
 * What it ends is in the rings when this returns (VIRTIO 1.4, 5.6.6.2).
 * Context: process; waits up to tmf_timeout seconds.
 *
 * Return: 0 when it was done; -EBUSY when the device did not answer the last
 * one, or two; -ETIMEDOUT; -EIO; or why it could not be sent.
 */
int vscsi_tmf(struct scsi_device *sdev, u32 subtype, u64 id)
{
	bool abort = subtype == VIRTIO_SCSI_T_TMF_ABORT_TASK;
	struct vscsi *vs = shost_priv(sdev->host);
	unsigned int limit = vscsi_tmf_seconds();
	struct virtio_scsi_ctrl_tmf_req *req;
	struct vscsi_ctl *ctl;
	int err;

	/* A reset may work where one command cannot be got back. */
	ctl = vscsi_ctl_take(&vs->ctrl, abort ? 0 : 1);
	if (!ctl)
		return -EBUSY;
	req = &ctl->mem->tmf;
	req->type = cpu_to_virtio32(vs->vdev, VIRTIO_SCSI_T_TMF);
	req->subtype = cpu_to_virtio32(vs->vdev, subtype);
	vscsi_put_lun(req->lun, sdev);
	req->tag = cpu_to_virtio64(vs->vdev, id);
	ctl->mem->tmf_resp.response = VSCSI_S_UNWRITTEN;

	err = vscsi_ctl_send(&vs->ctrl, ctl, sizeof(*req),
			     sizeof(ctl->mem->tmf_resp), limit * HZ);
	if (err) {
		if (err == -ETIMEDOUT)
			dev_err(&vs->vdev->dev,
				"no answer to task management function %u in %u s\n",
				subtype, limit);
		return err;
	}
	err = vscsi_tmf_result(vs, subtype,
			       READ_ONCE(ctl->mem->tmf_resp.response));
	vscsi_ctl_put(&vs->ctrl, ctl);
	return err;
}

/**
 * vscsi_an - query or subscribe to asynchronous notifications
 * @sdev: the logical unit
 * @type: VIRTIO_SCSI_T_AN_QUERY or VIRTIO_SCSI_T_AN_SUBSCRIBE
 * @wanted: events
 * @actual: those of them that the device has
 *
 * VIRTIO 1.4, 5.6.6.2.  Context: process; waits up to VSCSI_AN_LIMIT.
 *
 * Return: 0, -EOPNOTSUPP when the device refuses, or as vscsi_tmf().
 */
int vscsi_an(struct scsi_device *sdev, u32 type, u32 wanted, u32 *actual)
{
	struct vscsi *vs = shost_priv(sdev->host);
	struct vscsi_ctl *ctl = vscsi_ctl_take(&vs->ctrl, 0);
	struct virtio_scsi_ctrl_an_req *req;
	struct virtio_scsi_ctrl_an_resp *resp;
	int err;

	if (!ctl)
		return -EBUSY;
	req = &ctl->mem->an;
	resp = &ctl->mem->an_resp;
	req->type = cpu_to_virtio32(vs->vdev, type);
	vscsi_put_lun(req->lun, sdev);
	req->event_requested = cpu_to_virtio32(vs->vdev, wanted);
	resp->event_actual = 0;
	resp->response = VSCSI_S_UNWRITTEN;

	err = vscsi_ctl_send(&vs->ctrl, ctl, sizeof(*req), sizeof(*resp),
			     VSCSI_AN_LIMIT);
	if (err)
		return err;
	if (READ_ONCE(resp->response) != VIRTIO_SCSI_S_OK)
		err = -EOPNOTSUPP;
	*actual = virtio32_to_cpu(vs->vdev, READ_ONCE(resp->event_actual)) &
		  wanted;
	vscsi_ctl_put(&vs->ctrl, ctl);
	return err;
}
