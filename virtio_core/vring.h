/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A virtqueue from the inside
 *
 * Private to virtio_ring.ko.  Drivers and transports see &struct virtqueue
 * and the API around it; this header shows what stands behind.
 *
 * Who does what::
 *
 *	virtqueue.c      the exported API: argument checks, break, interrupt
 *	vring_split.c    the split layout: descriptors, available and used ring
 *	vring_dma.c      how a buffer gets the address that the device uses
 *	vring_create.c   allocation, layout, resize and freeing of a queue
 *
 * Life of a buffer::
 *
 *	add        descriptors written, head noted in the available ring,
 *	           slot filled; the device cannot see any of it yet
 *	publish    available idx moves over all that was added (kick_prepare)
 *	used       the device returned the head; idx of the used ring says so
 *	get        head checked against the slot, slot freed, token returned
 *
 * Trust.  The device may write the used ring at any time, and, being what it
 * is, every other part of the ring memory as well.  So nothing is ever read
 * back from the descriptor table, an indirect table or the available ring:
 * what is needed to bound and to free a chain stands in &struct vring_slot,
 * in memory that the device is never told of.  The used ring is read once
 * per value into a local variable, checked, then used.
 *
 * Locking.  None in here.  The caller serialises all operations on one queue;
 * vring_interrupt() and the break functions may run at the same time as any
 * of them, which is why @broken is accessed with READ_ONCE()/WRITE_ONCE().
 */
#ifndef _VIRTIO_CORE_VRING_H
#define _VIRTIO_CORE_VRING_H

#include <linux/kmsan.h>
#include <linux/virtio.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_config.h>

#define VIRTQUEUE_EXT_PROVIDER
#include <virtqueue_ext.h>

/* No link: ends the free list. */
#define VRING_NO_LINK		U16_MAX

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
 * @last: index of the last of them: where freeing splices the chain back
 * @next: link to the next descriptor, of the chain or of the free list
 * @num_maps: entries of the queue's own table with a DMA mapping to undo
 *
 * All but @next is valid only in the slot of a chain's head.
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
 * @desc: CPU address of its entries, links written at creation
 * @addr: address of @desc for the device
 */
struct vring_table {
	struct vring_desc *desc;
	dma_addr_t addr;
};

/**
 * struct vring_map - a DMA mapping to undo
 * @addr: what dma_map_page() returned
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
 * @vring: the three parts of the ring, in memory shared with the device
 * @dma: address of @vring's memory for the device
 * @bytes: size of @vring's memory
 * @owned: @vring's memory is ours to free
 * @slots: @vring.num slots
 * @tables: one table per slot, or NULL when indirect tables are not used
 * @table_max: entries of each table
 * @maps: a mapping per ring descriptor; NULL without the DMA API
 * @table_maps: @table_max mappings per slot; NULL without tables or DMA API
 */
struct vring_mem {
	struct vring vring;
	dma_addr_t dma;
	size_t bytes;
	bool owned;
	struct vring_slot *slots;
	struct vring_table *tables;
	u16 table_max;
	struct vring_map *maps;
	struct vring_map *table_maps;
};

/**
 * struct vring_virtqueue - a virtqueue
 * @vq: the part that drivers and transports see
 * @mem: the ring and everything sized with it
 * @notify: the transport's doorbell
 * @align: alignment of the used ring in the legacy layout, bytes
 * @weak_barriers: the device is a CPU of this machine: SMP barriers do
 * @little_endian: byte order of the ring (VIRTIO 1.4, 2.7.3)
 * @event: VIRTIO_F_EVENT_IDX was negotiated
 * @indirect: VIRTIO_F_INDIRECT_DESC was negotiated
 * @use_dma: buffers go through the DMA API
 * @premapped: buffers come with their DMA addresses
 * @broken: nothing more will be sent or received
 * @added: chains ever added; its low 16 bits are the available idx to be
 * @published: chains ever exposed; its low 16 bits are the available idx as
 *	the device sees it
 * @free_head: first free descriptor
 * @kicked: available idx at the last decision about a notification
 * @last_used: used idx up to which the driver has taken buffers
 * @used_seen: used idx when it was last read: a checked bound
 * @used_event: used_event as the device sees it
 * @avail_flags: flags of the available ring as the device sees it
 * @cb_enabled: the driver wants to be told of used buffers
 * @event_passed: an interrupt came since @used_event was written, so that
 *	the device has no reason for another one; a hint, may be stale
 * @scan: where virtqueue_detach_unused_buf() goes on
 *
 * Three groups by who writes them, each on cache lines of its own: set at
 * creation; the side that adds; the side that takes back.
 */
struct vring_virtqueue {
	struct virtqueue vq;

	struct vring_mem mem;
	bool (*notify)(struct virtqueue *vq);
	unsigned int align;
	bool weak_barriers;
	bool little_endian;
	bool event;
	bool indirect;
	bool use_dma;
	bool premapped;
	bool broken;

	u64 added ____cacheline_aligned_in_smp;
	u64 published;
	u16 free_head;
	u16 kicked;

	u16 last_used ____cacheline_aligned_in_smp;
	u16 used_seen;
	u16 used_event;
	u16 avail_flags;
	bool cb_enabled;
	bool event_passed;
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

static inline u16 vring16_to_cpu(const struct vring_virtqueue *vr, __virtio16 v)
{
	return __virtio16_to_cpu(vr->little_endian, v);
}

static inline u32 vring32_to_cpu(const struct vring_virtqueue *vr, __virtio32 v)
{
	return __virtio32_to_cpu(vr->little_endian, v);
}

static inline __virtio16 cpu_to_vring16(const struct vring_virtqueue *vr, u16 v)
{
	return __cpu_to_virtio16(vr->little_endian, v);
}

static inline __virtio32 cpu_to_vring32(const struct vring_virtqueue *vr, u32 v)
{
	return __cpu_to_virtio32(vr->little_endian, v);
}

static inline __virtio64 cpu_to_vring64(const struct vring_virtqueue *vr, u64 v)
{
	return __cpu_to_virtio64(vr->little_endian, v);
}

static inline bool vring_broken(const struct vring_virtqueue *vr)
{
	return unlikely(READ_ONCE(vr->broken));
}

/* virtqueue.c */
__printf(2, 3) void vring_break(struct vring_virtqueue *vr, const char *fmt, ...);

/* vring_dma.c */
bool vring_use_dma(struct virtio_device *vdev);
int vring_map_sg_dma(struct vring_virtqueue *vr, struct scatterlist *sg,
		     enum dma_data_direction dir, struct vring_map *map,
		     dma_addr_t *addr);
void vring_unmap(struct vring_virtqueue *vr, struct vring_map *map,
		 unsigned int num);
void *vring_alloc_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
			 dma_addr_t *dma);
void vring_free_shared(struct virtio_device *vdev, bool use_dma, size_t bytes,
		       void *cpu, dma_addr_t dma);

/**
 * vring_map_sg - get the device's address of one segment
 * @vr: the queue
 * @sg: the segment
 * @dir: DMA_TO_DEVICE or DMA_FROM_DEVICE
 * @maps: where mappings are noted; not looked at without the DMA API
 * @i: which of @maps is this segment's
 * @addr: the address
 *
 * Context: that of the caller of the add function.
 *
 * Return: 0, or -ENOMEM when the DMA API has no room.
 */
static __always_inline int vring_map_sg(struct vring_virtqueue *vr,
					struct scatterlist *sg,
					enum dma_data_direction dir,
					struct vring_map *maps, u16 i,
					dma_addr_t *addr)
{
	if (unlikely(vr->use_dma))
		return vring_map_sg_dma(vr, sg, dir, &maps[i], addr);

	kmsan_handle_dma(sg_page(sg), sg->offset, sg->length, dir);
	*addr = sg_phys(sg);
	return 0;
}

/* vring_split.c */
int vring_split_add_one(struct vring_virtqueue *vr, struct scatterlist *sg,
			bool in, void *data, void *ctx);
int vring_split_add(struct vring_virtqueue *vr, struct scatterlist *sgs[],
		    unsigned int out_sgs, unsigned int in_sgs, void *data,
		    void *ctx);
int vring_split_add_table(struct vring_virtqueue *vr, struct virtqueue_table *t,
			  void *data);
void vring_split_init_table(struct vring_desc *desc, unsigned int num,
			    bool little_endian);
bool vring_split_kick_prepare(struct vring_virtqueue *vr);
void *vring_split_get(struct vring_virtqueue *vr, unsigned int *len, void **ctx);
void vring_split_disable_cb(struct vring_virtqueue *vr);
u16 vring_split_enable_cb(struct vring_virtqueue *vr);
bool vring_split_enable_cb_delayed(struct vring_virtqueue *vr);
bool vring_split_poll(struct vring_virtqueue *vr, u16 last_used);
bool vring_split_interrupt(struct vring_virtqueue *vr);
void *vring_split_detach_unused(struct vring_virtqueue *vr);
void vring_split_reset(struct vring_virtqueue *vr);

/* vring_create.c */
int vring_mem_alloc(struct vring_virtqueue *vr, struct vring_mem *mem,
		    unsigned int num);
void vring_mem_free(struct vring_virtqueue *vr, struct vring_mem *mem);

#endif /* _VIRTIO_CORE_VRING_H */
