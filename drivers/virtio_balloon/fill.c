// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Filling batches for the inflate queue
 *
 * Nearly all the time that inflating takes is that of getting memory: kernels
 * that clear what they allocate touch each page, and a host that had taken it
 * has to find another for that.  So work items fill the batches of a step, two
 * at a time where there are two processors; not more, since the guest has other
 * things to do.
 *
 * All here but vbal_fill_work() is called by the step (balance.c), which waits
 * for the work that it started before it ends: no batch is being filled when
 * &vbal.work does not run.  The work is on a queue that is not frozen, because
 * freezing waits for &vbal.work, which waits for it.
 */
#include <linux/sizes.h>
#include "vbal.h"

/* Batches that are filled at a time. */
#define VBAL_FILLERS	2U

/**
 * vbal_fill_begin - before the first batch of a step
 * @vb: the balloon
 */
void vbal_fill_begin(struct vbal *vb)
{
	vb->order = get_order(SZ_2M);
	vb->fillers = min3(VBAL_FILLERS, num_online_cpus(), vb->nr_batches);
}

/* Pages that the device has forgotten; it is told of them before any other. */
static void vbal_fill_untold(struct vbal *vb, struct vbal_batch *b)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &vb->untold, lru) {
		if (b->nr + VBAL_UNITS > b->max)
			break;
		vbal_name(vb, b, page);
		list_move_tail(&page->lru, &b->pages);
	}
}

/* The batch that is the @age-th last that was started. */
static struct vbal_batch *vbal_filling(struct vbal *vb, unsigned int age)
{
	return &vb->batch[(vb->next + vb->nr_batches - age) % vb->nr_batches];
}

/* Pages that the guest can spare and that no other batch may still take. */
static long vbal_unpromised(struct vbal *vb)
{
	long spare = vbal_spare(vb);
	unsigned int i;

	for (i = 1; i <= vb->filling; i++)
		spare -= vbal_filling(vb, i)->want;
	return spare;
}

/**
 * vbal_fill_work - allocate the pages of one batch
 * @work: &vbal_batch.fill
 *
 * Context: process, beside the step and another batch.
 */
void vbal_fill_work(struct work_struct *work)
{
	struct vbal_batch *b = container_of(work, struct vbal_batch, fill);
	unsigned int order, i, left = b->want;
	struct vbal *vb = b->q->vb;
	struct page *page;

	while (left && !READ_ONCE(vb->oom_hit)) {
		page = vbal_alloc(vb, left, &order);
		if (!page)
			break;
		for (i = 0; i < BIT(order); i++) {
			vbal_name(vb, b, page + i);
			list_add_tail(&page[i].lru, &b->pages);
		}
		left -= BIT(order);
		cond_resched();
	}
}

/**
 * vbal_fill_start - begin to fill the batch whose turn it is
 * @vb: the balloon
 * @b: the batch, empty, with its queue
 * @missing: page numbers that are missing
 *
 * The numbers that it may get count as on their way from here on.
 *
 * Return: false when there is nothing to fill it with.
 */
bool vbal_fill_start(struct vbal *vb, struct vbal_batch *b,
		     unsigned long missing)
{
	unsigned int room;

	vbal_fill_untold(vb, b);
	room = min_t(unsigned long, missing, b->max);
	room = room > b->nr ? (room - b->nr) / VBAL_UNITS : 0;
	b->want = room ? clamp_t(long, vbal_unpromised(vb), 0, room) : 0;
	b->asked = b->nr + b->want * VBAL_UNITS;
	if (!b->asked)
		return false;
	vb->pending += b->asked;
	vb->filling++;
	if (b->want)
		queue_work(system_unbound_wq, &b->fill);
	return true;
}

/**
 * vbal_fill_wait - wait until all batches that were started are filled
 * @vb: the balloon
 */
void vbal_fill_wait(struct vbal *vb)
{
	unsigned int i;

	for (i = vb->filling; i; i--)
		flush_work(&vbal_filling(vb, i)->fill);
}

/**
 * vbal_fill_end - wait until the batch that was started first is filled
 * @vb: the balloon, of which batches are being filled
 *
 * Return: the batch; empty when the guest had nothing for it.
 */
struct vbal_batch *vbal_fill_end(struct vbal *vb)
{
	struct vbal_batch *b = vbal_filling(vb, vb->filling);

	flush_work(&b->fill);
	vb->pending -= b->asked;
	vb->filling--;
	return b;
}

/**
 * vbal_unfill - the queue did not take a batch
 * @vb: the balloon
 * @b: the batch; its pages go to where they are told first
 */
void vbal_unfill(struct vbal *vb, struct vbal_batch *b)
{
	list_splice_tail_init(&b->pages, &vb->untold);
	b->nr = 0;
}
