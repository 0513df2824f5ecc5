/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to vring_bench.ko: a driver side that uses the exported virtqueue
 * API alone, and a device side that knows a ring by its specification alone.
 */
#ifndef _VRING_BENCH_H
#define _VRING_BENCH_H

#include <linux/virtio.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_config.h>

/*
 * Marks: an eight-byte no-op whose displacement says what is meant.  The
 * counting plugin (insn_count.c) finds them as it translates the code; to the
 * guest they are one no-op each, and they are not counted themselves.
 */
#define MARK_START		1	/* count from here on */
#define MARK_STOP		2	/* until here */
#define MARK_ROW_BEGIN		3	/* forget what was counted */
#define MARK_ROW_END		4	/* write down what was counted */
#define MARK_WATCH		5	/* count stores to where the next one goes */
#define MARK_UNWATCH		6	/* forget all such places */

static __always_inline void bench_mark(const int kind)
{
	asm volatile(".byte 0x0f,0x1f,0x84,0x00,%c0,0x00,0x56,0x52"
		     : : "i" (kind) : "memory");
}

struct bench_queue;

/**
 * struct bench_layout - a device for one ring layout
 * @name: the layout's, as rows are called
 * @reset: take a new queue; nothing in it was seen yet
 * @run: use all that is available; number of buffers used
 * @interrupt: is an interrupt due for what the last @run used?
 * @watch: mark each word that the driver writes to ask for interrupts
 */
struct bench_layout {
	const char *name;
	void (*reset)(struct bench_queue *q);
	unsigned int (*run)(struct bench_queue *q);
	bool (*interrupt)(struct bench_queue *q);
	void (*watch)(struct bench_queue *q);
};

extern const struct bench_layout bench_split, bench_packed;

/**
 * struct bench_queue - a virtqueue and the device behind it
 * @vq: the queue
 * @layout: the device's code
 * @num: descriptors
 * @event: VIRTIO_F_EVENT_IDX was negotiated
 * @in_order: VIRTIO_F_IN_ORDER was: one used element for all that a run uses
 * @desc: descriptor area
 * @driver: driver area
 * @device: device area
 * @avail: next position that the driver makes available
 * @used: next position that the device uses
 * @avail_wrap: the device's wrap counter for @avail (packed)
 * @used_wrap: the device's wrap counter for @used (packed)
 * @used_before: @used before the last run
 * @segments: how many segments each buffer must have
 * @out_bytes: bytes of each buffer for the device to read
 * @in_bytes: bytes of each buffer for the device to write
 * @notified: calls of the doorbell
 * @interrupts: interrupts raised
 * @got: buffers that the driver got back
 * @error: what went wrong first, or NULL
 */
struct bench_queue {
	struct virtqueue *vq;
	const struct bench_layout *layout;
	unsigned int num;
	bool event;
	bool in_order;

	void *desc;
	void *driver;
	void *device;
	u16 avail;
	u16 used;
	bool avail_wrap;
	bool used_wrap;
	u16 used_before;

	unsigned int segments;
	u64 out_bytes;
	u64 in_bytes;

	u64 notified;
	u64 interrupts;
	u64 got;
	const char *error;
};

/* Note the first thing that went wrong. */
static inline void bench_error(struct bench_queue *q, const char *what)
{
	if (!q->error)
		q->error = what;
}

/* Tell the plugin of a word to watch; its content stays. */
static inline void bench_watch_word(u16 *word)
{
	u16 value = READ_ONCE(*word);

	bench_mark(MARK_WATCH);
	WRITE_ONCE(*word, value);
}

/**
 * struct bench_sum - what the device found in a buffer
 * @segments: segments
 * @out_bytes: bytes to read
 * @in_bytes: bytes to write
 */
struct bench_sum {
	unsigned int segments;
	u64 out_bytes;
	u64 in_bytes;
};

/* One more segment: those to read come first (2.7.4.2, 2.8.6). */
static inline void bench_segment(struct bench_queue *q, struct bench_sum *sum,
				 u32 len, bool write)
{
	sum->segments++;
	if (write)
		sum->in_bytes += len;
	else
		sum->out_bytes += len;
	if (!write && sum->in_bytes)
		bench_error(q, "a segment to read behind one to write");
}

/* Is this the buffer that the driver was to send? */
static inline void bench_compare(struct bench_queue *q,
				 const struct bench_sum *sum)
{
	if (sum->segments != q->segments)
		bench_error(q, "wrong number of segments");
	if (sum->out_bytes != q->out_bytes || sum->in_bytes != q->in_bytes)
		bench_error(q, "wrong number of bytes");
}

#endif /* _VRING_BENCH_H */
