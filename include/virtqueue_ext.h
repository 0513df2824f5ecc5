/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What this project's ring offers beside the kernel's virtqueue API
 *
 * A driver that owns DMA-able memory per request (a tag of blk-mq, a slot of
 * a transmit ring) can write the descriptors of a request straight into a
 * table in that memory, outside of any queue lock, and then hand the finished
 * table to the queue with one call.  Nothing is allocated, no scatterlist is
 * built, and each segment is looked at once.
 *
 * Recipe::
 *
 *	if (virtqueue_ext_available() &&
 *	    !virtqueue_table_init(vq, &t, mem, mem_dma, entries)) {
 *		virtqueue_table_begin(&t);
 *		virtqueue_table_out(&t, hdr_dma, sizeof(hdr));
 *		virtqueue_table_in(&t, data_dma, data_len);
 *		virtqueue_table_in(&t, status_dma, 1);
 *
 *		spin_lock(&lock);
 *		err = virtqueue_add_table(vq, &t, request);
 *		kick = last && virtqueue_kick_prepare(vq);
 *		spin_unlock(&lock);
 *		if (kick)
 *			virtqueue_notify(vq);
 *	}
 *
 * The buffer comes back through virtqueue_get_buf() like any other.  All
 * device-readable entries come before all device-writable ones (VIRTIO 1.4,
 * 2.7.4.2).  Whether the device is given the table itself (one indirect
 * descriptor) or a chain of ring descriptors that says the same is the
 * queue's business.
 *
 * Beside that: virtqueue_ext_add_one() takes a buffer of one segment by its
 * address, virtqueue_ext_get_batch() takes several used buffers in one call,
 * virtqueue_ext_stats() reads the queue's counters, virtqueue_ext_strict() makes
 * it less patient with its device, and virtqueue_ext_moderate() more patient
 * with its interrupts.
 *
 * A driver built with this header still loads on the kernel's own
 * virtio_ring.ko: the symbols are weak there, virtqueue_ext_available() is
 * false, and the driver uses virtqueue_add_sgs() instead.
 */
#ifndef _VIRTQUEUE_EXT_H
#define _VIRTQUEUE_EXT_H

#include <linux/align.h>
#include <linux/cache.h>
#include <linux/slab.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <uapi/linux/virtio_ring.h>

/* The ring's own files define the symbols; everybody else may miss them. */
#ifdef VIRTQUEUE_EXT_PROVIDER
#define VIRTQUEUE_EXT_WEAK
#else
#define VIRTQUEUE_EXT_WEAK __weak
#endif

/* What the device writes shares no cache line with anything else (DMA API). */
#define VIRTQUEUE_DMA_ALIGN	ALIGN(SMP_CACHE_BYTES, ARCH_KMALLOC_MINALIGN)

/**
 * struct virtqueue_table - descriptors of one request, in the driver's memory
 * @desc: CPU address of the entries (16 bytes each); links are written once,
 *	by virtqueue_table_init()
 * @packed_desc: the same entries as the packed layout has them, without links
 * @addr: address by which the device finds @desc
 * @in_bytes: bytes that the device may write, summed over the entries
 * @out_bytes: bytes that the device reads, summed over the entries
 * @max: entries that @desc has room for
 * @num: entries filled since virtqueue_table_begin()
 * @out_num: how many of them are device-readable
 * @packed: entries are those of the packed layout (VIRTIO 1.4, 2.8.8)
 * @little_endian: byte order of the entries (false only for a legacy device
 *	on a big-endian guest)
 *
 * Private to its request: no lock.  Only @desc is memory that the device can
 * reach; no field of this struct may be placed in such memory.
 */
struct virtqueue_table {
	union {
		struct vring_desc *desc;
		struct vring_packed_desc *packed_desc;
	};
	dma_addr_t addr;
	u64 in_bytes;
	u64 out_bytes;
	u16 max;
	u16 num;
	u16 out_num;
	bool packed;
	bool little_endian;
};

/**
 * enum virtqueue_error - what a device can do wrong
 * @VQ_ERR_INDEX: split: a used idx beyond what is outstanding, or backwards
 * @VQ_ERR_ID: a used id that no buffer of the queue could have
 * @VQ_ERR_STALE: a used id that is not outstanding: never was, or completed
 *	twice
 * @VQ_ERR_ORDER: an in-order batch that reaches beyond the used idx
 * @VQ_ERR_LEN: a used length above what the device could write; clamped
 * @VQ_ERR_NOTIFY: the notification failed
 * @VQ_ERR_RESET: the queue could not be enabled after a reset
 * @VIRTQUEUE_ERRORS: how many there are
 *
 * All but VQ_ERR_LEN break the queue; that one does on a strict queue.
 */
enum virtqueue_error {
	VQ_ERR_INDEX,
	VQ_ERR_ID,
	VQ_ERR_STALE,
	VQ_ERR_ORDER,
	VQ_ERR_LEN,
	VQ_ERR_NOTIFY,
	VQ_ERR_RESET,
	VIRTQUEUE_ERRORS
};

/**
 * struct virtqueue_stats - counters of a queue since it was created
 * @added: buffers given to the device
 * @used: buffers taken back as used
 * @out_bytes: bytes given to the device to read
 * @in_bytes: bytes that the device said it wrote
 * @notified: notifications that were due
 * @suppressed: decisions about a notification that the device did not want
 * @interrupts: times that the queue's interrupt handler ran
 * @empty_interrupts: times that it found nothing to do
 * @full: buffers that found no room
 * @indirect: buffers given as an indirect table
 * @errors: what the device did wrong, by &enum virtqueue_error
 */
struct virtqueue_stats {
	u64 added;
	u64 used;
	u64 out_bytes;
	u64 in_bytes;
	u64 notified;
	u64 suppressed;
	u64 interrupts;
	u64 empty_interrupts;
	u64 full;
	u64 indirect;
	u64 errors[VIRTQUEUE_ERRORS];
};

/**
 * struct virtqueue_used - a used buffer
 * @data: its token
 * @len: bytes that the device wrote; never more than the buffer can hold
 */
struct virtqueue_used {
	void *data;
	u32 len;
};

/**
 * virtqueue_ext_dma_dev - the device to map buffers for
 * @vq: the queue
 *
 * A driver that fills a &struct virtqueue_table puts addresses there that the
 * device understands.  Context: any.
 *
 * Return: the device for the DMA API when the queue's device is behind it
 * (VIRTIO_F_ACCESS_PLATFORM, VIRTIO 1.4, 6.1), or NULL when the device takes
 * guest-physical addresses as they are.
 */
struct device *virtqueue_ext_dma_dev(struct virtqueue *vq) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_table_init - make a table ready to be filled
 * @vq: the queue that it will be added to, or another of the same device
 * @t: the table
 * @mem: 16-byte aligned memory for @max entries, coherent for the device
 *	returned by virtqueue_ext_dma_dev() if there is one
 * @addr: address of @mem for the device
 * @max: number of entries, at least 1
 *
 * Writes the links between the entries, once for the life of the table.
 * Call it again after the queue was re-created (restore, reset).
 * Context: any.
 *
 * Return: 0, or -EINVAL for arguments out of range.
 */
int virtqueue_table_init(struct virtqueue *vq, struct virtqueue_table *t,
			 void *mem, dma_addr_t addr,
			 u16 max) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_add_table - expose a filled table to the device
 * @vq: the queue
 * @t: the table; it and its memory belong to the queue until the buffer comes
 *	back from virtqueue_get_buf() or virtqueue_detach_unused_buf()
 * @data: the token, not NULL
 *
 * The buffer becomes visible to the device with the next
 * virtqueue_kick_prepare() or virtqueue_kick(): one publication for all that
 * was added since the last.  The caller serialises all operations on @vq.
 * Context: any.
 *
 * Return: 0, -ENOSPC when the ring has no room now, -EINVAL when @t holds no
 * entries, more than the queue has (VIRTIO 1.4, 2.7.5.3.1) or 4 GiB (2.7.5.2),
 * -EIO when the queue is broken.
 */
int virtqueue_add_table(struct virtqueue *vq, struct virtqueue_table *t,
			void *data) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_add_one - expose a buffer of one segment
 * @vq: the queue
 * @addr: its address for the device, as virtqueue_ext_dma_dev() says; the
 *	caller maps and unmaps it
 * @len: bytes, not 0
 * @in: the device writes it; else the device reads it
 * @data: the token, not NULL
 *
 * As virtqueue_add_table() with one entry, without a table: the descriptor
 * stands in the ring.  The caller serialises all operations on @vq.
 * Context: any.
 *
 * Return: 0, -ENOSPC when the ring has no room now, -EIO when the queue is
 * broken.
 */
int virtqueue_ext_add_one(struct virtqueue *vq, dma_addr_t addr, u32 len,
			  bool in, void *data) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_get_batch - take several used buffers
 * @vq: the queue
 * @used: where they go, oldest first
 * @max: how many @used has room for
 *
 * The same as so many calls of virtqueue_get_buf().  The caller serialises
 * all operations on @vq.  Context: any.
 *
 * Return: how many were taken; fewer than @max when no more are used or the
 * queue is broken.
 */
unsigned int virtqueue_ext_get_batch(struct virtqueue *vq,
				     struct virtqueue_used *used,
				     unsigned int max) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_stats - read the counters of a queue
 * @vq: the queue
 * @stats: the result
 *
 * Locking: none needed; what is counted meanwhile may be in or not.
 * Context: any.
 */
void virtqueue_ext_stats(struct virtqueue *vq,
			 struct virtqueue_stats *stats) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_strict - what happens on a used length that cannot be
 * @vq: the queue
 * @strict: break the queue; otherwise clamp the length and count it
 *
 * Context: any.
 */
void virtqueue_ext_strict(struct virtqueue *vq, bool strict) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_moderate - how many used buffers an interrupt may wait for
 * @vq: the queue
 * @most: at most that many; 0, as a new queue has it: the first one interrupts
 *
 * With VIRTIO_F_EVENT_IDX (VIRTIO 1.4, 2.7.10, 2.8.10), when the driver took
 * all used buffers with its callbacks enabled, the next interrupt is asked for
 * behind a quarter of the buffers that the device then has, and behind @most.
 * So the last one outstanding always interrupts, whatever @most is, and a
 * queue with fewer than four never waits.  virtqueue_enable_cb() asks for the
 * next used buffer all the same.  Without the feature this does nothing.
 * Context: any; a change holds from the next interrupt on.
 */
void virtqueue_ext_moderate(struct virtqueue *vq, u16 most) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_notification_data - what a notification with data says
 * @vq: the queue
 *
 * For transports, when VIRTIO_F_NOTIFICATION_DATA was negotiated (VIRTIO 1.4,
 * 2.9): number of the queue, and where the next available descriptor (packed)
 * or available ring entry (split) will stand.  Context: the transport's
 * doorbell, which needs no lock: another buffer may be exposed meanwhile, with
 * a notification of its own.
 *
 * Return: the value, in the CPU's byte order.
 */
u32 virtqueue_ext_notification_data(struct virtqueue *vq) VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_watch - be told when a device breaks a queue
 * @broken: to be called, in any context, with the queue's lock held; NULL for
 *	nobody
 *
 * For the bus, from load to unload.
 */
void virtqueue_ext_watch(void (*broken)(struct virtqueue *vq))
			 VIRTQUEUE_EXT_WEAK;

/**
 * virtqueue_ext_has - is a function of this header there?
 * @function: its name
 *
 * The loader puts its address, or 0, into memory.  As the operand of an
 * instruction the address of a weak symbol would come from a global offset
 * table on some processors (arm64), and modules have none.
 *
 * Return: false where the symbol was not resolved.
 */
#define virtqueue_ext_has(function)					\
({									\
	static const void * const __address = (function);		\
	!!READ_ONCE(__address);						\
})

/**
 * virtqueue_ext_available - does the loaded virtio_ring.ko have this API?
 *
 * Constant from load to unload: ask once, at probe.
 *
 * Return: true on this project's ring, false on the kernel's own.
 */
static inline bool virtqueue_ext_available(void)
{
#ifdef VIRTQUEUE_EXT_PROVIDER
	return true;
#else
	return virtqueue_ext_has(virtqueue_add_table);
#endif
}

/**
 * virtqueue_table_begin - forget what the table held
 * @t: the table, not owned by the queue
 */
static inline void virtqueue_table_begin(struct virtqueue_table *t)
{
	t->num = 0;
	t->out_num = 0;
	t->in_bytes = 0;
	t->out_bytes = 0;
}

/**
 * virtqueue_table_keep_out - forget all but the first entries
 * @t: the table, not owned by the queue
 * @num: entries that stay as they were written once; the device reads them,
 *	and others were behind them whenever the table was added
 * @bytes: their bytes
 *
 * For what is the same in each request.
 */
static inline void virtqueue_table_keep_out(struct virtqueue_table *t, u16 num,
					    u32 bytes)
{
	t->num = num;
	t->out_num = num;
	t->in_bytes = 0;
	t->out_bytes = bytes;
}

/*
 * Entry @t->num.  Split: the link behind it is always set, and the queue ends
 * the chain.  Packed: no flag but WRITE is allowed (VIRTIO 1.4, 2.8.19.1).
 */
static inline void __virtqueue_table_put(struct virtqueue_table *t,
					 dma_addr_t addr, u32 len, u16 flags)
{
	bool le = virtio_legacy_is_little_endian() || t->little_endian;
	struct vring_desc *d = &t->desc[t->num];

	d->addr = __cpu_to_virtio64(le, addr);
	d->len = __cpu_to_virtio32(le, len);
	if (t->packed)
		t->packed_desc[t->num].flags = cpu_to_le16(flags);
	else
		d->flags = __cpu_to_virtio16(le, flags | VRING_DESC_F_NEXT);
	t->num++;
}

/**
 * virtqueue_table_out - append a segment that the device reads
 * @t: a table with room left (@t->num < @t->max: the caller's to see to)
 * @addr: address for the device
 * @len: bytes, not 0
 *
 * All device-readable segments come before the first device-writable one.
 */
static inline void virtqueue_table_out(struct virtqueue_table *t,
				       dma_addr_t addr, u32 len)
{
	t->out_num++;
	t->out_bytes += len;
	__virtqueue_table_put(t, addr, len, 0);
}

/**
 * virtqueue_table_in - append a segment that the device writes
 * @t: a table with room left (@t->num < @t->max: the caller's to see to)
 * @addr: address for the device
 * @len: bytes, not 0
 */
static inline void virtqueue_table_in(struct virtqueue_table *t,
				      dma_addr_t addr, u32 len)
{
	t->in_bytes += len;
	__virtqueue_table_put(t, addr, len, VRING_DESC_F_WRITE);
}

#endif /* _VIRTQUEUE_EXT_H */
