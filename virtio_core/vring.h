/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A virtqueue from the inside
 *
 * Private to virtio_ring.ko.  Drivers and transports see &struct virtqueue
 * and the API around it; this header shows what stands behind.
 *
 * Who does what::
 *
 *	virtqueue.c      the exported API: argument checks, choice of the layout
 *	vring_split.*    the split layout: descriptors, available and used ring
 *	vring_packed.*   the packed layout: one ring of descriptors
 *	                 (each: what runs per buffer in the .h, the rest in .c)
 *	vring_chain.[hc] what both note of a chain that the device has
 *	vring_dma.c      how a buffer gets the address that the device uses
 *	vring_create.c   allocation, resize and freeing of a queue
 *	vring_break.c    what happens when a device breaks the rules
 *	vring_debugfs.c  the counters of each queue, for people to read
 *	vring_main.c     loading and unloading
 *	vring_trace.h    tracepoints
 *
 * Life of a buffer::
 *
 *	add        descriptors written, slot filled; split: the device cannot
 *	           see any of it yet
 *	publish    split: available idx moves over all that was added
 *	           (kick_prepare); packed: part of add
 *	used       the device returned the buffer and says so in the ring
 *	get        its id checked against the slot, slot freed, token returned
 *
 * Trust.  The device may write the used ring at any time, and, being what it
 * is, every other part of the ring memory as well.  So nothing is ever read
 * back from a descriptor, an indirect table or the available ring: what is
 * needed to bound and to free a chain stands in &struct vring_slot, in memory
 * that the device is never told of.  What the device has to say is read once
 * per value into a local variable, checked, then used.
 *
 * Locking.  None in here.  The caller serialises all operations on one queue;
 * vring_interrupt(), the break functions and virtqueue_disable_cb() (which
 * drivers call from their callback) may run at the same time as any of them,
 * which is why what they touch is accessed with READ_ONCE()/WRITE_ONCE().
 */
#ifndef _VIRTIO_CORE_VRING_H
#define _VIRTIO_CORE_VRING_H

#include <linux/kmsan.h>
#include <linux/virtio.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_config.h>
#include <linux/workqueue.h>

#define VIRTQUEUE_EXT_PROVIDER
#include <virtqueue_ext.h>

/*
 * Entries of an indirect table that lives with the queue, and how much memory
 * the tables of one queue may take: a longer request is sent as a chain of
 * ring descriptors instead.
 */
#define VRING_TABLE_ENTRIES	20U
#define VRING_TABLES_BYTES	SZ_512K

/**
 * struct vring_slot - what the driver side knows of one descriptor
 * @data: the token of the chain that starts here; NULL when none does
 * @ctx: the driver's context of that chain
 * @pos: how many chains had been added to the queue before this one
 * @in_bytes: bytes of the chain that the device may write
 * @num: ring descriptors of the chain
 * @last: slot of the last of them: where freeing splices the chain back
 * @next: link to the next slot, of the chain or of the free list
 * @num_maps: entries of the queue's own table with a DMA mapping to undo
 *
 * All but @next is valid only in the slot of a chain's head.  The number of
 * that slot is what the device returns: in the split layout it is the number
 * of the chain's first descriptor, in the packed layout its Buffer ID.
 */
struct vring_slot {
	void *data;
	void *ctx;
	u64 pos;
	u32 in_bytes;
	u16 num;
	u16 last;
	u16 next;
	u16 num_maps;
};

/**
 * struct vring_table - an indirect table that lives with the queue
 * @desc: CPU address of its entries; split: links written at creation
 * @addr: address of @desc for the device
 */
struct vring_table {
	void *desc;
	dma_addr_t addr;
};

/**
 * struct vring_map - a DMA mapping to undo
 * @addr: address for the device
 * @len: bytes
 * @dir: direction; DMA_NONE when there is nothing to undo
 */
struct vring_map {
	dma_addr_t addr;
	u32 len;
	enum dma_data_direction dir;
};

/**
 * struct vring_mem - all memory of one ring, exchanged as a whole on resize
 * @num: queue size
 * @mask: split: @num - 1
 * @vring: split: the three parts of the ring, in memory shared with the device
 * @used_event: split: where the driver says when it wants an interrupt
 * @avail_event: split: where the device says when it wants a notification
 * @ring: packed: the descriptor ring
 * @driver: packed: Driver Event Suppression
 * @device: packed: Device Event Suppression
 * @start: CPU address of the memory shared with the device
 * @dma: address of @start for the device
 * @bytes: size of that memory
 * @owned: that memory is ours to free
 * @slots: @num slots
 * @tables: one table per slot, or NULL when indirect tables are not used
 * @plain_tables: @tables, but NULL with the DMA API
 * @table_max: entries of each table
 * @maps: a mapping per slot; NULL without the DMA API
 * @table_maps: @table_max mappings per slot; NULL without tables or DMA API
 */
struct vring_mem {
	unsigned int num;
	u32 mask;
	struct vring vring;
	__virtio16 *used_event;
	__virtio16 *avail_event;
	struct vring_packed_desc *ring;
	struct vring_packed_desc_event *driver;
	struct vring_packed_desc_event *device;
	void *start;
	dma_addr_t dma;
	size_t bytes;
	bool owned;
	struct vring_slot *slots;
	struct vring_table *tables;
	struct vring_table *plain_tables;
	u16 table_max;
	struct vring_map *maps;
	struct vring_map *table_maps;
};

/**
 * struct vring_split - what only the split layout needs
 * @published: chains ever exposed; its low 16 bits are the available idx as
 *	the device sees it
 * @kicked: chains added at the last decision about a notification
 * @used_seen: used idx when it was last read: a checked bound
 */
struct vring_split {
	u64 published;
	u64 kicked;
	u16 used_seen;
};

/**
 * struct vring_packed - what only the packed layout needs
 * @avail: where the next descriptor goes
 * @avail_flags: AVAIL and USED bits of descriptors written in this lap
 * @used: where the device writes its next used descriptor
 * @unkicked: descriptors written since the last decision about a notification
 * @told: @avail at that decision
 * @event_flags: Driver Event Flags as the device sees them
 *
 * @avail and @used are offset and wrap counter as the event suppression
 * structures have them: 15 bits and one.
 */
struct vring_packed {
	u16 avail;
	u16 avail_flags;
	u16 used;
	u16 event_flags;
	u16 told;
	u32 unkicked;
};

/**
 * enum vring_say - what there is to be said of a queue
 * @VRING_HAS_REASON: @reason was written: once, by the first who got here
 * @VRING_SAY_BROKEN: @reason has to be printed
 * @VRING_SAY_MISFIT: a buffer was refused that no ring of this size can take
 */
enum vring_say {
	VRING_HAS_REASON,
	VRING_SAY_BROKEN,
	VRING_SAY_MISFIT,
};

/**
 * enum vring_mode - which way adding and taking go
 * @VRING_SPLIT: split layout, neither broken nor special
 * @VRING_PACKED: packed layout, neither broken nor special
 * @VRING_SLOW: broken, or with the DMA API, or in order: ask further
 */
enum vring_mode {
	VRING_SPLIT,
	VRING_PACKED,
	VRING_SLOW,
};

/**
 * struct vring_virtqueue - a virtqueue
 * @vq: the part that drivers and transports see
 * @mem: the ring and everything sized with it
 * @notify: the transport's doorbell
 * @align: alignment of the used ring in the legacy layout, bytes
 * @mode: an &enum vring_mode, from @broken, @plain and @is_packed
 * @is_packed: VIRTIO_F_RING_PACKED was negotiated
 * @in_order: VIRTIO_F_IN_ORDER was negotiated
 * @weak_barriers: the device is a CPU of this machine: SMP barriers do
 * @little_endian: byte order of the ring (VIRTIO 1.4, 2.7.3)
 * @event: VIRTIO_F_EVENT_IDX was negotiated
 * @indirect: VIRTIO_F_INDIRECT_DESC was negotiated
 * @use_dma: buffers go through the DMA API
 * @plain: neither @use_dma nor @in_order: the usual case
 * @premapped: buffers come with their DMA addresses
 * @strict: a used length that cannot be breaks the queue
 * @patience: used buffers that an interrupt may wait for, 0: none
 * @broken: nothing more will be sent or received
 * @reason: why it is broken, as far as the ring found out
 * @say: bits of &enum vring_say
 * @report: says it
 * @added: chains ever added
 * @free_head: first free slot
 * @split: what only the split layout needs
 * @packed: what only the packed layout needs
 * @out_bytes: bytes that the device was given to read
 * @decided: decisions about a notification: [0] not wanted, [1] due
 * @indirects: chains given to the device as an indirect table
 * @full: chains that found no room
 * @taken: chains ever taken back as used
 * @batch_end: in order: @taken after the batch that the device returned last
 * @batch_len: in order: used length of that batch's last chain
 * @oldest: in order: slot of the oldest chain that was not taken
 * @used_event: used_event, or the offset in Driver Event Suppression, as the
 *	device sees it
 * @cb_enabled: the driver wants to be told of used buffers
 * @event_passed: an interrupt came since the driver last asked for one, so
 *	that the device may have no reason for another; a hint, may be stale
 * @in_bytes: bytes that the device said it wrote, after the check
 * @interrupts: times that vring_interrupt() was called
 * @empty_interrupts: times that it found nothing to do
 * @errors: what the device did wrong, by kind
 * @scan: where virtqueue_detach_unused_buf() goes on
 * @past: counters of this queue's earlier rings
 *
 * Three groups by who writes them, each on cache lines of its own: set at
 * creation; the side that adds; the side that takes back.
 */
struct vring_virtqueue {
	struct virtqueue vq;

	struct vring_mem mem;
	bool (*notify)(struct virtqueue *vq);
	unsigned int align;
	u8 mode;
	bool is_packed;
	bool in_order;
	bool weak_barriers;
	bool little_endian;
	bool event;
	bool indirect;
	bool use_dma;
	bool plain;
	bool premapped;
	bool strict;
	u16 patience;
	bool broken;
	char reason[96];
	unsigned long say;
	struct work_struct report;
	struct virtqueue_stats past;

	u64 added ____cacheline_aligned_in_smp;
	u16 free_head;
	struct vring_split split;
	struct vring_packed packed;
	u64 out_bytes;
	u64 decided[2];
	u64 indirects;
	u64 full;

	u64 taken ____cacheline_aligned_in_smp;
	u64 batch_end;
	u32 batch_len;
	u16 oldest;
	u16 used_event;
	bool cb_enabled;
	bool event_passed;
	u64 in_bytes;
	u64 interrupts;
	u64 empty_interrupts;
	u64 errors[VIRTQUEUE_ERRORS];
	u16 scan;
};

/**
 * to_vring - from the public part to the whole queue
 * @vq: a queue made by vring_create_virtqueue() or vring_new_virtqueue()
 *
 * Return: the queue.
 */
static inline struct vring_virtqueue *to_vring(struct virtqueue *vq)
{
	return container_of(vq, struct vring_virtqueue, vq);
}

/* A constant on a little-endian machine: only a big-endian one has to look. */
static inline bool vring_le(const struct vring_virtqueue *vr)
{
	return virtio_legacy_is_little_endian() || vr->little_endian;
}

static inline u16 vring16_to_cpu(const struct vring_virtqueue *vr, __virtio16 v)
{
	return __virtio16_to_cpu(vring_le(vr), v);
}

static inline u32 vring32_to_cpu(const struct vring_virtqueue *vr, __virtio32 v)
{
	return __virtio32_to_cpu(vring_le(vr), v);
}

static inline __virtio16 cpu_to_vring16(const struct vring_virtqueue *vr, u16 v)
{
	return __cpu_to_virtio16(vring_le(vr), v);
}

static inline __virtio32 cpu_to_vring32(const struct vring_virtqueue *vr, u32 v)
{
	return __cpu_to_virtio32(vring_le(vr), v);
}

static inline __virtio64 cpu_to_vring64(const struct vring_virtqueue *vr, u64 v)
{
	return __cpu_to_virtio64(vring_le(vr), v);
}

static inline bool vring_broken(const struct vring_virtqueue *vr)
{
	return unlikely(READ_ONCE(vr->broken));
}

/**
 * struct vring_chain - a request of more than one segment, on its way in
 * @sgs: lists of segments, those that the device reads first
 * @out_sgs: how many lists the device reads
 * @in_sgs: how many lists the device writes
 * @num: segments counted or written so far
 * @out_bytes: bytes of those that the device reads
 * @in_bytes: bytes of those that the device writes
 */
struct vring_chain {
	struct scatterlist **sgs;
	unsigned int out_sgs;
	unsigned int in_sgs;
	u32 num;
	u64 out_bytes;
	u64 in_bytes;
};

/**
 * vring_set_broken - give a queue up, or use it again
 * @vr: the queue
 * @broken: which of the two
 *
 * Whoever comes last decides, for @vr->mode as well.  Context: any; may run
 * while the queue is in use.
 */
static inline void vring_set_broken(struct vring_virtqueue *vr, bool broken)
{
	WRITE_ONCE(vr->broken, broken);
	do {
		broken = READ_ONCE(vr->broken);
		WRITE_ONCE(vr->mode, broken || !vr->plain ? VRING_SLOW :
				     vr->is_packed ? VRING_PACKED :
						     VRING_SPLIT);
		/*
		 * @mode before another look at @broken.  Partner: the same in
		 * who calls this on another CPU with another answer.
		 */
		smp_mb();
	} while (READ_ONCE(vr->broken) != broken);
}

/* vring_break.c */
__printf(3, 4) void vring_break(struct vring_virtqueue *vr,
				enum virtqueue_error kind, const char *fmt, ...);
int vring_add_failed(struct vring_virtqueue *vr, int err);
void *vring_bad_id(struct vring_virtqueue *vr, u32 id);
void *vring_stale_id(struct vring_virtqueue *vr, u32 id);
void *vring_bad_index(struct vring_virtqueue *vr, u16 idx);
void *vring_bad_order(struct vring_virtqueue *vr, u32 id);
void *vring_bad_len(struct vring_virtqueue *vr, u32 len, u32 max);
void vring_report_init(struct vring_virtqueue *vr);
int vring_trace_added(struct vring_virtqueue *vr, void *data, u16 num,
		      u32 in_bytes);
void *vring_trace_got(struct vring_virtqueue *vr, void *data, u32 len);
bool vring_trace_decided(struct vring_virtqueue *vr, bool due);
void vring_trace_interrupt(struct vring_virtqueue *vr, bool used);

/* vring_chain.c */
int vring_prepare_direct(struct vring_virtqueue *vr, struct vring_chain *c);
void *vring_detach_unused(struct vring_virtqueue *vr);
void vring_reset_slots(struct vring_virtqueue *vr);

/* vring_dma.c */
bool vring_use_dma(struct virtio_device *vdev);
dma_addr_t vring_map_sg_dma(struct vring_virtqueue *vr, struct scatterlist *sg,
			    enum dma_data_direction dir, struct vring_map *map);
void vring_unmap(struct vring_virtqueue *vr, struct vring_map *map,
		 unsigned int num);
int vring_map_chain(struct vring_virtqueue *vr, const struct vring_chain *c);
void vring_unmap_chain(struct vring_virtqueue *vr, u16 head);
void *vring_alloc_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
			 dma_addr_t *dma);
void vring_free_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
		       void *cpu, dma_addr_t dma);

/* vring_split.c */
int vring_split_add_slow(struct vring_virtqueue *vr, struct scatterlist *sg,
			 bool in, void *data, void *ctx);
int vring_split_add_list(struct vring_virtqueue *vr, struct scatterlist *sgs[],
			 unsigned int out_sgs, unsigned int in_sgs, void *data,
			 void *ctx);
int vring_split_add_table(struct vring_virtqueue *vr, struct virtqueue_table *t,
			  void *data);
void vring_split_init_table(struct vring_desc *desc, unsigned int num,
			    bool little_endian);
void vring_split_expose(struct vring_virtqueue *vr);
unsigned int vring_split_get_batch(struct vring_virtqueue *vr,
				   struct virtqueue_used *used,
				   unsigned int max);
void *vring_split_get_slow(struct vring_virtqueue *vr, unsigned int *len,
			   void **ctx);
bool vring_split_enable_cb_delayed(struct vring_virtqueue *vr);
void vring_split_reset(struct vring_virtqueue *vr);

/* vring_packed.c */
int vring_packed_add_slow(struct vring_virtqueue *vr, struct scatterlist *sg,
			  bool in, void *data, void *ctx);
int vring_packed_add_list(struct vring_virtqueue *vr, struct scatterlist *sgs[],
			  unsigned int out_sgs, unsigned int in_sgs, void *data,
			  void *ctx);
int vring_packed_add_table(struct vring_virtqueue *vr,
			   struct virtqueue_table *t, void *data);
void *vring_packed_get_slow(struct vring_virtqueue *vr, unsigned int *len,
			    void **ctx);
bool vring_packed_enable_cb_delayed(struct vring_virtqueue *vr);
void vring_packed_reset(struct vring_virtqueue *vr);

/* vring_create.c */
int vring_mem_alloc(struct vring_virtqueue *vr, struct vring_mem *mem,
		    unsigned int num);
void vring_mem_free(struct vring_virtqueue *vr, struct vring_mem *mem);

/* vring_main.c */
extern struct workqueue_struct *vring_wq;

/* vring_debugfs.c */
#ifdef CONFIG_DEBUG_FS
void vring_debugfs_add(struct vring_virtqueue *vr);
void vring_debugfs_remove(struct vring_virtqueue *vr);
void vring_debugfs_init(void);
void vring_debugfs_exit(void);
#else
static inline void vring_debugfs_add(struct vring_virtqueue *vr) { }
static inline void vring_debugfs_remove(struct vring_virtqueue *vr) { }
static inline void vring_debugfs_init(void) { }
static inline void vring_debugfs_exit(void) { }
#endif

#endif /* _VIRTIO_CORE_VRING_H */
