// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The balloon's pages
 *
 * Where they come from, the kernel's books about them, and where they go.
 *
 * Memory is asked for in large pieces first, and a piece is split into pages
 * at once: from there on each page is a page of its own, which compaction may
 * move.  Large pieces leave the guest the small ones, and give the host memory
 * that it can take in large pieces as well.  They are taken only when they are
 * there: nothing is reclaimed or compacted for them.  Single pages may reclaim
 * what is reclaimed without effort, never call the out-of-memory killer, and
 * never touch the reserves.
 *
 * What the device has is no memory of the guest: MemTotal says so, unless the
 * guest may take it back at will (DEFLATE_ON_OOM).
 */
#include <linux/delay.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include "vbal.h"

/* Pages under one taking of the lock of the kernel's list, interrupts off. */
#define VBAL_CHUNK	256

/**
 * vbal_spare - what the guest can do without
 * @vb: the balloon
 *
 * Memory that is free or easily made so, and what swap could take, less
 * &vbal.reserve.  Beyond that the guest would be busy with reclaiming, and
 * soon with killing.  Context: any.
 *
 * Return: pages, 0 or less for none.
 */
long vbal_spare(struct vbal *vb)
{
	return si_mem_available() + get_nr_swap_pages() - (long)vb->reserve;
}

/* A piece of 2^@order pages, each with a reference of its own. */
static struct page *vbal_alloc_order(unsigned int order)
{
	gfp_t gfp = balloon_mapping_gfp_mask() | __GFP_NOMEMALLOC |
		    __GFP_NORETRY | __GFP_NOWARN;
	struct page *page;

	if (order)
		gfp &= ~__GFP_RECLAIM;
	page = alloc_pages(gfp, order);
	if (page && order)
		split_page(page, order);
	return page;
}

/* Does the last page of a piece have a number of 32 bits (5.5.6)? */
static bool vbal_has_number(struct page *page, unsigned int order)
{
	u64 end = ((u64)page_to_pfn(page) + BIT(order)) * VBAL_UNITS;

	return end - 1 <= U32_MAX;
}

/**
 * vbal_alloc - get memory for the balloon
 * @vb: the balloon; &vbal.order says which pieces are worth trying
 * @max: pages that are wanted, at least 1
 * @order: how many it became, as a power of two
 *
 * Context: process, no lock; may reclaim.
 *
 * Return: the first of them, each to be freed by itself, or NULL.
 */
struct page *vbal_alloc(struct vbal *vb, unsigned int max, unsigned int *order)
{
	unsigned int i, try = min_t(unsigned int, READ_ONCE(vb->order),
				    ilog2(max));
	struct page *page;

	for (;;) {
		page = vbal_alloc_order(try);
		if (page || !try)
			break;
		WRITE_ONCE(vb->order, --try);
	}
	*order = try;
	if (!page || likely(vbal_has_number(page, try)))
		return page;
	for (i = 0; i < BIT(try); i++)
		put_page(page + i);
	return NULL;
}

/**
 * vbal_name - put a page's numbers into a batch
 * @vb: the balloon
 * @b: the batch, with room
 * @page: the page
 *
 * VIRTIO 1.4, 5.5.6: its address in units of 4 KiB.
 */
void vbal_name(struct vbal *vb, struct vbal_batch *b, struct page *page)
{
	u32 pfn = page_to_pfn(page) * VBAL_UNITS;
	unsigned int i;

	for (i = 0; i < VBAL_UNITS; i++)
		b->pfns[b->nr++] = cpu_to_virtio32(vb->vdev, pfn + i);
}

/* Move up to %VBAL_CHUNK pages; says how many. */
static unsigned int vbal_some(struct list_head *to, struct list_head *from)
{
	unsigned int n = 0;

	while (n < VBAL_CHUNK && !list_empty(from)) {
		list_move_tail(from->next, to);
		n++;
	}
	return n;
}

/**
 * vbal_take_held - fill a batch with pages that the device has
 * @vb: the balloon
 * @b: an empty batch
 * @max: page numbers wanted
 *
 * Skips pages that compaction is about to move.  Context: process.
 *
 * Return: numbers in the batch.
 */
unsigned int vbal_take_held(struct vbal *vb, struct vbal_batch *b,
			    unsigned long max)
{
	unsigned int left = min_t(unsigned long, max, b->max) / VBAL_UNITS;
	struct page *page;
	size_t n;

	while (left) {
		n = balloon_page_list_dequeue(&vb->info, &b->pages,
					      min_t(size_t, left, VBAL_CHUNK));
		if (!n)
			break;
		left -= n;
	}
	list_for_each_entry(page, &b->pages, lru)
		vbal_name(vb, b, page);
	return b->nr;
}

/**
 * vbal_account - whose memory is it?
 * @vb: the balloon
 * @pages: pages that the device got, or gave back
 * @guest: they are the guest's now
 *
 * One call of the kernel per run of pages of one zone.  Context: any.
 */
void vbal_account(struct vbal *vb, struct list_head *pages, bool guest)
{
	struct page *page, *first = NULL;
	long n = 0;

	if (vb->has_oom)
		return;
	list_for_each_entry(page, pages, lru) {
		if (first && page_zone(page) != page_zone(first)) {
			adjust_managed_page_count(first, guest ? n : -n);
			first = NULL;
		}
		if (!first) {
			first = page;
			n = 0;
		}
		n++;
	}
	if (first)
		adjust_managed_page_count(first, guest ? n : -n);
}

/**
 * vbal_keep - the queue did not take a batch of pages that the device has
 * @vb: the balloon
 * @b: the batch; empty and idle afterwards
 *
 * Context: process.
 */
void vbal_keep(struct vbal *vb, struct vbal_batch *b)
{
	LIST_HEAD(some);

	while (vbal_some(&some, &b->pages))
		balloon_page_list_enqueue(&vb->info, &some);
	b->nr = 0;
	b->state = VBAL_IDLE;
}

/**
 * vbal_hold - the device has acknowledged that it has a batch
 * @vb: the balloon
 * @b: the batch; empty and idle afterwards
 *
 * Context: process.
 */
void vbal_hold(struct vbal *vb, struct vbal_batch *b)
{
	vbal_account(vb, &b->pages, false);
	atomic_long_add(b->nr, &vb->held);
	vbal_keep(vb, b);
}

/**
 * vbal_let_go - the device has acknowledged that a batch is the guest's again
 * @vb: the balloon
 * @b: the batch; empty and idle afterwards
 *
 * Where the kernel gives free pages a value, freeing them does (5.5.6.6).
 * Context: process.
 */
void vbal_let_go(struct vbal *vb, struct vbal_batch *b)
{
	vbal_account(vb, &b->pages, true);
	vbal_free(&b->pages);
	atomic_long_sub(b->nr, &vb->held);
	b->nr = 0;
	b->state = VBAL_IDLE;
}

/**
 * vbal_forget - the device has forgotten what it has
 * @vb: the balloon, its device reset, nobody moving pages
 *
 * All pages go to &vbal.untold.  Those that compaction has in its hands come
 * back soon: without a device it can move none.
 * Context: process, sleeps.
 */
void vbal_forget(struct vbal *vb)
{
	LIST_HEAD(some);
	size_t n;

	for (;;) {
		n = balloon_page_list_dequeue(&vb->info, &some, VBAL_CHUNK);
		vbal_account(vb, &some, true);
		atomic_long_sub(n * VBAL_UNITS, &vb->held);
		list_splice_tail_init(&some, &vb->untold);
		if (n)
			continue;
		if (!atomic_long_read(&vb->held))
			break;
		msleep(20);
	}
}

/* How many pages at the front of a list are one block of the guest's memory? */
static unsigned int vbal_front_order(struct list_head *pages)
{
	struct page *first = list_first_entry(pages, struct page, lru), *page;
	unsigned long pfn = page_to_pfn(first), n = 0;
	unsigned int most = min_t(unsigned int, get_order(SZ_2M), MAX_ORDER - 1);

	most = pfn ? min_t(unsigned int, most, __ffs(pfn)) : 0;
	list_for_each_entry(page, pages, lru) {
		if (n == BIT(most) || page_to_pfn(page) != pfn + n ||
		    page_zone(page) != page_zone(first))
			break;
		/* The allocator keeps such a page only if it comes alone. */
		if (PageHWPoison(page))
			break;
		n++;
	}
	return n ? ilog2(n) : 0;
}

/* All pages but the first lose their reference; how many are nobody's now? */
static unsigned int vbal_drop_tail(struct page *page, unsigned int num)
{
	unsigned int i;

	for (i = 1; i < num && put_page_testzero(page + i); i++)
		/* That it was movable, only the first page may still say. */
		page[i].mapping = NULL;
	return i;
}

/*
 * Undo split_page(), and free the block as it was allocated: that is one call
 * of the allocator instead of 512, and 512 merges.  Who looks at pages by their
 * number, as compaction does, may have a reference to one of them; it is freed
 * with that then, and the others one by one.
 */
static void vbal_free_block(struct page *page, unsigned int order)
{
	unsigned int i, num = BIT(order), mine = vbal_drop_tail(page, num);

	if (mine == num) {
		__free_pages(page, order);
		return;
	}
	for (i = 0; i < num; i++) {
		if (i == mine)
			continue;
		if (i && i < mine)
			set_page_count(page + i, 1);
		put_page(page + i);
	}
}

/**
 * vbal_free - give pages to the guest
 * @pages: pages that no device has; the list is empty afterwards
 *
 * Context: process.
 */
void vbal_free(struct list_head *pages)
{
	unsigned int order, i;
	struct page *page;

	while (!list_empty(pages)) {
		order = vbal_front_order(pages);
		page = list_first_entry(pages, struct page, lru);
		for (i = 0; i < BIT(order); i++)
			list_del(&page[i].lru);
		vbal_free_block(page, order);
		cond_resched();
	}
}
