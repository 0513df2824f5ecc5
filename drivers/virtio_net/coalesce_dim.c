// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Receive queues that find out by themselves when to notify
 *
 * The kernel's library for dynamic interrupt moderation looks at the traffic
 * of a queue each time that NAPI has emptied it, and says when another setting
 * would do better: a work item tells the device (coalesce.c).  Built with
 * CONFIG_DIMLIB only.
 */
#include <linux/dim.h>
#include <linux/slab.h>
#include "ctrl.h"

/**
 * struct vnet_dim - moderation of one receive queue
 * @dim: the library's
 * @ctrl: the control half
 * @index: number of the queue
 */
struct vnet_dim {
	struct dim dim;
	struct vnet_ctrl *ctrl;
	u16 index;
};

static void vnet_dim_apply(struct vnet_ctrl *ctrl, u16 index,
			   const struct vnet_coal *coal)
{
	struct vnet_coal_pair *p = &ctrl->coal.pairs[index];

	if (p->rx_own && p->rx.packets == coal->packets &&
	    p->rx.usecs == coal->usecs)
		return;
	if (vnet_coal_tell_vq(ctrl, 2 * index, coal))
		return;
	p->rx = *coal;
	p->rx_own = true;
}

static void vnet_dim_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct vnet_dim *d = container_of(dim, struct vnet_dim, dim);
	struct vnet_coalesce *c = &d->ctrl->coal;
	struct dim_cq_moder moder;
	struct vnet_coal coal;

	moder = net_dim_get_rx_moderation(dim->mode, dim->profile_ix);
	coal.packets = moder.pkts;
	coal.usecs = moder.usec;
	mutex_lock(&c->lock);
	if (c->pairs[d->index].adaptive &&
	    d->index < vnet_channels_told(d->ctrl))
		vnet_dim_apply(d->ctrl, d->index, &coal);
	mutex_unlock(&c->lock);
	dim->state = DIM_START_MEASURE;
}

/**
 * vnet_coal_sample - NAPI has taken all that there was
 * @rxq: the queue
 *
 * Context: NAPI of @rxq.
 */
void vnet_coal_sample(struct vnet_rxq *rxq)
{
	struct vnet_coalesce *c = &rxq->vnet->ctrl->coal;
	struct dim_sample sample = {};

	if (!c->pairs || !READ_ONCE(c->pairs[rxq->index].adaptive))
		return;
	dim_update_sample(rxq->calls, u64_stats_read(&rxq->stats.packets),
			  u64_stats_read(&rxq->stats.bytes), &sample);
	net_dim(&c->dim[rxq->index].dim, sample);
}

/**
 * vnet_dim_init - set it up, switched off
 * @ctrl: the control half, with VIRTIO_NET_F_VQ_NOTF_COAL
 *
 * Return: 0 or -ENOMEM.
 */
int vnet_dim_init(struct vnet_ctrl *ctrl)
{
	struct vnet_dim *dims;
	u16 i;

	dims = kcalloc(ctrl->vnet->max_pairs, sizeof(*dims), GFP_KERNEL);
	if (!dims)
		return -ENOMEM;
	for (i = 0; i < ctrl->vnet->max_pairs; i++) {
		INIT_WORK(&dims[i].dim.work, vnet_dim_work);
		dims[i].dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
		dims[i].ctrl = ctrl;
		dims[i].index = i;
	}
	ctrl->coal.dim = dims;
	return 0;
}

/**
 * vnet_dim_exit - the end of vnet_dim_init()
 * @ctrl: the control half; NAPI of all queues is off
 */
void vnet_dim_exit(struct vnet_ctrl *ctrl)
{
	struct vnet_dim *dims = ctrl->coal.dim;
	u16 i;

	for (i = 0; dims && i < ctrl->vnet->max_pairs; i++)
		cancel_work_sync(&dims[i].dim.work);
	kfree(dims);
}
