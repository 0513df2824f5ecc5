/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private header of virtio_blk.ko
 *
 * A &struct vblk is one disk, a &struct vblk_queue one request virtqueue, a
 * &struct vblk_cmd one tag of one queue.  blk-mq gives a request a tag, the
 * tag selects the command, and everything that the request needs on its way
 * to the device lies there since probe: nothing is allocated per request.
 *
 * Two kinds of memory, kept apart:
 *
 * - &struct vblk_block and what follows it (descriptor table, ranges) can be
 *   reached by the device.  The driver writes it, and reads back one single
 *   byte of it, the status, once.
 * - &struct vblk_cmd is private: request, mappings, counts, result.
 *
 * Who owns a command: the submitter until vblk_add_locked() succeeded, then
 * the ring (@in_ring, under the queue's lock), then whoever took it out of the
 * ring.  A request is ended by the one who took its command out, so exactly
 * once, whatever interrupts, pollers, timeouts and removal do meanwhile.
 *
 * Locks, outermost first: &vblk.cache_lock (mutex: the cache mode), which is
 * held while I/O is waited for; &vblk.lock (mutex: reset of the device, its
 * configuration, its queues), &vblk_queue.lock (spinlock, any context).
 */
#ifndef _VBLK_H
#define _VBLK_H

#include <linux/blk-mq.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/workqueue.h>
#include <virtio_mq.h>
#include <virtio_recovery.h>
#include <virtqueue_ext.h>

/* Header and status, the two descriptors of a request that are no data. */
#define VBLK_FIXED_DESCS	2

/* Bounds of what one tag may cost in memory, whatever the device allows. */
#define VBLK_MAX_DATA_DESCS	254
#define VBLK_MAX_RANGES		64

/* Buffers taken out of a ring with one call. */
#define VBLK_BATCH		16

/* Used buffers that an interrupt may wait for, unless told otherwise. */
#define VBLK_INTERRUPT_BATCH	16

/* Not a status of the specification: the device did not write one. */
#define VBLK_S_UNWRITTEN	0xff

/* Parts of a tag that the device writes share no cache line with the rest. */
#define VBLK_ALIGN \
	(ARCH_KMALLOC_MINALIGN > 16 ? ARCH_KMALLOC_MINALIGN : 16)

/**
 * struct vblk_range - one extent of a discard, write zeroes or secure erase
 * @sector: first sector, in units of 512 bytes
 * @num_sectors: how many
 * @flags: bit 0: the device may unmap (write zeroes only)
 *
 * VIRTIO 1.4, 5.2.6.  Like the request header in the byte order of the
 * transport (5.2.6.3 for legacy).
 */
struct vblk_range {
	__virtio64 sector;
	__virtio32 num_sectors;
	__virtio32 flags;
};

static_assert(sizeof(struct vblk_range) == 16);
static_assert(sizeof(struct virtio_blk_outhdr) == 16);

/**
 * struct vblk_zoned_config - what follows in the configuration with ZONED
 * @zone_sectors: length of a zone, 512-byte sectors
 * @max_open_zones: 0 for no limit
 * @max_active_zones: 0 for no limit
 * @max_append_sectors: most sectors of a zone append
 * @write_granularity: unit of writes to sequential zones, bytes
 * @model: VIRTIO_BLK_Z_*
 * @unused: padding
 *
 * VIRTIO 1.4, 5.2.4; not every kernel's struct virtio_blk_config has it.
 */
struct vblk_zoned_config {
	__virtio32 zone_sectors;
	__virtio32 max_open_zones;
	__virtio32 max_active_zones;
	__virtio32 max_append_sectors;
	__virtio32 write_granularity;
	u8 model;
	u8 unused[3];
};

/* Where it begins, bytes. */
#define VBLK_ZONED_OFFSET	72

/**
 * union vblk_config - configuration space of a block device
 * @std: as far as every kernel knows it
 * @before: what is before @zoned
 * @zoned: with VIRTIO_BLK_F_ZONED
 */
union vblk_config {
	struct virtio_blk_config std;
	struct {
		u8 before[VBLK_ZONED_OFFSET];
		struct vblk_zoned_config zoned;
	};
};

static_assert(offsetofend(struct virtio_blk_config,
			  secure_erase_sector_alignment) == VBLK_ZONED_OFFSET);
static_assert(sizeof(struct vblk_zoned_config) == 24);

/**
 * struct vblk_pdu - what is kept of a request whatever tag it has
 * @sector: for the header, 512-byte sectors; of REQ_OP_DRV_IN only
 * @type: VIRTIO_BLK_T_*; of REQ_OP_DRV_IN only
 * @tries: how often it was given to the device again; with RQF_DONTPREP only
 *
 * Behind each &struct request.
 */
struct vblk_pdu {
	u64 sector;
	u32 type;
	u8 tries;
};

/**
 * struct vblk_block - memory of a tag that the device can reach
 * @hdr: request header, read by the device
 * @hdr_line: its cache line
 * @append_sector: with a zone append: where the device put the data
 * @status: written by the device; preset to %VBLK_S_UNWRITTEN
 * @status_line: its cache line
 *
 * Descriptor table and ranges follow, see &vblk.table_off and
 * &vblk.ranges_off.
 */
struct vblk_block {
	union {
		struct virtio_blk_outhdr hdr;
		u8 hdr_line[VBLK_ALIGN];
	};
	union {
		struct {
			__virtio64 append_sector;
			u8 status;
		};
		u8 status_line[VBLK_ALIGN];
	};
};

/* The last element of a zone append: sector and status (5.2.6). */
#define VBLK_APPEND_OFF	offsetof(struct vblk_block, append_sector)
#define VBLK_APPEND_LEN	(sizeof(__virtio64) + sizeof(u8))

/**
 * enum vblk_data - what a request carries between header and status
 * @VBLK_DATA_NONE: nothing
 * @VBLK_DATA_OUT: the request's pages, read by the device
 * @VBLK_DATA_IN: the request's pages, written by the device
 * @VBLK_DATA_RANGES: &struct vblk_range of the tag, read by the device
 */
enum vblk_data {
	VBLK_DATA_NONE,
	VBLK_DATA_OUT,
	VBLK_DATA_IN,
	VBLK_DATA_RANGES,
};

/**
 * struct vblk_map - how to undo one DMA mapping
 * @addr: address for the device
 * @len: bytes
 */
struct vblk_map {
	dma_addr_t addr;
	u32 len;
};

/**
 * struct vblk_cmd - private half of a tag
 * @rq: the request, valid from prepare to completion
 * @next: link in the list of commands taken out of a ring
 * @blk: the half that the device can reach
 * @blk_addr: address of @blk for the device (descriptor tables only)
 * @table: descriptors of the request (descriptor tables only)
 * @maps: mappings of the data segments (DMA API only)
 * @sg: scatterlist of header, data and status (no descriptor tables only)
 * @used_len: bytes that the device says it wrote
 * @nr_maps: entries of @maps in use
 * @nr_sg: data entries of @sg in use
 * @nr_ranges: ranges in use
 * @data: what the request carries
 * @append: the device tells where it put the data
 * @in_ring: the ring owns the command; under &vblk_queue.lock
 * @result: outcome, valid once the command left the ring
 */
struct vblk_cmd {
	struct request *rq;
	struct vblk_cmd *next;
	struct vblk_block *blk;
	dma_addr_t blk_addr;
	struct virtqueue_table table;
	struct vblk_map *maps;
	struct scatterlist *sg;
	u32 used_len;
	u16 nr_maps;
	u16 nr_sg;
	u16 nr_ranges;
	u8 data;
	bool append;
	bool in_ring;
	blk_status_t result;
};

/**
 * struct vblk_queue - one request virtqueue
 * @vblk: its disk
 * @vq: the virtqueue; may be used under @lock while @up
 * @hctx: blk-mq's side of the queue
 * @cmds: one command per tag
 * @dma_dev: device for the DMA API, NULL when addresses are physical
 * @use_table: requests go to the ring as descriptor tables
 * @event: VIRTIO_F_EVENT_IDX was negotiated
 * @name: name of the virtqueue and, with an interrupt of its own, of that
 * @lock: serialises everything done with @vq, and the fields below
 * @up: the device takes requests; false before DRIVER_OK, while suspended and
 *	after the device failed
 * @stopped: the ring was full and blk-mq was told to stop
 * @used: buffers on their way out of the ring
 *
 * The first group is written at probe and restore only.
 */
struct vblk_queue {
	struct vblk *vblk;
	struct virtqueue *vq;
	struct blk_mq_hw_ctx *hctx;
	struct vblk_cmd *cmds;
	struct device *dma_dev;
	bool use_table;
	bool event;
	char name[20];

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool up;
	bool stopped;
	struct virtqueue_used used[VBLK_BATCH];
} ____cacheline_aligned_in_smp;

/**
 * struct vblk_limits - checked copy of the device's configuration
 * @capacity: 512-byte sectors, whole logical blocks
 * @size_max: bytes that one data descriptor may have
 * @seg_max: data descriptors that one request may have
 * @blk_size: logical block, bytes
 * @phys_size: physical block, bytes
 * @align_off: offset of the first aligned logical block, bytes
 * @io_min: smallest good I/O, bytes, or 0
 * @io_opt: best I/O, bytes, or 0
 * @num_queues: request queues of the device, at least 1
 * @discard_sectors: most sectors of a discard, 0 for none
 * @discard_segs: most ranges of a discard
 * @discard_align: bytes
 * @zeroes_sectors: most sectors of a write zeroes, 0 for none
 * @erase_sectors: most sectors of a secure erase, 0 for none
 * @zone_model: VIRTIO_BLK_Z_*; NONE without ZONED, and nothing below counts
 * @zone_sectors: length of a zone
 * @max_open_zones: 0 for no limit
 * @max_active_zones: 0 for no limit
 * @append_sectors: most sectors of a zone append
 * @write_granularity: unit of writes to sequential zones, bytes
 * @cylinders: geometry, 0 when the device gives none
 * @heads: geometry
 * @sectors: geometry
 * @writeback: the device has a volatile cache to be flushed
 */
struct vblk_limits {
	u64 capacity;
	u32 size_max;
	u32 seg_max;
	u32 blk_size;
	u32 phys_size;
	u32 align_off;
	u32 io_min;
	u32 io_opt;
	u32 num_queues;
	u32 discard_sectors;
	u32 discard_segs;
	u32 discard_align;
	u32 zeroes_sectors;
	u32 erase_sectors;
	u32 zone_sectors;
	u32 max_open_zones;
	u32 max_active_zones;
	u32 append_sectors;
	u32 write_granularity;
	u8 zone_model;
	u16 cylinders;
	u8 heads;
	u8 sectors;
	bool writeback;
};

/**
 * struct vblk - one disk
 * @queues: all request queues, polled ones last
 * @capacity: 512-byte sectors, as of the last change seen
 * @max_desc_len: bytes that one data descriptor may have
 * @max_data_descs: data descriptors that one request may have
 * @max_ranges: ranges that one request may have
 * @legacy: VIRTIO_F_VERSION_1 was not negotiated: used lengths mean nothing
 * @has_flush: VIRTIO_BLK_F_FLUSH was negotiated
 * @has_wce: VIRTIO_BLK_F_CONFIG_WCE was negotiated
 * @nr_queues: entries of @queues
 * @nr_poll: how many of them are polled
 * @depth: tags per queue
 * @interrupt_batch: used buffers that an interrupt may wait for
 * @min_ring: entries of the smallest ring, as the queues were found
 * @ring_size: size that was chosen for all rings, or 0; under @lock
 * @table_off: descriptor table of a tag, bytes behind its block
 * @ranges_off: ranges of a tag, bytes behind its block
 * @tag_size: bytes of a tag that the device can reach
 * @vdev: the device; not to be used once remove ended
 * @disk: the disk
 * @set: blk-mq's tags
 * @mem: where memory of tags that the device can reach is from
 * @limits: what the configuration said at probe
 * @lock: serialises reset, configuration access and life of the queues
 * @failed: the device was given up, for good; under @lock
 * @writeback: cache mode that is to be in force, with @has_wce
 * @wanted: cache mode that the device is told after a reset; under @lock
 * @config_work: answers a configuration change
 * @zone_work: of a zoned disk: sets the capacity, learns the zones again
 * @zone_lock: held while the zones are learnt; outside of all others
 * @leaving: the zones are not learnt any more
 * @fail_work: gives the device up, on the kernel's own bus
 * @cache_lock: serialises changes of the cache mode; outside of @lock
 * @held: suspended, or being recovered, with blk-mq quiesced; under @lock
 * @index: number of the disk
 *
 * The first group is what the data path reads.
 */
struct vblk {
	struct vblk_queue *queues;
	u64 capacity;
	u32 max_desc_len;
	u16 max_data_descs;
	u16 max_ranges;
	bool legacy;
	bool has_flush;
	bool has_wce;
	unsigned int nr_queues;
	unsigned int nr_poll;
	unsigned int depth;
	u16 interrupt_batch;
	unsigned int min_ring;
	unsigned int ring_size;
	u32 table_off;
	u32 ranges_off;
	u32 tag_size;

	struct virtio_device *vdev;
	struct gendisk *disk;
	struct blk_mq_tag_set set;
	struct virtio_mq_mem mem;
	struct vblk_limits limits;
	struct mutex lock;	/* see above */
	bool failed;
	bool writeback;
	bool wanted;
	struct work_struct config_work;
	struct work_struct zone_work;
	struct mutex zone_lock;		/* see above */
	bool leaving;
	struct work_struct fail_work;
	struct mutex cache_lock;	/* see above */
	bool held;
	int index;
};

/* Where a request's command is: tags are per hardware queue. */
static inline struct vblk_cmd *vblk_rq_cmd(const struct request *rq)
{
	struct vblk_queue *q = rq->mq_hctx->driver_data;

	return &q->cmds[rq->tag];
}

static inline struct vblk_range *vblk_cmd_ranges(struct vblk *vblk,
						 struct vblk_cmd *cmd)
{
	return (void *)cmd->blk + vblk->ranges_off;
}

/* config.c */
int vblk_config_read(struct virtio_device *vdev, struct vblk_limits *lim);
int vblk_config_capacity(struct vblk *vblk, u64 *capacity);
int vblk_config_set_writeback(struct vblk *vblk, bool on, bool *now);
int vblk_config_validate(struct virtio_device *vdev);
void vblk_limits_apply(struct vblk *vblk);

/* queue.c */
extern unsigned int vblk_param_queues;
extern unsigned int vblk_param_poll;
extern unsigned int vblk_param_depth;
int vblk_queues_alloc(struct vblk *vblk);
int vblk_queues_find(struct vblk *vblk);
void vblk_queues_moderate(struct vblk *vblk);
void vblk_queues_up(struct vblk *vblk, bool up);
bool vblk_queues_broken(struct vblk *vblk);
void vblk_queues_delete(struct vblk *vblk);
void vblk_map_queues(struct blk_mq_tag_set *set);

/* tags.c */
int vblk_tags_alloc(struct vblk *vblk);
int vblk_tags_init_tables(struct vblk *vblk);
void vblk_tags_free(struct vblk *vblk);
bool vblk_tags_try_tables(struct vblk_queue *q);

/* xfer_table.c, xfer_sg.c: a prepared request to the ring, in two ways */
blk_status_t vblk_table_build(struct vblk_queue *q, struct vblk_cmd *cmd);
void vblk_table_init(struct vblk_cmd *cmd);
void vblk_table_finish(struct vblk_queue *q, struct vblk_cmd *cmd);
blk_status_t vblk_sg_build(struct vblk_queue *q, struct vblk_cmd *cmd);
int vblk_sg_add(struct vblk_queue *q, struct vblk_cmd *cmd);

/* Describe @cmd's request for the ring; no lock. */
static inline blk_status_t vblk_xfer_build(struct vblk_queue *q,
					   struct vblk_cmd *cmd)
{
	if (likely(q->use_table))
		return vblk_table_build(q, cmd);
	return vblk_sg_build(q, cmd);
}

/* Give the described request to the ring; the queue's lock is held. */
static inline int vblk_xfer_add(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	if (likely(q->use_table))
		return virtqueue_add_table(q->vq, &cmd->table, cmd);
	return vblk_sg_add(q, cmd);
}

/* The ring no longer has the request, or never got it; no lock. */
static inline void vblk_xfer_finish(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	if (cmd->nr_maps)
		vblk_table_finish(q, cmd);
}

/* request.c */
blk_status_t vblk_cmd_prepare(struct vblk_queue *q, struct request *rq);

/* submit.c */
extern const struct blk_mq_ops vblk_mq_ops;

/* complete.c */
void vblk_vq_done(struct virtqueue *vq);
void vblk_complete_rq(struct request *rq);
int vblk_poll(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *iob);
void vblk_queue_harvest(struct vblk_queue *q);
struct vblk_cmd *vblk_queue_take_all(struct vblk_queue *q);

/* recover.c */
extern struct workqueue_struct *vblk_wq;
extern const struct virtio_recovery_ops vblk_recovery;
enum blk_eh_timer_return vblk_timeout(struct request *rq);
void vblk_stop(struct virtio_device *vdev);
void vblk_reclaim(struct virtio_device *vdev);
int vblk_restart(struct virtio_device *vdev);
void vblk_dead(struct virtio_device *vdev, enum virtio_failure why);
void vblk_fail(struct vblk *vblk);
void vblk_fail_work(struct work_struct *work);
void vblk_report(struct vblk *vblk, enum virtio_failure why);
void vblk_config_work(struct work_struct *work);

/* pm.c */
int vblk_restore_queues(struct vblk *vblk);
#ifdef CONFIG_PM
int vblk_freeze(struct virtio_device *vdev);
int vblk_restore(struct virtio_device *vdev);
#endif

/* resize.c */
int vblk_ring_size(struct vblk *vblk, unsigned int *size);
int vblk_ring_resize(struct vblk *vblk, unsigned int size);
int vblk_ring_restore(struct vblk *vblk);

/* own.c */
int vblk_own_request(struct vblk *vblk, u32 type, u64 sector, void *buf,
		     unsigned int len);

static inline struct vblk_pdu *vblk_rq_pdu(const struct request *rq)
{
	return blk_mq_rq_to_pdu((struct request *)rq);
}

/* Sequential zones, which only a kernel that knows them negotiates. */
static inline bool vblk_is_zoned(const struct vblk *vblk)
{
	return vblk->limits.zone_model != VIRTIO_BLK_Z_NONE;
}

/* zoned.c */
#ifdef CONFIG_BLK_DEV_ZONED
int vblk_zoned_check(struct virtio_device *vdev, const union vblk_config *raw,
		     struct vblk_limits *lim);
void vblk_zoned_apply(struct vblk *vblk);
int vblk_zoned_revalidate(struct vblk *vblk);
void vblk_zone_work(struct work_struct *work);
void vblk_zones_stop(struct vblk *vblk);
int vblk_report_zones(struct gendisk *disk, sector_t sector,
		      unsigned int nr_zones, report_zones_cb cb, void *data);
blk_status_t vblk_zone_appended(struct vblk_queue *q, struct vblk_cmd *cmd);
blk_status_t vblk_zone_result(u8 status);
#else
static inline int vblk_zoned_check(struct virtio_device *vdev,
				   const union vblk_config *raw,
				   struct vblk_limits *lim)
{
	return 0;
}

static inline void vblk_zoned_apply(struct vblk *vblk)
{
}

static inline int vblk_zoned_revalidate(struct vblk *vblk)
{
	return 0;
}

static inline void vblk_zone_work(struct work_struct *work)
{
}

static inline void vblk_zones_stop(struct vblk *vblk)
{
}

static inline blk_status_t vblk_zone_appended(struct vblk_queue *q,
					      struct vblk_cmd *cmd)
{
	return BLK_STS_IOERR;
}

static inline blk_status_t vblk_zone_result(u8 status)
{
	return BLK_STS_OK;
}
#endif

/* sysfs.c */
extern const struct attribute_group *vblk_attr_groups[];

#endif /* _VBLK_H */
