// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The control queue, VIRTIO 1.4, 5.1.6.5
 *
 * Called by whoever sets something up; what the commands mean stands with
 * them.
 *
 * One command at a time, from memory of the queue's own.  Who sends it sleeps,
 * mostly with RTNL held, so for a limited time.  A command that was not
 * answered in time still belongs to the device, with its memory: until the
 * device is done with it or was reset, all others fail at once.  The device is
 * not reset for it: packets go on, and losing them would be worse.  When the
 * answer comes after all it is told everything anew, since nobody knows by
 * then what it did; the longer after, the more often it was too late for that
 * as well.
 *
 * While the device is being reset commands fail, and all settings are sent
 * again afterwards (vnet_ctl_up()).
 *
 * Header, each part of the data, answer and result have a descriptor
 * each, as a legacy device without ANY_LAYOUT wants it (5.1.6.7).
 */
#include <linux/moduleparam.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include "ctrl.h"

static unsigned int vnet_param_ctrl = 5;
module_param_named(ctrl_timeout, vnet_param_ctrl, uint, 0644);
MODULE_PARM_DESC(ctrl_timeout,
		 "Seconds that a device has to answer a control command, 1 to 60");

/* How often a waiter looks by itself: interrupts get lost. */
#define VNET_CTRL_SLICE		(HZ / 10)

/* Commands that follow each other have so many times the limit of one. */
#define VNET_CTRL_TOGETHER	6

/**
 * vnet_ctrl_init - memory for the control queue
 * @ctrl: the control half of an interface
 *
 * Without the queue nothing is allocated, and no command can be sent.
 *
 * Return: 0 or -ENOMEM.
 */
int vnet_ctrl_init(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;

	mutex_init(&cq->lock);
	spin_lock_init(&cq->vq_lock);
	init_completion(&cq->done);
	if (!ctrl->vnet->f.ctrl_vq)
		return 0;
	cq->out = kzalloc(sizeof(*cq->out), GFP_KERNEL);
	cq->in = kzalloc(sizeof(*cq->in), GFP_KERNEL);
	if (cq->out && cq->in)
		return 0;
	vnet_ctrl_exit(ctrl);
	return -ENOMEM;
}

/**
 * vnet_ctrl_exit - the end of vnet_ctrl_init()
 * @ctrl: the control half; the device is reset, nobody sends commands any more
 */
void vnet_ctrl_exit(struct vnet_ctrl *ctrl)
{
	kfree(ctrl->cq.in);
	kfree(ctrl->cq.out);
	ctrl->cq.in = NULL;
	ctrl->cq.out = NULL;
}

/**
 * vnet_ctrl_up - the device takes commands now
 * @ctrl: the control half
 * @vq: the control queue of the device, which is live; or NULL
 */
void vnet_ctrl_up(struct vnet_ctrl *ctrl, struct virtqueue *vq)
{
	struct vnet_cq *cq = &ctrl->cq;

	spin_lock_irq(&cq->vq_lock);
	cq->vq = vq;
	cq->up = vq && cq->out;
	spin_unlock_irq(&cq->vq_lock);
}

/**
 * vnet_ctrl_down - nobody touches the queue any more
 * @ctrl: the control half
 *
 * Whoever waits for an answer waits no longer; he may be holding RTNL.
 * Does not wait itself.  Context: process.
 */
void vnet_ctrl_down(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;

	spin_lock_irq(&cq->vq_lock);
	cq->up = false;
	/* The device may still write to the command: the waiter leaves it. */
	if (cq->state == VNET_CTRL_SENT)
		complete(&cq->done);
	spin_unlock_irq(&cq->vq_lock);
}

/**
 * vnet_ctrl_reclaim - the device has no command any more
 * @ctrl: the control half; the device is reset, the queue down and not yet
 *	deleted
 *
 * Context: process.
 */
void vnet_ctrl_reclaim(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;

	spin_lock_irq(&cq->vq_lock);
	if (cq->vq)
		while (virtqueue_detach_unused_buf(cq->vq))
			;
	cq->vq = NULL;
	if (cq->state == VNET_CTRL_LEFT)
		cq->state = VNET_CTRL_FREE;
	else if (cq->state == VNET_CTRL_SENT)
		cq->state = VNET_CTRL_BACK;
	spin_unlock_irq(&cq->vq_lock);
}

/**
 * vnet_ctrl_resync - have the device told everything anew
 * @ctrl: the control half
 *
 * Context: any.
 */
void vnet_ctrl_resync(struct vnet_ctrl *ctrl)
{
	schedule_delayed_work(&ctrl->resync, READ_ONCE(ctrl->resync_wait));
}

/**
 * vnet_ctrl_left - does the device still have a command that nobody waits for?
 * @ctrl: the control half
 *
 * Context: process.
 */
bool vnet_ctrl_left(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;
	bool left;

	spin_lock_irq(&cq->vq_lock);
	left = cq->state == VNET_CTRL_LEFT;
	spin_unlock_irq(&cq->vq_lock);
	return left;
}

static void vnet_ctrl_pop_locked(struct vnet_cq *cq)
{
	u32 len;

	lockdep_assert_held(&cq->vq_lock);
	while (virtqueue_get_buf(cq->vq, &len)) {
		if (cq->state == VNET_CTRL_SENT) {
			cq->state = VNET_CTRL_BACK;
			cq->answered = true;
			cq->used = len;
			complete(&cq->done);
		} else if (cq->state == VNET_CTRL_LEFT) {
			cq->state = VNET_CTRL_FREE;
			cq->stats.late++;
			vnet_ctrl_resync(container_of(cq, struct vnet_ctrl,
						      cq));
		}
	}
}

/**
 * vnet_ctrl_done - the device used a buffer
 * @vq: the control queue
 *
 * Queue callback.
 */
void vnet_ctrl_done(struct virtqueue *vq)
{
	struct vnet *vnet = vq->vdev->priv;
	struct vnet_cq *cq = &vnet->ctrl->cq;
	unsigned long flags;

	spin_lock_irqsave(&cq->vq_lock, flags);
	if (cq->up)
		vnet_ctrl_pop_locked(cq);
	spin_unlock_irqrestore(&cq->vq_lock, flags);
}

/* The memory becomes the device's: VIRTIO 1.4, 5.1.6.5 and 5.1.6.7. */
static int vnet_ctrl_add_locked(struct vnet_cq *cq,
				const struct kvec *parts, unsigned int num,
				size_t in_len)
{
	struct scatterlist sg[VNET_CTRL_PARTS + 3], *sgs[VNET_CTRL_PARTS + 3];
	unsigned int i, n = 0, outs;
	u8 *data = cq->out->data;

	sg_init_one(&sg[n++], &cq->out->hdr, sizeof(cq->out->hdr));
	for (i = 0; i < num; data += parts[i++].iov_len)
		sg_init_one(&sg[n++], data, parts[i].iov_len);
	outs = n;
	sg_init_one(&sg[n++], &cq->in->ack, sizeof(cq->in->ack));
	if (in_len)
		sg_init_one(&sg[n++], cq->in->data, in_len);
	for (i = 0; i < n; i++)
		sgs[i] = &sg[i];
	return virtqueue_add_sgs(cq->vq, sgs, outs, n - outs, cq,
				 GFP_ATOMIC);
}

/* Out of the caller's memory into the queue's, which nobody has now. */
static void vnet_ctrl_fill(struct vnet_cq *cq, u8 class, u8 cmd,
			   const struct kvec *parts, unsigned int num,
			   size_t in_len)
{
	u8 *data = cq->out->data;
	unsigned int i;

	cq->out->hdr.class = class;
	cq->out->hdr.cmd = cmd;
	for (i = 0; i < num; i++) {
		memcpy(data, parts[i].iov_base, parts[i].iov_len);
		data += parts[i].iov_len;
	}
	cq->in->ack = VNET_CTRL_UNWRITTEN;
	memset(cq->in->data, 0, in_len);
}

/* May a command be sent now? */
static int vnet_ctrl_ready_locked(struct vnet_cq *cq)
{
	if (cq->up)
		vnet_ctrl_pop_locked(cq);
	if (!cq->up || cq->state != VNET_CTRL_FREE)
		return -EBUSY;
	return virtqueue_is_broken(cq->vq) ? -EIO : 0;
}

static int vnet_ctrl_start(struct vnet_cq *cq, u8 class, u8 cmd,
			   const struct kvec *parts, unsigned int num,
			   size_t in_len)
{
	int err;

	spin_lock_irq(&cq->vq_lock);
	err = vnet_ctrl_ready_locked(cq);
	if (!err) {
		vnet_ctrl_fill(cq, class, cmd, parts, num, in_len);
		err = vnet_ctrl_add_locked(cq, parts, num, in_len);
	}
	if (!err) {
		reinit_completion(&cq->done);
		cq->state = VNET_CTRL_SENT;
		cq->answered = false;
		cq->stats.sent++;
		virtqueue_kick(cq->vq);
	}
	spin_unlock_irq(&cq->vq_lock);
	return err;
}

/* Is there anything left to wait for?  Looks without an interrupt. */
static bool vnet_ctrl_over(struct vnet_cq *cq)
{
	bool over;

	spin_lock_irq(&cq->vq_lock);
	if (cq->up)
		vnet_ctrl_pop_locked(cq);
	over = !cq->up || cq->state != VNET_CTRL_SENT ||
	       virtqueue_is_broken(cq->vq);
	spin_unlock_irq(&cq->vq_lock);
	return over;
}

static unsigned long vnet_ctrl_limit(void)
{
	return clamp(READ_ONCE(vnet_param_ctrl), 1U, 60U) * HZ;
}

/**
 * vnet_ctrl_hurry - commands that follow each other have a limit together
 * @ctrl: the control half; until vnet_ctrl_hurried()
 *
 * Who sends many of them holds RTNL meanwhile.  Context: process.
 */
void vnet_ctrl_hurry(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;

	mutex_lock(&cq->lock);
	cq->until = (jiffies + VNET_CTRL_TOGETHER * vnet_ctrl_limit()) ?: 1;
	cq->hurried = current;
	cq->skipped = false;
	mutex_unlock(&cq->lock);
}

/**
 * vnet_ctrl_hurried - the end of vnet_ctrl_hurry()
 * @ctrl: the control half
 *
 * Context: process.  Return: true when commands were left out.
 */
bool vnet_ctrl_hurried(struct vnet_ctrl *ctrl)
{
	struct vnet_cq *cq = &ctrl->cq;
	bool skipped;

	mutex_lock(&cq->lock);
	cq->until = 0;
	skipped = cq->skipped;
	mutex_unlock(&cq->lock);
	return skipped;
}

/* Has the limit for all passed?  Under the lock. */
static bool vnet_ctrl_too_late(struct vnet_cq *cq)
{
	if (!cq->until || cq->hurried != current ||
	    time_before(jiffies, cq->until))
		return false;
	cq->skipped = true;
	return true;
}

/* Wait, at most so long: true when that has passed. */
static bool vnet_ctrl_wait(struct vnet_cq *cq)
{
	unsigned long end = jiffies + vnet_ctrl_limit();

	while (!wait_for_completion_timeout(&cq->done, VNET_CTRL_SLICE)) {
		if (vnet_ctrl_over(cq))
			return false;
		if (time_after(jiffies, end))
			return true;
	}
	return false;
}

/* It is over; the device keeps what it has not given back. */
static int vnet_ctrl_finish(struct vnet_cq *cq, bool expired)
{
	int err = -EIO;

	spin_lock_irq(&cq->vq_lock);
	if (cq->state == VNET_CTRL_BACK) {
		cq->state = VNET_CTRL_FREE;
		if (cq->answered)
			err = 0;
	} else {
		cq->state = VNET_CTRL_LEFT;
		if (expired) {
			cq->stats.timeouts++;
			err = -ETIMEDOUT;
		}
	}
	spin_unlock_irq(&cq->vq_lock);
	return err;
}

/*
 * The answer, read once.  A legacy device need not say how much it wrote
 * (VIRTIO 1.4, 5.1.6.1), but has no command with a result either.
 */
static int vnet_ctrl_answer(struct vnet *vnet, u8 class, u8 cmd, void *in,
			    size_t in_len)
{
	struct vnet_cq *cq = &vnet->ctrl->cq;
	u8 ack = READ_ONCE(cq->in->ack);
	size_t got;

	if (ack == VIRTIO_NET_ERR) {
		cq->stats.refused++;
		return -EINVAL;
	}
	if (ack != VIRTIO_NET_OK) {
		cq->stats.garbage++;
		dev_err_ratelimited(&vnet->vdev->dev,
				    "control command %u/%u: answer %#x is none\n",
				    class, cmd, ack);
		return -EIO;
	}
	if (!in_len)
		return 0;
	got = min_t(size_t, cq->used ? cq->used - 1 : 0, in_len);
	memcpy(in, cq->in->data, got);
	memset(in + got, 0, in_len - got);
	return got;
}

static bool vnet_ctrl_fits(const struct kvec *parts, unsigned int num,
			   size_t in_len)
{
	size_t room = VNET_CTRL_OUT;
	unsigned int i;

	if (num > VNET_CTRL_PARTS || in_len > VNET_CTRL_IN)
		return false;
	for (i = 0; i < num; room -= parts[i++].iov_len)
		if (!parts[i].iov_len || parts[i].iov_len > room)
			return false;
	return true;
}

/**
 * vnet_ctrl_send_parts - a command whose data is in several descriptors
 * @vnet: the device
 * @class: of the command
 * @cmd: the command
 * @parts: its data, none empty; together at most %VNET_CTRL_OUT bytes
 * @num: how many, at most %VNET_CTRL_PARTS
 * @in: where the result goes, not in reach of the device; zeroed beyond what
 *	the device wrote
 * @in_len: its size, at most %VNET_CTRL_IN
 *
 * Context: process; waits up to ctrl_timeout seconds.
 *
 * Return: bytes of the result; -EOPNOTSUPP without a control queue, -EINVAL
 * when the device refuses, -ETIMEDOUT, -EBUSY when an earlier command was not
 * answered or the device is being reset, -EAGAIN when a limit for many has
 * passed, -ENODEV when it was given up, -EIO for an answer that is none and for a
 * queue that broke.
 */
int vnet_ctrl_send_parts(struct vnet *vnet, u8 class, u8 cmd,
			 const struct kvec *parts, unsigned int num,
			 void *in, size_t in_len)
{
	struct vnet_cq *cq = &vnet->ctrl->cq;
	bool expired;
	int ret;

	if (!cq->out)
		return -EOPNOTSUPP;
	if (READ_ONCE(vnet->failed))
		return -ENODEV;
	if (WARN_ON_ONCE(!vnet_ctrl_fits(parts, num, in_len)))
		return -EMSGSIZE;
	mutex_lock(&cq->lock);
	ret = vnet_ctrl_too_late(cq) ? -EAGAIN :
	      vnet_ctrl_start(cq, class, cmd, parts, num, in_len);
	if (!ret) {
		expired = vnet_ctrl_wait(cq);
		ret = vnet_ctrl_finish(cq, expired);
		if (!ret)
			ret = vnet_ctrl_answer(vnet, class, cmd, in, in_len);
		else if (ret == -ETIMEDOUT)
			dev_err(&vnet->vdev->dev,
				"no answer to control command %u/%u in %lu s\n",
				class, cmd, vnet_ctrl_limit() / HZ);
	}
	mutex_unlock(&cq->lock);
	return ret;
}

/**
 * vnet_ctrl_send - send a command and wait for the answer
 * @vnet: the device
 * @class: of the command
 * @cmd: the command
 * @out: its data
 * @out_len: bytes of it, 0 for none
 * @in: where the result goes
 * @in_len: its size, 0 for none
 *
 * Return: as vnet_ctrl_send_parts(): 0 for a command without a result.
 */
int vnet_ctrl_send(struct vnet *vnet, u8 class, u8 cmd, const void *out,
		   size_t out_len, void *in, size_t in_len)
{
	struct kvec part = { .iov_base = (void *)out, .iov_len = out_len };

	return vnet_ctrl_send_parts(vnet, class, cmd, &part, !!out_len, in,
				    in_len);
}
