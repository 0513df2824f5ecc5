// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Compaction moves pages of the balloon
 *
 * The kernel wants the place of a page that the device has, and offers another
 * one.  The device gets the other one first, and acknowledges it; then the old
 * one is taken back, and is the kernel's when the device has acknowledged that
 * (VIRTIO 1.4, 5.5.6).
 *
 * One page at a time, because the kernel offers them so.  Who only would move
 * pages if that went at once (MIGRATE_ASYNC) is refused: each move is two
 * answers of the host.
 *
 * A page that the kernel offered goes back to a list of the kernel's when it
 * was not used, and from there to other users.  So a device that does not
 * answer about it is reset before it goes back.
 */
#include "vbal.h"

/* Submit one page and wait for what becomes of it. */
static int vbal_tell_one(struct vbal *vb, struct vbal_batch *b,
			 enum vbal_vqs which, struct page *page)
{
	int err;

	b->q = &vb->queues[which];
	b->nr = 0;
	b->state = VBAL_IDLE;
	vbal_name(vb, b, page);
	err = vbal_submit(b);
	return err ?: vbal_wait(b, true);
}

/* In the list of the kernel's the new page takes the place of the old one. */
static void vbal_replace(struct vbal *vb, struct page *new, struct page *old)
{
	unsigned long flags;

	get_page(new);
	spin_lock_irqsave(&vb->info.pages_lock, flags);
	balloon_page_insert(&vb->info, new);
	vb->info.isolated_pages--;
	__count_vm_event(BALLOON_MIGRATE);
	spin_unlock_irqrestore(&vb->info.pages_lock, flags);
	if (!vb->has_oom && page_zone(new) != page_zone(old)) {
		adjust_managed_page_count(new, -1);
		adjust_managed_page_count(old, 1);
	}
}

static int vbal_exchange(struct vbal *vb, struct page *new, struct page *old)
{
	int err;

	if (vb->stray || READ_ONCE(vb->failed))
		return -EAGAIN;
	err = vbal_tell_one(vb, &vb->migrate_in, VBAL_VQ_INFLATE, new);
	if (err)
		return -EAGAIN;
	vbal_replace(vb, new, old);
	err = vbal_tell_one(vb, &vb->migrate_out, VBAL_VQ_DEFLATE, old);
	balloon_page_finalize(old);
	/* Not told: nobody may have it until the device was reset or told. */
	if (err && vb->migrate_out.state != VBAL_LOST)
		vb->stray = old;
	else
		put_page(old);
	return MIGRATEPAGE_SUCCESS;
}

/**
 * vbal_migrate - the kernel wants a page of the balloon
 * @info: &vbal.info
 * @new: another one, locked
 * @old: the page, locked and isolated
 * @mode: may it take time?
 *
 * Context: process, sleeps; bounded as vbal_wait() says.
 *
 * Return: MIGRATEPAGE_SUCCESS, or -EAGAIN: nothing has changed.
 */
int vbal_migrate(struct balloon_dev_info *info, struct page *new,
		 struct page *old, enum migrate_mode mode)
{
	struct vbal *vb = container_of(info, struct vbal, info);
	int err;

	if (mode == MIGRATE_ASYNC || !mutex_trylock(&vb->migrate_lock))
		return -EAGAIN;
	err = vbal_exchange(vb, new, old);
	mutex_unlock(&vb->migrate_lock);
	return err;
}
