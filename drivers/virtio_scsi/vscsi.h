/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private header of virtio_scsi.ko
 *
 * A &struct vscsi is one SCSI host, a &struct vscsi_queue one request
 * virtqueue, a &struct vscsi_cmd the driver's half of one command of the SCSI
 * middle layer.  The middle layer allocates the latter with its own command,
 * and all that a command needs on its way to the device lies there since the
 * tags were allocated: nothing is allocated per command.
 *
 * Two kinds of memory, kept apart:
 *
 * - &struct vscsi_block and the descriptor table behind it can be reached by
 *   the device.  The driver writes it, and reads the fields of the response
 *   back, each once.
 * - &struct vscsi_cmd is private: mappings, counts, who owns it.
 *
 * Who owns a command: the submitter until vscsi_add_locked() succeeded, then
 * the ring (@in_ring, under the queue's lock), then whoever took it out of the
 * ring.  A command is ended by the one who took it out, so exactly once.  What
 * happens between taking it out and the end of scsi_done() is an RCU read
 * section, and so is a notification: error handling, recovery and suspend wait
 * for both with synchronize_rcu().
 *
 * Locks, outermost first: &vscsi.lock (mutex: life of the queues, reset of the
 * device), &vscsi.books_lock (mutex: list of all commands), then one of
 * &vscsi_queue.lock, &vscsi_ctrl.lock and &vscsi_events.lock (spinlocks, any
 * context, never two of them).
 */
#ifndef _VSCSI_H
#define _VSCSI_H

#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_scsi.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <virtio_mq.h>
#include <virtio_recovery.h>
#include <virtqueue_ext.h>

/* Virtqueues of a device, VIRTIO 1.4, 5.6.2; request queues follow. */
#define VSCSI_VQ_CONTROL	0
#define VSCSI_VQ_EVENT		1
#define VSCSI_VQ_REQUEST	2

/* Request and response, the two descriptors of a command that are no data. */
#define VSCSI_FIXED_DESCS	2

/* Bounds of what one tag may cost in memory, whatever the device allows. */
#define VSCSI_MAX_DATA_DESCS	254
#define VSCSI_MAX_DEPTH		1024

/* What the address of a logical unit can say (VIRTIO 1.4, 5.6.6.1). */
#define VSCSI_MAX_TARGET	255
#define VSCSI_MAX_LUN		16383

/* Flat space addressing of a single level LUN structure (SAM). */
#define VSCSI_LUN_FLAT		0x4000

/* No response of the specification: the device did not write one. */
#define VSCSI_S_UNWRITTEN	0xff

/* What the device must have written for a response to be one. */
#define VSCSI_RESP_HEAD	offsetof(struct virtio_scsi_cmd_resp, sense)

/* Buffers taken out of a ring with one call. */
#define VSCSI_BATCH		16

/* Used buffers that an interrupt may wait for, unless told otherwise. */
#define VSCSI_INTERRUPT_BATCH	16

/* Control requests at a time, and event buffers (10 to 15 suffice, 5.6.6.3). */
#define VSCSI_CTLS		8
#define VSCSI_EVENTS		16

/* What the device writes shares no cache line with anything else. */
#define VSCSI_ALIGN		VIRTQUEUE_DMA_ALIGN

/* Their layout is the device's business: VIRTIO 1.4, 5.6.6.1. */
static_assert(sizeof(struct virtio_scsi_cmd_req) == 51);
static_assert(sizeof(struct virtio_scsi_cmd_req_pi) == 59);
static_assert(sizeof(struct virtio_scsi_cmd_resp) == 108);
static_assert(sizeof(struct virtio_scsi_event) == 16);

/**
 * struct vscsi_block - memory of a tag that the device can reach
 * @req: request, read by the device
 * @req_pi: the same with VIRTIO_SCSI_F_T10_PI
 * @req_line: its cache lines
 * @resp: response and sense, written by the device; @resp.response is preset
 *	to %VSCSI_S_UNWRITTEN
 * @resp_line: its cache lines
 *
 * The descriptor table follows, see &vscsi.table_off.
 */
struct vscsi_block {
	union {
		struct virtio_scsi_cmd_req req;
		struct virtio_scsi_cmd_req_pi req_pi;
		u8 req_line[ALIGN(sizeof(struct virtio_scsi_cmd_req_pi),
				  VSCSI_ALIGN)];
	};
	union {
		struct virtio_scsi_cmd_resp resp;
		u8 resp_line[ALIGN(sizeof(struct virtio_scsi_cmd_resp),
				   VSCSI_ALIGN)];
	};
};

/**
 * struct vscsi_cmd - private half of a tag, behind its &struct scsi_cmnd
 * @next: link in the list of commands taken out of a ring
 * @blk: the half that the device can reach
 * @blk_addr: address of @blk for the device (descriptor tables only)
 * @table: descriptors of the command (descriptor tables only)
 * @q: the queue that the command went to last
 * @id: what the device was told that the command is called
 * @used_len: bytes that the device says it wrote
 * @epoch: &vscsi_queue.epoch of the queues that @table was made for, or 0
 * @mapped: the data segments are mapped
 * @prot_mapped: the segments of protection information are mapped
 * @in_ring: the ring owns the command; under &vscsi_queue.lock
 * @book: link in &vscsi.books
 */
struct vscsi_cmd {
	struct vscsi_cmd *next;
	struct vscsi_block *blk;
	dma_addr_t blk_addr;
	struct virtqueue_table table;
	struct vscsi_queue *q;
	u64 id;
	u32 used_len;
	u32 epoch;
	bool mapped;
	bool prot_mapped;
	bool in_ring;
	struct list_head book;
};

/**
 * struct vscsi_queue - one request virtqueue
 * @vs: its host
 * @vq: the virtqueue; may be used under @lock while @up
 * @epoch: how often the queue was set up, each with all others; never 0 while
 *	it is
 * @polled: it has no interrupt
 * @event: VIRTIO_F_EVENT_IDX was negotiated
 * @patient: an interrupt may wait for several commands; under @lock
 * @lock: serialises everything done with @vq, and the fields below
 * @up: the device takes commands
 * @out: commands in the ring
 * @guard: looks for completions whose interrupt waits for others
 * @used: buffers on their way out of the ring
 *
 * The first group is written while the queue is down, but for @patient.
 */
struct vscsi_queue {
	struct vscsi *vs;
	struct virtqueue *vq;
	u32 epoch;
	bool polled;
	bool event;
	bool patient;

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool up;
	unsigned int out;
	struct timer_list guard;
	struct virtqueue_used used[VSCSI_BATCH];
} ____cacheline_aligned_in_smp;

/**
 * struct vscsi_ctl_mem - memory of a control request that the device can reach
 * @tmf: a task management request
 * @an: an asynchronous notification request
 * @req_line: their cache lines
 * @tmf_resp: its response; preset to %VSCSI_S_UNWRITTEN
 * @an_resp: its response; likewise
 * @resp_line: their cache lines
 */
struct vscsi_ctl_mem {
	union {
		struct virtio_scsi_ctrl_tmf_req tmf;
		struct virtio_scsi_ctrl_an_req an;
		u8 req_line[ALIGN(sizeof(struct virtio_scsi_ctrl_tmf_req),
				  VSCSI_ALIGN)];
	};
	union {
		struct virtio_scsi_ctrl_tmf_resp tmf_resp;
		struct virtio_scsi_ctrl_an_resp an_resp;
		u8 resp_line[ALIGN(sizeof(struct virtio_scsi_ctrl_an_resp),
				   VSCSI_ALIGN)];
	};
};

/**
 * enum vscsi_ctl_state - who owns a control request
 * @VSCSI_CTL_FREE: nobody
 * @VSCSI_CTL_TAKEN: the sender, not yet or no longer in the ring
 * @VSCSI_CTL_OUT: the ring, and somebody waits
 * @VSCSI_CTL_LEFT: the ring, and nobody waits any more
 */
enum vscsi_ctl_state {
	VSCSI_CTL_FREE,
	VSCSI_CTL_TAKEN,
	VSCSI_CTL_OUT,
	VSCSI_CTL_LEFT,
};

/**
 * struct vscsi_ctl - one control request
 * @mem: what the device can reach
 * @done: it left the ring
 * @state: see &enum vscsi_ctl_state; under &vscsi_ctrl.lock
 * @answered: it left the ring by the device's hand
 */
struct vscsi_ctl {
	struct vscsi_ctl_mem *mem;
	struct completion done;
	enum vscsi_ctl_state state;
	bool answered;
};

/**
 * struct vscsi_ctrl - the control queue
 * @vq: the virtqueue; may be used under @lock while @up
 * @lock: serialises everything done with @vq, and the fields below
 * @up: the device takes requests
 * @stuck: so many were not answered in time, and none since
 * @ctls: the requests
 */
struct vscsi_ctrl {
	struct virtqueue *vq;
	spinlock_t lock;	/* see above */
	bool up;
	unsigned int stuck;
	struct vscsi_ctl ctls[VSCSI_CTLS];
};

/**
 * struct vscsi_events - the event queue
 * @vq: the virtqueue; may be used under @lock while @up
 * @lock: serialises everything done with @vq, and @up
 * @up: the device reports events
 * @stop: the host is leaving: no more scans; set once
 * @mem: all buffers
 * @stride: bytes from one buffer to the next
 * @size: bytes of a buffer
 * @work: looks at what was reported
 * @rescan: looks at everything, when reports got lost
 */
struct vscsi_events {
	struct virtqueue *vq;
	spinlock_t lock;	/* see above */
	bool up;
	bool stop;
	void *mem;
	u32 stride;
	u32 size;
	struct work_struct work;
	struct delayed_work rescan;
};

/**
 * struct vscsi_limits - checked copy of the device's configuration
 * @num_queues: request queues, at least 1
 * @seg_max: segments of a command, at least 1
 * @max_sectors: 512-byte sectors of a command
 * @cmd_per_lun: commands that one logical unit takes at a time, at least 1
 * @event_size: bytes of an event buffer
 * @max_target: highest number of a target
 * @max_lun: highest number of a logical unit
 */
struct vscsi_limits {
	u32 num_queues;
	u32 seg_max;
	u32 max_sectors;
	u32 cmd_per_lun;
	u32 event_size;
	u32 max_target;
	u32 max_lun;
};

/**
 * struct vscsi - one SCSI host
 * @queues: all request queues, polled ones last
 * @dma_dev: device for the DMA API, NULL when addresses are physical
 * @use_table: commands go to the ring as descriptor tables
 * @pi: VIRTIO_SCSI_F_T10_PI was negotiated and is used
 * @pi_layout: VIRTIO_SCSI_F_T10_PI was negotiated: the request has its fields
 * @legacy: VIRTIO_F_VERSION_1 was not negotiated: used lengths mean nothing
 * @little_endian: byte order of requests
 * @dead: no command gets to the device any more; set once
 * @req_size: bytes of a request
 * @nr_queues: entries of @queues
 * @nr_poll: how many of them are polled
 * @max_desc_len: bytes that one data descriptor may have
 * @max_descs: data descriptors of a command, protection information included
 * @min_ring: entries of the smallest request ring, as the queues were found
 * @table_off: descriptor table of a tag, bytes behind its block
 * @tag_size: bytes of a tag that the device can reach
 * @shost: the middle layer's side
 * @vdev: the device
 * @mem: where memory of tags that the device can reach is from
 * @limits: what the configuration said at probe
 * @ctrl: the control queue
 * @events: the event queue
 * @books_lock: protects @books
 * @books: all commands
 * @lock: serialises reset of the device and life of its queues
 * @set_up: the virtqueues exist; under @lock
 * @frozen: suspended; under @lock
 * @interrupt_batch: used buffers that an interrupt may wait for; under @lock
 * @resets: how often the device came back or was given up
 * @reset_wait: who waits for @resets
 * @fail_work: gives the device up where the bus has no recovery
 *
 * The first group is what the data path reads.
 */
struct vscsi {
	struct vscsi_queue *queues;
	struct device *dma_dev;
	bool use_table;
	bool pi;
	bool pi_layout;
	bool legacy;
	bool little_endian;
	bool dead;
	u32 req_size;
	unsigned int nr_queues;
	unsigned int nr_poll;
	u32 max_desc_len;
	u16 max_descs;
	u16 min_ring;
	u32 table_off;
	u32 tag_size;

	struct Scsi_Host *shost;
	struct virtio_device *vdev;
	struct virtio_mq_mem mem;
	struct vscsi_limits limits;
	struct vscsi_ctrl ctrl;
	struct vscsi_events events;
	struct mutex books_lock;	/* see above */
	struct list_head books;
	struct mutex lock;	/* see above */
	bool set_up;
	bool frozen;
	u16 interrupt_batch;
	u32 resets;
	wait_queue_head_t reset_wait;
	struct work_struct fail_work;
};

/* The middle layer's half of a command. */
static inline struct scsi_cmnd *vscsi_scmd(struct vscsi_cmd *cmd)
{
	return (struct scsi_cmnd *)cmd - 1;
}

/* A list of commands taken out of a ring, in order. */
struct vscsi_done {
	struct vscsi_cmd *first;
	struct vscsi_cmd **tail;
};

#define VSCSI_DONE_INIT(name)	{ .tail = &(name).first }

/* Take a command out of the books of the ring; the queue's lock is held. */
static inline void vscsi_done_add(struct vscsi_queue *q,
				  struct vscsi_done *done,
				  struct vscsi_cmd *cmd)
{
	cmd->in_ring = false;
	cmd->next = NULL;
	*done->tail = cmd;
	done->tail = &cmd->next;
	q->out--;
}

/* config.c */
int vscsi_config_read(struct virtio_device *vdev, struct vscsi_limits *lim);
int vscsi_config_sizes(struct virtio_device *vdev);

/* sysfs.c */
extern const struct attribute_group *vscsi_host_groups[];

/* host.c */
extern struct scsi_host_template vscsi_template;
int vscsi_host_limits(struct vscsi *vs);

/* queue.c */
int vscsi_queues_alloc(struct vscsi *vs);
int vscsi_queues_find(struct vscsi *vs);
void vscsi_queues_up(struct vscsi *vs, bool up);
void vscsi_queues_moderate(struct vscsi *vs);
bool vscsi_queues_broken(struct vscsi *vs);
void vscsi_queues_delete(struct vscsi *vs);
void vscsi_map_queues(struct Scsi_Host *shost);

/* tags.c */
int vscsi_tags_create(struct vscsi *vs);
void vscsi_tags_destroy(struct vscsi *vs);
int vscsi_init_cmd(struct Scsi_Host *shost, struct scsi_cmnd *sc);
int vscsi_exit_cmd(struct Scsi_Host *shost, struct scsi_cmnd *sc);
void vscsi_choose_xfer(struct vscsi *vs);

/* request.c */
void vscsi_put_lun(u8 *to, const struct scsi_device *sdev);
void vscsi_fill_request(struct vscsi *vs, struct vscsi_cmd *cmd, u32 pi_bytes);

/* xfer_table.c, xfer_sg.c: a command to the ring, in two ways */
int vscsi_table_build(struct vscsi_queue *q, struct vscsi_cmd *cmd);
int vscsi_table_bind(struct vscsi_queue *q, struct vscsi_cmd *cmd);
void vscsi_table_prepare(struct vscsi *vs, struct vscsi_cmd *cmd);
void vscsi_table_unmap(struct vscsi *vs, struct vscsi_cmd *cmd);
int vscsi_sg_build(struct vscsi_queue *q, struct vscsi_cmd *cmd);
int vscsi_sg_add(struct vscsi_queue *q, struct vscsi_cmd *cmd);

/* Write the request and describe it for the ring; no lock. */
static inline int vscsi_xfer_build(struct vscsi_queue *q,
				   struct vscsi_cmd *cmd)
{
	if (likely(q->vs->use_table))
		return vscsi_table_build(q, cmd);
	return vscsi_sg_build(q, cmd);
}

/* Give the described command to the ring; the queue's lock is held. */
static inline int vscsi_xfer_add(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	if (likely(q->vs->use_table))
		return virtqueue_add_table(q->vq, &cmd->table, cmd);
	return vscsi_sg_add(q, cmd);
}

/* The ring no longer has the command, or never got it; no lock. */
static inline void vscsi_xfer_finish(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	if (unlikely(cmd->mapped || cmd->prot_mapped))
		vscsi_table_unmap(vs, cmd);
}

/* submit.c */
int vscsi_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *sc);
void vscsi_commit_rqs(struct Scsi_Host *shost, u16 hwq);

/* complete.c */
void vscsi_vq_done(struct virtqueue *vq);
void vscsi_guard(struct timer_list *t);
int vscsi_mq_poll(struct Scsi_Host *shost, unsigned int hwq);
bool vscsi_harvest(struct vscsi_queue *q);

/* response.c */
void vscsi_set_result(struct vscsi *vs, struct vscsi_cmd *cmd);

/* ctrl.c */
int vscsi_ctrl_alloc(struct vscsi *vs);
void vscsi_ctrl_free(struct vscsi *vs);
void vscsi_ctrl_done(struct virtqueue *vq);
void vscsi_ctrl_up(struct vscsi *vs, bool up);
void vscsi_ctrl_reclaim(struct vscsi *vs);
int vscsi_tmf(struct scsi_device *sdev, u32 subtype, u64 id);
int vscsi_an(struct scsi_device *sdev, u32 type, u32 wanted, u32 *actual);

/* eh.c */
enum blk_eh_timer_return vscsi_timed_out(struct scsi_cmnd *sc);
int vscsi_eh_abort(struct scsi_cmnd *sc);
int vscsi_eh_device_reset(struct scsi_cmnd *sc);
int vscsi_eh_target_reset(struct scsi_cmnd *sc);
int vscsi_eh_host_reset(struct scsi_cmnd *sc);

/* event.c */
int vscsi_events_alloc(struct vscsi *vs);
void vscsi_events_free(struct vscsi *vs);
void vscsi_events_up(struct vscsi *vs, bool up);
void vscsi_events_reclaim(struct vscsi *vs);
void vscsi_events_stop(struct vscsi *vs);
void vscsi_events_rescan(struct vscsi *vs);
void vscsi_event_done(struct virtqueue *vq);

/* scan.c */
void vscsi_scan_event(struct vscsi *vs, const struct virtio_scsi_event *ev);
void vscsi_scan_all(struct vscsi *vs);
void vscsi_subscribe(struct scsi_device *sdev);

/* recover.c */
extern struct workqueue_struct *vscsi_wq;
extern const struct virtio_recovery_ops vscsi_recovery;
int vscsi_bring_up(struct vscsi *vs);
void vscsi_take_down(struct vscsi *vs);
void vscsi_take_back(struct vscsi *vs);
void vscsi_tell(struct vscsi *vs);
void vscsi_give_up(struct vscsi *vs);
void vscsi_report(struct vscsi *vs, enum virtio_failure why);
void vscsi_fail_work(struct work_struct *work);

/* pm.c */
void vscsi_thaw(struct vscsi *vs);
#ifdef CONFIG_PM
int vscsi_freeze(struct virtio_device *vdev);
int vscsi_restore(struct virtio_device *vdev);
#endif

#endif /* _VSCSI_H */
