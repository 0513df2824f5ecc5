// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Making the balloon as large as the device wants it
 *
 * One work item, &vbal.work.  It runs when the configuration changed, when
 * the device was set up, and some time after a run that did not get far
 * enough.  A run is a step: read num_pages once, inflate or deflate, wait until
 * the device has acknowledged all of it, write actual once (VIRTIO 1.4, 5.5.6).
 * A long step tells the host once a second how far it has come.
 *
 * Up to &vbal.nr_batches batches are with the device or being filled (fill.c),
 * so that guest and host work at the same time.  They are used in turn: before
 * a batch is filled anew the device has to have acknowledged it.  Those that are
 * filled together are sent together, when all of them are full.  A host that
 * works while it is notified, as QEMU does, unmaps page after page then, and
 * interrupts each processor that runs the guest for each of them.
 *
 * A change during a step is looked at between two batches.  However the device
 * plays with its target, each reading of it follows a notification or a batch,
 * and no more than two batches are begun, of 16 MiB each, before the next.
 *
 * What the guest cannot give now it is asked for again after a second, then
 * two, four, up to a minute; a change of the target starts anew.
 */
#include "vbal.h"

#define VBAL_DELAY_MIN	HZ
#define VBAL_DELAY_MAX	(60 * HZ)

/* How often a step that lasts says how far it has come. */
#define VBAL_PROGRESS	HZ

/**
 * vbal_target - how large is the balloon to be?
 * @vb: the balloon
 *
 * Read once per change: whoever uses it twice uses the same.  Whole pages of
 * the guest only.
 *
 * Return: page numbers.
 */
static u32 vbal_target(struct vbal *vb)
{
	u32 pages;

	if (READ_ONCE(vb->leaving))
		return 0;
	if (xchg(&vb->changed, 0)) {
		virtio_cread_le(vb->vdev, struct virtio_balloon_config,
				num_pages, &pages);
		vb->target = round_down(pages, VBAL_UNITS);
		vb->delay = VBAL_DELAY_MIN;
	}
	return vb->target;
}

/* Page numbers to be added, with those counted that are on their way. */
static unsigned long vbal_missing(struct vbal *vb)
{
	unsigned long have = atomic_long_read(&vb->held) + vb->pending;
	unsigned long want = vbal_target(vb);

	return want > have ? want - have : 0;
}

/* Page numbers that are too many, without those that are on their way. */
static unsigned long vbal_excess(struct vbal *vb)
{
	unsigned long have = atomic_long_read(&vb->held) - vb->pending;
	unsigned long want = vbal_target(vb);

	return have > want ? have - want : 0;
}

/**
 * vbal_publish - tell the host how large the balloon is
 * @vb: the balloon
 *
 * Four bytes in one access, little-endian on every device (VIRTIO 1.4, 5.5.4).
 * Not a device that is stopped, or reset.  Context: process, one at a time.
 */
void vbal_publish(struct vbal *vb)
{
	u32 held = atomic_long_read(&vb->held);

	vb->written_at = jiffies;
	if (!READ_ONCE(vb->queues[0].up) ||
	    (held == vb->written && !vb->unwritten))
		return;
	virtio_cwrite_le(vb->vdev, struct virtio_balloon_config, actual, &held);
	vb->written = held;
	vb->unwritten = false;
}

static void vbal_publish_progress(struct vbal *vb)
{
	if (time_after_eq(jiffies, vb->written_at + VBAL_PROGRESS))
		vbal_publish(vb);
}

/**
 * vbal_settle_used - a batch that the device has acknowledged
 * @vb: the balloon
 * @b: the batch
 */
void vbal_settle_used(struct vbal *vb, struct vbal_batch *b)
{
	if (b->q == &vb->queues[VBAL_VQ_INFLATE])
		vbal_hold(vb, b);
	else
		vbal_let_go(vb, b);
}

/* Wait for a batch if it is out; 0 when it is idle and empty. */
static int vbal_settle(struct vbal *vb, struct vbal_batch *b)
{
	int err;

	if (b->state == VBAL_IDLE)
		return 0;
	err = vbal_wait(b, false);
	if (err)
		return err;
	vb->pending -= b->nr;
	vbal_settle_used(vb, b);
	return 0;
}

/* All that is out, oldest first. */
static int vbal_drain(struct vbal *vb)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < vb->nr_batches && !err; i++)
		err = vbal_settle(vb, &vb->batch[(vb->next + i) %
						 vb->nr_batches]);
	return err;
}

/* The batch whose turn it is, idle and empty, for one of the two queues. */
static struct vbal_batch *vbal_next(struct vbal *vb, enum vbal_vqs which)
{
	struct vbal_batch *b = &vb->batch[vb->next];
	int err;

	err = vbal_settle(vb, b);
	if (err)
		return ERR_PTR(err);
	b->q = &vb->queues[which];
	return b;
}

static void vbal_turn(struct vbal *vb)
{
	vb->next = (vb->next + 1) % vb->nr_batches;
}

static int vbal_send(struct vbal *vb, struct vbal_batch *b)
{
	int err;

	vbal_publish_progress(vb);
	err = vbal_submit(b);
	if (err)
		return err;
	vb->pending += b->nr;
	cond_resched();
	return 0;
}

/**
 * vbal_fill_some - have batches filled, as many at a time as is useful
 * @vb: the balloon
 *
 * Return: 0, -EAGAIN when the guest has nothing to spare and nothing is being
 * filled, or why there is no batch.
 */
static int vbal_fill_some(struct vbal *vb)
{
	unsigned long missing;
	struct vbal_batch *b;

	while (vb->filling < vb->fillers) {
		missing = vbal_missing(vb);
		if (!missing && list_empty(&vb->untold))
			break;
		b = vbal_next(vb, VBAL_VQ_INFLATE);
		if (IS_ERR(b))
			return PTR_ERR(b);
		if (!vbal_fill_start(vb, b, missing))
			return vb->filling ? 0 : -EAGAIN;
		vbal_turn(vb);
	}
	return 0;
}

/**
 * vbal_send_filled - the batch that is filled longest, to the device
 * @vb: the balloon
 *
 * Return: 0, -EAGAIN when the guest had nothing for it, or why the device did
 * not take it.
 */
static int vbal_send_filled(struct vbal *vb)
{
	struct vbal_batch *b;
	int err;

	if (!vb->filling)
		return 0;
	b = vbal_fill_end(vb);
	if (!b->nr)
		return -EAGAIN;
	err = vbal_send(vb, b);
	if (err)
		vbal_unfill(vb, b);
	return err;
}

/* What is being filled: the guest has no more. */
static int vbal_send_rest(struct vbal *vb)
{
	int err = 0;

	while (vb->filling && (!err || err == -EAGAIN))
		err = vbal_send_filled(vb);
	return err == -EAGAIN ? 0 : err;
}

/**
 * vbal_inflate - let the device have what it wants
 * @vb: the balloon
 *
 * Return: 0, -EAGAIN when the guest cannot give as much now, or why the device
 * did not take it.
 */
static int vbal_inflate(struct vbal *vb)
{
	int err;

	vbal_fill_begin(vb);
	do {
		err = vbal_fill_some(vb);
		vbal_fill_wait(vb);
		while (!err && vb->filling)
			err = vbal_send_filled(vb);
	} while (!err && (vb->filling || !list_empty(&vb->untold) ||
			  vbal_missing(vb)));
	if (err == -EAGAIN)
		err = vbal_send_rest(vb) ?: (vbal_missing(vb) ? -EAGAIN : 0);
	if (err && err != -EAGAIN) {
		while (vb->filling)
			vbal_unfill(vb, vbal_fill_end(vb));
		return err;
	}
	return vbal_drain(vb) ?: err;
}

/**
 * vbal_deflate - take back what the device does not want
 * @vb: the balloon
 *
 * Pages are the guest's when the device has acknowledged it, whether or not
 * it insists on that (VIRTIO 1.4, 5.5.6: MUST_TELL_HOST).
 *
 * Return: 0, -EAGAIN when compaction has the rest in its hands, or why the
 * device did not take it.
 */
static int vbal_deflate(struct vbal *vb)
{
	unsigned long excess;
	struct vbal_batch *b;
	int err = 0;

	while ((excess = vbal_excess(vb))) {
		b = vbal_next(vb, VBAL_VQ_DEFLATE);
		if (IS_ERR(b))
			return PTR_ERR(b);
		/* What came back meanwhile is not too many any more. */
		excess = min(excess, vbal_excess(vb));
		if (!excess)
			continue;
		if (!vbal_take_held(vb, b, excess)) {
			err = -EAGAIN;
			break;
		}
		vbal_turn(vb);
		err = vbal_send(vb, b);
		if (err) {
			vbal_keep(vb, b);
			return err;
		}
	}
	return vbal_drain(vb) ?: err;
}

/* One line per target that cannot be reached, and not many of those. */
static void vbal_report_short(struct vbal *vb)
{
	unsigned long held = atomic_long_read(&vb->held);

	if (vb->short_of == vb->target || !vbal_missing(vb))
		return;
	vb->short_of = vb->target;
	dev_notice_ratelimited(&vb->vdev->dev,
			       "the host wants %u MiB, the guest can do without %lu MiB: will try again\n",
			       vb->target >> 8, held >> 8);
}

static void vbal_try_later(struct vbal *vb)
{
	queue_delayed_work(vbal_wq, &vb->work, vb->delay);
	vb->delay = min_t(unsigned long, vb->delay * 2, VBAL_DELAY_MAX);
}

/**
 * vbal_take_stray - a stray page to where those are that are told first
 * @vb: the balloon, with its migrate_lock; nobody else uses its untold pages
 */
void vbal_take_stray(struct vbal *vb)
{
	lockdep_assert_held(&vb->migrate_lock);
	if (vb->stray)
		list_add_tail(&vb->stray->lru, &vb->untold);
	vb->stray = NULL;
}

/* One direction, or the other; a driver that leaves takes no more pages. */
static int vbal_step(struct vbal *vb)
{
	int err = 0;

	if (!READ_ONCE(vb->leaving) &&
	    (!list_empty(&vb->untold) || vbal_missing(vb)))
		err = vbal_inflate(vb);
	if (!err && vbal_excess(vb))
		err = vbal_deflate(vb);
	return err;
}

/**
 * vbal_work - one step
 * @work: &vbal.work
 */
void vbal_work(struct work_struct *work)
{
	struct vbal *vb = container_of(work, struct vbal, work.work);
	int err;

	if (READ_ONCE(vb->failed) || !READ_ONCE(vb->queues[0].up))
		return;
	/* Who has the lock may wait for a reset, which waits for this. */
	if (mutex_trylock(&vb->migrate_lock)) {
		vbal_take_stray(vb);
		mutex_unlock(&vb->migrate_lock);
	}
	err = vbal_step(vb);
	if (err && err != -EAGAIN)
		return;
	vbal_publish(vb);
	if (xchg(&vb->oom_hit, 0)) {
		/* What it gave back was needed. */
		vb->delay = VBAL_DELAY_MAX;
		err = vbal_missing(vb) ? -EAGAIN : 0;
	}
	if (!err)
		vb->short_of = 0;
	if (err && !READ_ONCE(vb->leaving)) {
		vbal_report_short(vb);
		vbal_try_later(vb);
	}
}

/**
 * vbal_empty - take everything back, in the context of the caller
 * @vb: the balloon, its work stopped
 *
 * Context: process.
 *
 * Return: 0, or why not all came back.
 */
int vbal_empty(struct vbal *vb)
{
	int err = -EIO;

	WRITE_ONCE(vb->leaving, true);
	/* Against vbal_reclaim(), should the device fail meanwhile. */
	mutex_lock(&vb->life);
	if (!READ_ONCE(vb->failed))
		err = vbal_drain(vb) ?: vbal_deflate(vb);
	if (!err || err == -EAGAIN)
		vbal_publish(vb);
	mutex_unlock(&vb->life);
	return err;
}
