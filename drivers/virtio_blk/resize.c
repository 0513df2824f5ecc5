// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Another size for the rings of a disk that is in use
 *
 * Behind /sys/block/vdX/queue_size: "Queue Size" is what the specification
 * calls the number of descriptors of a ring (VIRTIO 1.4, 2.6), and not the
 * number of requests, which is queue/nr_requests.  Each ring is reset and set
 * up anew (2.6.1) with no request on its way, so that none is lost.
 *
 * What was built for the largest ring stays: tags, their memory and the limits
 * of a request.  From this follow two rules.
 *
 * - A ring may have fewer descriptors than there are tags.  It is full earlier
 *   then, which submission is prepared for at any size: what finds no room
 *   waits in blk-mq for the next completion.
 * - A ring never has fewer descriptors than the longest request: one that
 *   fits no empty ring would wait for ever.  The limits themselves cannot be
 *   lowered for a disk in use, because whoever waits at the frozen queue has
 *   cut his request by the old ones already.
 */
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/sched/mm.h>
#include "vblk.h"

/* Least and largest size that all rings can have. */
static unsigned int vblk_ring_least(const struct vblk *vblk)
{
	return vblk->max_data_descs + VBLK_FIXED_DESCS;
}

static unsigned int vblk_ring_most(struct vblk *vblk)
{
	unsigned int i, most = UINT_MAX;

	for (i = 0; i < vblk->nr_queues; i++)
		most = min(most, vblk->queues[i].vq->num_max);
	return most;
}

/* The device and its queues are there.  @vblk->lock is held. */
static int vblk_ring_usable(struct vblk *vblk)
{
	lockdep_assert_held(&vblk->lock);
	if (vblk->failed)
		return -EIO;
	return vblk->held ? -EBUSY : 0;
}

/**
 * vblk_ring_size - how many descriptors a ring of this disk has
 * @vblk: the disk
 * @size: the smallest of its rings, on success
 *
 * Context: process; takes @vblk->lock.
 *
 * Return: 0; -EIO when the device was given up; -EBUSY while it is suspended.
 */
int vblk_ring_size(struct vblk *vblk, unsigned int *size)
{
	unsigned int i;
	int err;

	mutex_lock(&vblk->lock);
	err = vblk_ring_usable(vblk);
	*size = UINT_MAX;
	for (i = 0; !err && i < vblk->nr_queues; i++)
		*size = min(*size,
			    virtqueue_get_vring_size(vblk->queues[i].vq));
	mutex_unlock(&vblk->lock);
	return err;
}

/* May the rings have this size?  @vblk->lock is held. */
static int vblk_ring_check(struct vblk *vblk, unsigned int size)
{
	struct virtio_device *vdev = vblk->vdev;

	if (!virtio_has_feature(vdev, VIRTIO_F_RING_RESET))
		return -EOPNOTSUPP;
	if (size > vblk_ring_most(vblk))
		return -E2BIG;
	if (size < vblk_ring_least(vblk))
		return -EINVAL;
	/* VIRTIO 1.4, 2.7; a packed ring may have any size (2.8). */
	if (!is_power_of_2(size) &&
	    !virtio_has_feature(vdev, VIRTIO_F_RING_PACKED))
		return -EINVAL;
	return 0;
}

/* Only a drained queue is reset: nothing can come back. */
static void vblk_ring_recycle(struct virtqueue *vq, void *buf)
{
	WARN_ONCE(1, "%s: a request in a drained ring\n", vq->name);
}

/**
 * vblk_ring_set - give all rings a size
 * @vblk: the disk, set up, without requests, its queues down
 * @size: descriptors, fit for all rings
 *
 * Context: process; @vblk->lock is held.
 *
 * Return: 0; -ENOMEM with the rings usable, some of the new size, some of the
 * old; another error when a ring was lost, and the device has to be reset.
 */
static int vblk_ring_set(struct vblk *vblk, unsigned int size)
{
	unsigned int i;
	int err = 0;

	lockdep_assert_held(&vblk->lock);
	for (i = 0; !err && i < vblk->nr_queues; i++) {
		struct virtqueue *vq = vblk->queues[i].vq;

		err = virtqueue_resize(vq, size, vblk_ring_recycle);
		/* The ring was made anew: nobody waits for its callbacks. */
		if (!err && !vq->callback)
			virtqueue_disable_cb(vq);
	}
	return vblk_tags_init_tables(vblk) ?: err;
}

/* The rings, with the disk at rest.  True in @lost: no ring to go on with. */
static int vblk_ring_exchange(struct vblk *vblk, unsigned int size, bool *lost)
{
	int err;

	mutex_lock(&vblk->lock);
	err = vblk_ring_usable(vblk);
	if (!err)
		err = vblk_ring_check(vblk, size);
	if (!err) {
		vblk_queues_up(vblk, false);
		err = vblk_ring_set(vblk, size);
		*lost = vblk_queues_broken(vblk);
		if (!*lost)
			vblk_queues_up(vblk, true);
		if (!err)
			vblk->ring_size = size;
	}
	mutex_unlock(&vblk->lock);
	return err;
}

/**
 * vblk_ring_resize - give the rings of a disk in use another size
 * @vblk: the disk
 * @size: descriptors per ring
 *
 * Waits for all requests, which the request timeout bounds.  New ones wait in
 * blk-mq meanwhile, so that memory must not come from writing to this disk.
 * A device that does not take its ring back is given up.
 * Context: process; takes @vblk->lock.
 *
 * Return: 0; -EOPNOTSUPP when the device cannot reset a queue; -E2BIG above
 * what a ring of it can have; -EINVAL for a size that is no power of two, or
 * too small for the longest request; -ENOMEM; -EIO, -EBUSY as
 * vblk_ring_size(), or as the ring when the device failed.
 */
int vblk_ring_resize(struct vblk *vblk, unsigned int size)
{
	struct request_queue *q = vblk->disk->queue;
	unsigned int noio = memalloc_noio_save();
	bool lost = false;
	int err;

	blk_mq_freeze_queue(q);
	/* Waits also for submitters that are about to notify. */
	blk_mq_quiesce_queue(q);
	err = vblk_ring_exchange(vblk, size, &lost);
	if (lost)
		vblk_report(vblk, VIRTIO_FAILURE_QUEUE);
	blk_mq_unquiesce_queue(q);
	blk_mq_unfreeze_queue(q);
	memalloc_noio_restore(noio);
	return err;
}

/**
 * vblk_ring_restore - the size that was chosen, after the queues were made anew
 * @vblk: the disk, after DRIVER_OK, its queues down and without requests
 *
 * Rings that stay larger, for want of memory, do as well.
 * Context: process; @vblk->lock is held.
 *
 * Return: 0, or the error of a ring that was lost.
 */
int vblk_ring_restore(struct vblk *vblk)
{
	int err;

	if (!vblk->ring_size || vblk_ring_check(vblk, vblk->ring_size))
		return 0;
	err = vblk_ring_set(vblk, vblk->ring_size);
	return vblk_queues_broken(vblk) ? err : 0;
}
