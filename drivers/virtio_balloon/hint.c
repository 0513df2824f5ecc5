// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Free page hints: memory that a migration may leave behind
 *
 * VIRTIO 1.4, 5.5.6.5.  The device starts a round by a new command id in its
 * configuration.  The driver sends the id, then free memory in blocks of
 * %VBAL_HINT_ORDER until nothing is left to spare, then CMD_ID_STOP.  What it
 * sent it keeps until the device says CMD_ID_DONE.
 *
 * When another round begins before that, what is kept is sent again first:
 * the old hints have ended with the old id.
 *
 * When memory becomes short, the shrinker gives blocks back earlier.  Such a
 * block is written first: a hint holds for a page as long as nobody wrote it.
 */
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/scatterlist.h>
#include "vbal.h"

/* Which of &vbal_hints.cmd. */
#define VBAL_HINT_START	0
#define VBAL_HINT_END	1

#define VBAL_HINT_PAGES	BIT(VBAL_HINT_ORDER)

/* Read the command id; once per change. */
static u32 vbal_hint_read(struct vbal *vb)
{
	u32 id;

	virtio_cread_le(vb->vdev, struct virtio_balloon_config,
			free_page_hint_cmd_id, &id);
	return id;
}

static void vbal_hint_free(struct page *page, bool write)
{
	unsigned int i;

	for (i = 0; write && i < VBAL_HINT_PAGES; i++)
		clear_highpage(page + i);
	__free_pages(page, VBAL_HINT_ORDER);
}

/* Take one block that the device is through with; NULL when there is none. */
static struct page *vbal_hint_take(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct page *page;

	spin_lock(&q->lock);
	page = list_first_entry_or_null(&vb->hints.kept, struct page, lru);
	if (page) {
		list_del(&page->lru);
		vb->hints.nr_kept--;
	}
	spin_unlock(&q->lock);
	return page;
}

/* Give back up to @max blocks; says how many. */
static unsigned long vbal_hint_release(struct vbal *vb, unsigned long max,
				       bool write)
{
	unsigned long n = 0;
	struct page *page;

	while (n < max && (page = vbal_hint_take(vb))) {
		vbal_hint_free(page, write);
		n++;
		cond_resched();
	}
	return n;
}

/* Used buffers: blocks to those that are kept, and the two commands. */
static void vbal_hint_collect(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct vbal_hints *h = &vb->hints;
	unsigned int len;
	struct page *page;
	void *token;

	lockdep_assert_held(&q->lock);
	while (q->up && (token = virtqueue_get_buf(q->vq, &len))) {
		if (token == &h->cmd[VBAL_HINT_START]) {
			h->cmd_out[VBAL_HINT_START] = false;
		} else if (token == &h->cmd[VBAL_HINT_END]) {
			h->cmd_out[VBAL_HINT_END] = false;
		} else {
			page = token;
			list_move_tail(&page->lru, &h->kept);
			h->nr_kept++;
		}
	}
}

/* 0, -ENOSPC when the ring is full. */
static int vbal_hint_add_cmd(struct vbal *vb, unsigned int which)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct vbal_hints *h = &vb->hints;
	struct scatterlist sg;
	int err = -ESHUTDOWN;

	sg_init_one(&sg, &h->cmd[which], sizeof(h->cmd[which]));
	spin_lock(&q->lock);
	vbal_hint_collect(vb);
	if (q->up)
		err = h->cmd_out[which] ? -ENOSPC :
		      virtqueue_add_outbuf(q->vq, &sg, 1, &h->cmd[which],
					   GFP_ATOMIC);
	if (!err) {
		h->cmd_out[which] = true;
		virtqueue_kick(q->vq);
	}
	spin_unlock(&q->lock);
	return err;
}

/* The same for a block; it is the device's then. */
static int vbal_hint_add_block(struct vbal *vb, struct page *page)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct scatterlist sg;
	int err = -ESHUTDOWN;

	sg_init_table(&sg, 1);
	sg_set_page(&sg, page, PAGE_SIZE << VBAL_HINT_ORDER, 0);
	spin_lock(&q->lock);
	vbal_hint_collect(vb);
	if (q->up)
		err = virtqueue_add_inbuf(q->vq, &sg, 1, page, GFP_ATOMIC);
	if (!err) {
		list_add_tail(&page->lru, &vb->hints.out);
		virtqueue_kick(q->vq);
	}
	spin_unlock(&q->lock);
	return err;
}

/* Is there room again, or nothing to wait for? */
static bool vbal_hint_news(struct vbal *vb, bool all)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct vbal_hints *h = &vb->hints;
	bool news;

	spin_lock(&q->lock);
	vbal_hint_collect(vb);
	news = !q->up || virtqueue_is_broken(q->vq) ||
	       (list_empty(&h->out) && !h->cmd_out[0] && !h->cmd_out[1]) ||
	       (!all && q->vq->num_free);
	spin_unlock(&q->lock);
	return news;
}

/**
 * vbal_hint_wait - wait for the device
 * @vb: the balloon
 * @all: until it has used all buffers, not just one
 *
 * Context: process, sleeps, bounded as vbal_waited_long() says.
 *
 * Return: 0 or -EIO.
 */
static int vbal_hint_wait(struct vbal *vb, bool all)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	unsigned long since = jiffies;

	for (;;) {
		if (wait_event_timeout(q->wait, vbal_hint_news(vb, all), HZ / 4))
			return READ_ONCE(q->up) && !READ_ONCE(vb->failed) &&
			       !virtqueue_is_broken(q->vq) ? 0 : -EIO;
		if (vbal_waited_long(q, since))
			return -EIO;
	}
}

static int vbal_hint_send_cmd(struct vbal *vb, unsigned int which, u32 id)
{
	int err;

	vb->hints.cmd[which] = cpu_to_virtio32(vb->vdev, id);
	while ((err = vbal_hint_add_cmd(vb, which)) == -ENOSPC) {
		err = vbal_hint_wait(vb, false);
		if (err)
			break;
	}
	return err;
}

/* A block that could not be sent is kept like one that was. */
static int vbal_hint_send_block(struct vbal *vb, struct page *page)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	int err;

	while ((err = vbal_hint_add_block(vb, page)) == -ENOSPC) {
		err = vbal_hint_wait(vb, false);
		if (err)
			break;
	}
	if (!err)
		return 0;
	spin_lock(&q->lock);
	list_add_tail(&page->lru, &vb->hints.kept);
	vb->hints.nr_kept++;
	spin_unlock(&q->lock);
	return err;
}

static struct page *vbal_hint_alloc(struct vbal *vb)
{
	if (vbal_spare(vb) < (long)VBAL_HINT_PAGES)
		return NULL;
	return alloc_pages(__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN,
			   VBAL_HINT_ORDER);
}

/* Is the round still wanted?  Reads the id again when it may have changed. */
static bool vbal_hint_goes_on(struct vbal *vb, u32 id)
{
	if (!xchg(&vb->hints.changed, 0))
		return true;
	if (vbal_hint_read(vb) == id)
		return true;
	/* The work item, which is queued, is to read it once more. */
	WRITE_ONCE(vb->hints.changed, 1);
	return false;
}

/* All blocks: first those that are kept from before, then free ones. */
static int vbal_hint_send_blocks(struct vbal *vb, u32 id)
{
	unsigned long again = READ_ONCE(vb->hints.nr_kept);
	struct page *page;
	int err = 0;

	while (!err && vbal_hint_goes_on(vb, id)) {
		page = again ? vbal_hint_take(vb) : NULL;
		again = page ? again - 1 : 0;
		if (!page)
			page = vbal_hint_alloc(vb);
		if (!page)
			break;
		err = vbal_hint_send_block(vb, page);
		cond_resched();
	}
	return err;
}

static void vbal_hint_round(struct vbal *vb, u32 id)
{
	int err;

	err = vbal_hint_send_cmd(vb, VBAL_HINT_START, id) ?:
	      vbal_hint_send_blocks(vb, id) ?:
	      vbal_hint_send_cmd(vb, VBAL_HINT_END, VIRTIO_BALLOON_CMD_ID_STOP);
	if (!err)
		vbal_hint_wait(vb, true);
}

/**
 * vbal_hint_work - do what the command id says
 * @work: &vbal_hints.work
 */
static void vbal_hint_work(struct work_struct *work)
{
	struct vbal *vb = container_of(work, struct vbal, hints.work);
	struct vbal_hints *h = &vb->hints;
	u32 id;

	if (READ_ONCE(vb->failed) || !READ_ONCE(vb->queues[VBAL_VQ_HINT].up) ||
	    !xchg(&h->changed, 0))
		return;
	id = vbal_hint_read(vb);
	WRITE_ONCE(h->done, id == VIRTIO_BALLOON_CMD_ID_DONE);
	if (id == h->id)
		return;
	h->id = VIRTIO_BALLOON_CMD_ID_STOP;
	if (id == VIRTIO_BALLOON_CMD_ID_DONE) {
		vbal_hint_release(vb, ULONG_MAX, false);
	} else if (id != VIRTIO_BALLOON_CMD_ID_STOP) {
		/* At most one start per id. */
		h->id = id;
		vbal_hint_round(vb, id);
	}
}

static unsigned long vbal_hint_count(struct shrinker *shrinker,
				     struct shrink_control *sc)
{
	struct vbal *vb = container_of(shrinker, struct vbal, hints.shrinker);

	return READ_ONCE(vb->hints.nr_kept) * VBAL_HINT_PAGES;
}

static unsigned long vbal_hint_scan(struct shrinker *shrinker,
				    struct shrink_control *sc)
{
	struct vbal *vb = container_of(shrinker, struct vbal, hints.shrinker);
	unsigned long n;

	n = vbal_hint_release(vb, DIV_ROUND_UP(sc->nr_to_scan, VBAL_HINT_PAGES),
			      !READ_ONCE(vb->hints.done));
	return n ? n * VBAL_HINT_PAGES : SHRINK_STOP;
}

/**
 * vbal_hints_changed - the configuration changed, or the device was set up
 * @vb: the balloon
 *
 * Context: any.
 */
void vbal_hints_changed(struct vbal *vb)
{
	WRITE_ONCE(vb->hints.changed, 1);
	queue_work(vbal_wq, &vb->hints.work);
}

/**
 * vbal_hints_lost - the device was reset: no hint holds any more
 * @vb: the balloon, its queues down
 *
 * Context: process.
 */
void vbal_hints_lost(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_HINT];
	struct vbal_hints *h = &vb->hints;
	struct page *page;

	spin_lock(&q->lock);
	list_for_each_entry(page, &h->out, lru)
		h->nr_kept++;
	list_splice_tail_init(&h->out, &h->kept);
	h->cmd_out[VBAL_HINT_START] = false;
	h->cmd_out[VBAL_HINT_END] = false;
	h->id = VIRTIO_BALLOON_CMD_ID_STOP;
	spin_unlock(&q->lock);
	vbal_hint_release(vb, ULONG_MAX, false);
}

/**
 * vbal_hints_init - everything for hints but the queue
 * @vb: the balloon
 *
 * Undone by vbal_hints_exit(), also after an error.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vbal_hints_init(struct vbal *vb)
{
	struct vbal_hints *h = &vb->hints;
	int err;

	INIT_WORK(&h->work, vbal_hint_work);
	INIT_LIST_HEAD(&h->out);
	INIT_LIST_HEAD(&h->kept);
	if (!vb->has_hints)
		return 0;
	h->cmd = kcalloc(2, sizeof(*h->cmd), GFP_KERNEL);
	if (!h->cmd)
		return -ENOMEM;
	h->shrinker.count_objects = vbal_hint_count;
	h->shrinker.scan_objects = vbal_hint_scan;
	h->shrinker.seeks = DEFAULT_SEEKS;
	err = register_shrinker(&h->shrinker, "virtio-balloon");
	h->shrinks = !err;
	return err;
}

/**
 * vbal_hints_exit - undo vbal_hints_init()
 * @vb: the balloon, without blocks
 */
void vbal_hints_exit(struct vbal *vb)
{
	if (vb->hints.shrinks)
		unregister_shrinker(&vb->hints.shrinker);
	kfree(vb->hints.cmd);
}
