// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Chains, whatever the layout
 *
 * The parts of vring_chain.h that are not worth a place in the path of a
 * small request: counting a chain of ring descriptors before it is written,
 * taking back what the device never used, starting over.  Called by the
 * layouts and by virtqueue.c.
 */
#include "vring_chain.h"

/*
 * Segments and bytes of a request that becomes a chain of ring descriptors:
 * the room for it has to be known before the first one is touched (2.8.17).
 */
static void vring_count(struct vring_chain *c)
{
	struct scatterlist *sg;
	unsigned int n;

	for (n = 0; n < c->out_sgs; n++)
		for (sg = c->sgs[n]; sg; sg = vring_sg_next(sg), c->num++)
			c->out_bytes += sg->length;
	for (; n < c->out_sgs + c->in_sgs; n++)
		for (sg = c->sgs[n]; sg; sg = vring_sg_next(sg), c->num++)
			c->in_bytes += sg->length;
}

/*
 * A chain longer than the queue or than 2^32 bytes must never be made (2.7.5,
 * 2.7.5.3.1, 2.8.17): the caller's mistake and no reason to wait.
 */
static int vring_chain_fits(const struct vring_virtqueue *vr,
			    const struct vring_chain *c)
{
	if (unlikely(!c->num || c->num > vr->mem.num ||
		     c->out_bytes + c->in_bytes > U32_MAX))
		return -EINVAL;
	return unlikely(c->num > vr->vq.num_free) ? -ENOSPC : 0;
}

/**
 * vring_prepare_direct - all that can fail about a chain of ring descriptors
 * @vr: the queue
 * @c: the request; counted here
 *
 * Done before the first descriptor is touched: those behind the first one
 * carry flags that the device may look at (packed), and must not be left
 * half written.
 *
 * Return: 0, -EINVAL, -ENOSPC or -ENOMEM.
 */
int vring_prepare_direct(struct vring_virtqueue *vr, struct vring_chain *c)
{
	int err;

	vring_count(c);
	err = vring_chain_fits(vr, c);
	if (unlikely(err))
		return err;
	if (unlikely(vr->use_dma)) {
		err = vring_map_chain(vr, c);
		if (unlikely(err))
			return err;
	}
	vr->out_bytes += c->out_bytes;
	return 0;
}

/**
 * vring_detach_unused - take back a buffer that was not used
 * @vr: a queue that the device does not touch any more
 *
 * Return: the token, or NULL when none is left.
 */
void *vring_detach_unused(struct vring_virtqueue *vr)
{
	struct vring_slot *slot;
	void *data;

	/* Of a batch that was begun, nothing is left to be taken. */
	WRITE_ONCE(vr->batch_end, vr->taken);
	for (; vr->scan < vr->mem.num; vr->scan++) {
		slot = &vr->mem.slots[vr->scan];
		data = slot->data;
		if (data) {
			vring_release(vr, slot, vr->scan, false);
			return data;
		}
	}
	vr->scan = 0;
	return NULL;
}

/**
 * vring_reset_slots - all slots on the free list, nothing outstanding
 * @vr: the queue
 *
 * What was counted so far stays counted.
 */
void vring_reset_slots(struct vring_virtqueue *vr)
{
	unsigned int i, num = vr->mem.num;

	for (i = 0; i < num; i++) {
		vr->mem.slots[i].data = NULL;
		vr->mem.slots[i].num_maps = 0;
		vr->mem.slots[i].next = i + 1 < num ? i + 1 : 0;
		if (vr->mem.maps)
			vr->mem.maps[i].dir = DMA_NONE;
	}
	vr->past.added += vr->added;
	vr->past.used += vr->taken;
	vr->free_head = 0;
	vr->oldest = 0;
	vr->vq.num_free = num;
	vr->added = 0;
	vr->taken = 0;
	vr->batch_end = 0;
	vr->scan = 0;
	vr->event_passed = false;
}
