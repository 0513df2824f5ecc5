// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Out of memory: the balloon gives back before a process is killed
 *
 * With DEFLATE_ON_OOM (VIRTIO 1.4, 5.5.6).  The kernel calls the notifier
 * before it chooses whom to kill, from a task that holds whatever it holds:
 * so nothing is allocated here, and the wait for the host is bounded.  The
 * notifier has a batch of its own, and does not care what &vbal.work does.
 *
 * Inflating stops then, and is tried again after a minute.
 */
#include "vbal.h"

static unsigned long vbal_oom_deflate(struct vbal *vb)
{
	struct vbal_batch *b = &vb->oom_batch;
	unsigned long pages;

	if (b->state != VBAL_IDLE || READ_ONCE(vb->failed))
		return 0;
	b->q = &vb->queues[VBAL_VQ_DEFLATE];
	if (!vbal_take_held(vb, b, VBAL_OOM_BATCH))
		return 0;
	if (vbal_submit(b)) {
		vbal_keep(vb, b);
		return 0;
	}
	/* Not answered: reset and books are the business of vbal_reclaim(). */
	if (vbal_wait(b, false))
		return 0;
	pages = b->nr / VBAL_UNITS;
	vbal_let_go(vb, b);
	return pages;
}

/**
 * vbal_oom_notify - the guest is out of memory
 * @nb: &vbal.oom_nb
 * @unused: nothing
 * @freed: pages that notifiers gave back, unsigned long
 *
 * Context: process, one at a time, under locks of the kernel's.
 *
 * Return: NOTIFY_OK.
 */
int vbal_oom_notify(struct notifier_block *nb, unsigned long unused,
		    void *freed)
{
	struct vbal *vb = container_of(nb, struct vbal, oom_nb);
	unsigned long *sum = freed, pages;

	if (!mutex_trylock(&vb->life))
		return NOTIFY_OK;
	/* Whoever inflates is to stop first. */
	WRITE_ONCE(vb->oom_hit, 1);
	pages = vbal_oom_deflate(vb);
	*sum += pages;
	if (pages)
		mod_delayed_work(vbal_wq, &vb->work, 0);
	mutex_unlock(&vb->life);
	return NOTIFY_OK;
}
