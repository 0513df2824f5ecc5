/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private header of virtio_balloon.ko
 *
 * A &struct vbal is one balloon.  Pages go to the device and come back in
 * batches: a &struct vbal_batch is an array of page numbers, allocated at
 * probe, and the pages that they name.  One batch is one buffer of one
 * descriptor; several of them are with the device at a time.
 *
 * Where a page of the balloon is, always in exactly one place:
 *
 * - in the kernel's list of balloon pages (&vbal.info), when the device has
 *   acknowledged that it has it; from there compaction may move it;
 * - in a batch, from when its number was written there until the device has
 *   acknowledged the batch;
 * - in &vbal.untold: the driver keeps it, but the device has forgotten it by a
 *   reset, or was never told.  It is told before any other page.
 *
 * &vbal.held counts those that the device has: the first kind, and those of
 * the second that are on their way back.
 *
 * Who moves pages: the work item &vbal.work, one at a time, with those that
 * fill batches for it, for which it waits.  Beside it compaction (one page at a
 * time) and the out-of-memory notifier, each with a batch of its own.  They meet
 * at the spinlock of a queue and nowhere else.
 *
 * Locks, outermost first: &vbal.life (mutex: taking the device's buffers back,
 * against the out-of-memory notifier and vbal_empty()), &vbal.migrate_lock
 * (mutex), the spinlocks of the queues and of &vbal.info.  Interrupt handlers
 * take none: they wake whoever waits.  No page is allocated under any of them.
 */
#ifndef _VBAL_H
#define _VBAL_H

#include <linux/atomic.h>
#include <linux/balloon_compaction.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/page_reporting.h>
#include <linux/shrinker.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_balloon.h>
#include <linux/virtio_config.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <virtio_recovery.h>

/* Page numbers are in units of 4 KiB, whatever a page is (VIRTIO 1.4, 5.5.6). */
#define VBAL_UNITS	(PAGE_SIZE >> VIRTIO_BALLOON_PFN_SHIFT)

/* Numbers in one batch (16 MiB of memory, 16 KiB of numbers), and batches. */
#define VBAL_BATCH	4096
#define VBAL_BATCHES	4

/* What one out-of-memory condition gives back: 4 MiB. */
#define VBAL_OOM_BATCH	1024

/* Linux has these statistics, VIRTIO 1.4, 5.5.6.4 does not number them. */
#ifndef VIRTIO_BALLOON_S_OOM_KILL
#define VIRTIO_BALLOON_S_OOM_KILL	10
#define VIRTIO_BALLOON_S_ASYNC_SCAN	12
#define VIRTIO_BALLOON_S_DIRECT_SCAN	13
#define VIRTIO_BALLOON_S_ASYNC_RECLAIM	14
#define VIRTIO_BALLOON_S_DIRECT_RECLAIM	15
#endif

/* Entries of a statistics buffer at most. */
#define VBAL_MAX_STATS	15

/* A block of free page hints. */
#define VBAL_HINT_ORDER	(MAX_ORDER - 1)

/**
 * enum vbal_vqs - the queues, in the order in which devices have them
 * @VBAL_VQ_INFLATE: numbers of pages for the balloon
 * @VBAL_VQ_DEFLATE: numbers of pages that are wanted back
 * @VBAL_VQ_STATS: statistics of the guest
 * @VBAL_VQ_HINT: free pages, for a migration
 * @VBAL_VQ_REPORT: free pages, for the host to take
 * @VBAL_VQS: how many there are
 *
 * VIRTIO 1.4, 5.5.2.
 */
enum vbal_vqs {
	VBAL_VQ_INFLATE,
	VBAL_VQ_DEFLATE,
	VBAL_VQ_STATS,
	VBAL_VQ_HINT,
	VBAL_VQ_REPORT,
	VBAL_VQS
};

/**
 * struct vbal_queue - one virtqueue
 * @vb: its balloon
 * @vq: the virtqueue; may be used under @lock while @up
 * @lock: serialises what is done with @vq; process context only
 * @up: the device takes buffers
 * @wait: who waits for an answer
 */
struct vbal_queue {
	struct vbal *vb;
	struct virtqueue *vq;
	spinlock_t lock;	/* see above */
	bool up;
	wait_queue_head_t wait;
};

/**
 * enum vbal_state - where a batch is
 * @VBAL_IDLE: with its user
 * @VBAL_OUT: with the device
 * @VBAL_USED: the device acknowledged it
 * @VBAL_LOST: the device was reset before it did
 */
enum vbal_state {
	VBAL_IDLE,
	VBAL_OUT,
	VBAL_USED,
	VBAL_LOST,
};

/**
 * struct vbal_batch - page numbers on their way
 * @q: inflate or deflate
 * @state: see &enum vbal_state; changes under the lock of @q while it is out
 * @nr: numbers in it
 * @max: how many it has room for
 * @fill: allocates pages for it
 * @want: how many
 * @asked: numbers that it is to have then
 * @pfns: the numbers, memory of its own
 * @pages: the pages that they name; unused by compaction, whose page is on
 *	lists of the kernel's
 */
struct vbal_batch {
	struct vbal_queue *q;
	enum vbal_state state;
	unsigned int nr;
	unsigned int max;
	struct work_struct fill;
	unsigned int want;
	unsigned int asked;
	__virtio32 *pfns;
	struct list_head pages;
};

/**
 * struct vbal_hints - free page hints
 * @work: answers a change of the command id
 * @changed: the configuration changed since it was read; exchanged, which
 *	not every processor does with less than 32 bits
 * @id: command id that was started last; STOP when none
 * @done: the device has no need of the pages any more (CMD_ID_DONE)
 * @cmd: two buffers of 4 bytes: the start of a round, and its end
 * @cmd_out: they are with the device
 * @out: blocks with the device, under the lock of the queue
 * @kept: blocks that it used, likewise
 * @nr_kept: how many
 * @shrinker: gives @kept back when memory is short
 * @shrinks: it is registered
 */
struct vbal_hints {
	struct work_struct work;
	int changed;
	u32 id;
	bool done;
	__virtio32 *cmd;
	bool cmd_out[2];
	struct list_head out;
	struct list_head kept;
	unsigned long nr_kept;
	struct shrinker shrinker;
	bool shrinks;
};

/**
 * struct vbal - one balloon
 * @vdev: the device
 * @info: pages that the device has; the kernel's side of it
 * @queues: by &enum vbal_vqs
 * @nr_batches: entries of @batch in use
 * @has_stats: VIRTIO_BALLOON_F_STATS_VQ was negotiated
 * @has_oom: VIRTIO_BALLOON_F_DEFLATE_ON_OOM was
 * @has_hints: VIRTIO_BALLOON_F_FREE_PAGE_HINT was
 * @has_poison: VIRTIO_BALLOON_F_PAGE_POISON was
 * @has_report: VIRTIO_BALLOON_F_PAGE_REPORTING was
 * @reserve: pages that inflating leaves to the guest
 * @held: page numbers that the device has
 * @work: makes @held what the device wants
 * @changed: the configuration changed since num_pages was read; exchanged, as
 *	@oom_hit and @failed, which not every processor does with less
 * @leaving: the balloon is to be empty, whatever the device wants
 * @target: what it wants, as it was read last
 * @pending: numbers in batches of @work that are with the device, or being
 *	filled
 * @batch: batches of @work, used in turn
 * @next: whose turn it is
 * @filling: how many are being filled, those before @next
 * @fillers: how many may be
 * @order: of the largest allocation that may still succeed in this step;
 *	whoever fills a batch may make it less
 * @delay: until the next try after one that did not get far enough, jiffies
 * @short_of: target of the last report about that
 * @written: value of the field actual
 * @written_at: when, jiffies
 * @unwritten: the device was reset since
 * @untold: see above; used by @work and by whoever has stopped it
 * @oom_nb: out-of-memory notifier
 * @oom_batch: its batch
 * @oom_hit: it gave pages back: no more inflating for a while
 * @stats_work: answers a request for statistics
 * @stats: the buffer of the statistics queue
 * @events: the kernel's counters, room to sum them up
 * @stats_at: when it was answered last, jiffies
 * @hints: free page hints
 * @report: free page reporting; the kernel's side
 * @reporting: it is registered
 * @report_out: free pages are with the device
 * @migrate_lock: for the following
 * @migrate_in: batch of one page: the one that takes the place
 * @migrate_out: batch of one page: the one that leaves
 * @stray: a page that left, but the device was not told
 * @life: see above
 * @failed: reported to the bus; until the device is set up again
 * @dead: given up for good
 * @fail_work: gives it up where the bus does not
 */
struct vbal {
	struct virtio_device *vdev;
	struct balloon_dev_info info;
	struct vbal_queue queues[VBAL_VQS];
	unsigned int nr_batches;
	bool has_stats;
	bool has_oom;
	bool has_hints;
	bool has_poison;
	bool has_report;
	unsigned long reserve;
	atomic_long_t held;

	struct delayed_work work;
	int changed;
	bool leaving;
	u32 target;
	unsigned long pending;
	struct vbal_batch batch[VBAL_BATCHES];
	unsigned int next;
	unsigned int filling;
	unsigned int fillers;
	unsigned int order;
	unsigned long delay;
	u32 short_of;
	u32 written;
	unsigned long written_at;
	bool unwritten;
	struct list_head untold;

	struct notifier_block oom_nb;
	struct vbal_batch oom_batch;
	int oom_hit;

	struct delayed_work stats_work;
	struct virtio_balloon_stat *stats;
#ifdef CONFIG_VM_EVENT_COUNTERS
	unsigned long events[NR_VM_EVENT_ITEMS];
#endif
	unsigned long stats_at;

	struct vbal_hints hints;

	struct page_reporting_dev_info report;
	bool reporting;
	bool report_out;

	struct mutex migrate_lock;	/* see above */
	struct vbal_batch migrate_in;
	struct vbal_batch migrate_out;
	struct page *stray;

	struct mutex life;	/* see above */
	int failed;
	bool dead;
	struct work_struct fail_work;
};

/* main.c */
extern struct workqueue_struct *vbal_wq;
int vbal_start(struct vbal *vb);
void vbal_take_down(struct vbal *vb);

/* queue.c */
extern unsigned int vbal_limit_ms;
int vbal_queues_find(struct vbal *vb);
void vbal_queues_up(struct vbal *vb, bool up);
void vbal_queues_delete(struct vbal *vb);
int vbal_submit(struct vbal_batch *b);
int vbal_wait(struct vbal_batch *b, bool to_the_end);
bool vbal_waited_long(struct vbal_queue *q, unsigned long since);

/* pages.c */
struct page *vbal_alloc(struct vbal *vb, unsigned int max,
			unsigned int *order);
long vbal_spare(struct vbal *vb);
void vbal_name(struct vbal *vb, struct vbal_batch *b, struct page *page);
unsigned int vbal_take_held(struct vbal *vb, struct vbal_batch *b,
			    unsigned long max);
void vbal_account(struct vbal *vb, struct list_head *pages, bool guest);
void vbal_hold(struct vbal *vb, struct vbal_batch *b);
void vbal_keep(struct vbal *vb, struct vbal_batch *b);
void vbal_let_go(struct vbal *vb, struct vbal_batch *b);
void vbal_forget(struct vbal *vb);
void vbal_free(struct list_head *pages);

/* fill.c */
void vbal_fill_begin(struct vbal *vb);
void vbal_fill_work(struct work_struct *work);
bool vbal_fill_start(struct vbal *vb, struct vbal_batch *b,
		     unsigned long missing);
void vbal_fill_wait(struct vbal *vb);
struct vbal_batch *vbal_fill_end(struct vbal *vb);
void vbal_unfill(struct vbal *vb, struct vbal_batch *b);

/* balance.c */
void vbal_work(struct work_struct *work);
void vbal_settle_used(struct vbal *vb, struct vbal_batch *b);
void vbal_publish(struct vbal *vb);
void vbal_take_stray(struct vbal *vb);
int vbal_empty(struct vbal *vb);

/* stats.c */
void vbal_stats_work(struct work_struct *work);
void vbal_stats_used(struct vbal *vb);
void vbal_stats_send(struct vbal *vb);

/* hint.c */
int vbal_hints_init(struct vbal *vb);
void vbal_hints_exit(struct vbal *vb);
void vbal_hints_changed(struct vbal *vb);
void vbal_hints_lost(struct vbal *vb);

/* report.c */
u32 vbal_poison_value(void);
bool vbal_kernel_poisons(void);
void vbal_report_start(struct vbal *vb);
void vbal_report_stop(struct vbal *vb);

/* compact.c; where the kernel does not move pages nobody calls it */
#ifdef CONFIG_BALLOON_COMPACTION
int vbal_migrate(struct balloon_dev_info *info, struct page *new,
		 struct page *old, enum migrate_mode mode);
#else
#define vbal_migrate	NULL
#endif

/* oom.c */
int vbal_oom_notify(struct notifier_block *nb, unsigned long unused,
		    void *freed);

/* recover.c */
extern const struct virtio_recovery_ops vbal_recovery_ops;
void vbal_fail(struct vbal *vb, enum virtio_failure why);
void vbal_fail_work(struct work_struct *work);
void vbal_quiet(struct vbal *vb);
void vbal_stop(struct vbal *vb);
void vbal_reclaim(struct vbal *vb);

/* pm.c */
#ifdef CONFIG_PM
int vbal_freeze(struct virtio_device *vdev);
int vbal_restore(struct virtio_device *vdev);
#endif

#endif /* _VBAL_H */
