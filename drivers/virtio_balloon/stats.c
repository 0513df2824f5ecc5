// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Memory statistics for the host
 *
 * The device asks by using the one buffer of the statistics queue, and is
 * answered with the same buffer, filled anew, from a work item (VIRTIO 1.4,
 * 5.5.6.3).  It is answered every %VBAL_STATS_PAUSE at most, however often it
 * asks.
 *
 * All buffers have the same entries.  Their length has to be a multiple of
 * six bytes, and an entry has ten, so their number is a multiple of three:
 * the fifteen of below, or twelve where there are no huge pages.  Beyond the
 * ten of the specification (5.5.6.4) there are those that later kernels
 * report; of these six one is left out, the number of stalled allocations.
 */
#include <linux/scatterlist.h>
#include "vbal.h"

/* The least between two answers. */
#define VBAL_STATS_PAUSE	(HZ / 20)

/* Entries that every kernel has first: what does not make three is cut off. */
static unsigned int vbal_stats_trim(unsigned int n)
{
	return n - n % 3;
}

static unsigned int vbal_stat(struct vbal *vb, unsigned int n, u16 tag, u64 val)
{
	vb->stats[n].tag = cpu_to_virtio16(vb->vdev, tag);
	vb->stats[n].val = cpu_to_virtio64(vb->vdev, val);
	return n + 1;
}

static unsigned int vbal_stats_events(struct vbal *vb, unsigned int n)
{
#ifdef CONFIG_VM_EVENT_COUNTERS
	unsigned long *ev = vb->events;

	all_vm_events(ev);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_SWAP_IN,
		      (u64)ev[PSWPIN] << PAGE_SHIFT);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_SWAP_OUT,
		      (u64)ev[PSWPOUT] << PAGE_SHIFT);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_MAJFLT, ev[PGMAJFAULT]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_MINFLT, ev[PGFAULT]);
#ifdef CONFIG_HUGETLB_PAGE
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_HTLB_PGALLOC,
		      ev[HTLB_BUDDY_PGALLOC]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_HTLB_PGFAIL,
		      ev[HTLB_BUDDY_PGALLOC_FAIL]);
#endif
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_OOM_KILL, ev[OOM_KILL]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_DIRECT_RECLAIM,
		      ev[PGSTEAL_DIRECT]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_ASYNC_RECLAIM,
		      ev[PGSTEAL_KSWAPD]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_DIRECT_SCAN, ev[PGSCAN_DIRECT]);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_ASYNC_SCAN, ev[PGSCAN_KSWAPD]);
#endif
	return n;
}

/* Fill the buffer; says how many entries it has. */
static unsigned int vbal_stats_fill(struct vbal *vb)
{
	u64 caches = global_node_page_state(NR_FILE_PAGES);
	struct sysinfo si;
	unsigned int n = 0;

	si_meminfo(&si);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_MEMFREE,
		      (u64)si.freeram * si.mem_unit);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_MEMTOT,
		      (u64)si.totalram * si.mem_unit);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_AVAIL,
		      (u64)si_mem_available() << PAGE_SHIFT);
	n = vbal_stat(vb, n, VIRTIO_BALLOON_S_CACHES, caches << PAGE_SHIFT);
	return vbal_stats_trim(vbal_stats_events(vb, n));
}

/**
 * vbal_stats_send - make the buffer available, filled anew
 * @vb: the balloon, with its statistics queue; the buffer is not with the device
 *
 * Summing up the kernel's counters may sleep: so the queue is locked only
 * afterwards.  Context: process, one at a time.
 */
void vbal_stats_send(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_STATS];
	struct scatterlist sg;

	WRITE_ONCE(vb->stats_at, jiffies);
	sg_init_one(&sg, vb->stats, vbal_stats_fill(vb) * sizeof(*vb->stats));
	spin_lock(&q->lock);
	if (q->up && !virtqueue_add_outbuf(q->vq, &sg, 1, vb->stats,
					   GFP_ATOMIC))
		virtqueue_kick(q->vq);
	spin_unlock(&q->lock);
}

/**
 * vbal_stats_work - answer a request
 * @work: &vbal.stats_work
 */
void vbal_stats_work(struct work_struct *work)
{
	struct vbal *vb = container_of(work, struct vbal, stats_work.work);
	struct vbal_queue *q = &vb->queues[VBAL_VQ_STATS];
	unsigned int len;
	bool asked;

	spin_lock(&q->lock);
	asked = q->up && virtqueue_get_buf(q->vq, &len);
	spin_unlock(&q->lock);
	if (asked)
		vbal_stats_send(vb);
}

/**
 * vbal_stats_used - the device used the buffer: it wants statistics
 * @vb: the balloon
 *
 * Context: interrupt.
 */
void vbal_stats_used(struct vbal *vb)
{
	unsigned long next = READ_ONCE(vb->stats_at) + VBAL_STATS_PAUSE;
	unsigned long now = jiffies;

	queue_delayed_work(vbal_wq, &vb->stats_work,
			   time_before(now, next) ? next - now : 0);
}
