// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The benchmark's device on a packed ring
 *
 * VIRTIO 1.4, 2.8, from the device's side; otherwise as dev_split.c.
 */
#include <linux/bits.h>
#include <linux/io.h>
#include "vring_bench.h"

#define PACKED_AVAIL		BIT(VRING_PACKED_DESC_F_AVAIL)
#define PACKED_USED		BIT(VRING_PACKED_DESC_F_USED)
#define PACKED_EVENT_WRAP	BIT(VRING_PACKED_EVENT_F_WRAP_CTR)

/* Is the descriptor available in this lap? (2.8.1) */
static bool packed_is_avail(u16 flags, bool wrap)
{
	return !!(flags & PACKED_AVAIL) == wrap &&
	       !!(flags & PACKED_USED) != wrap;
}

/* Go on by @n descriptors; the counter changes with each lap. */
static void packed_step(struct bench_queue *q, u16 *at, bool *wrap,
			unsigned int n)
{
	*at += n;
	if (*at >= q->num) {
		*at -= q->num;
		*wrap = !*wrap;
	}
}

/* Add up an indirect table: all of it, in order, no links (2.8.7). */
static void packed_walk_table(struct bench_queue *q,
			      const struct vring_packed_desc *desc,
			      struct bench_sum *sum)
{
	const struct vring_packed_desc *table;
	unsigned int i, num = le32_to_cpu(desc->len) / sizeof(*table);

	table = phys_to_virt(le64_to_cpu(desc->addr));
	for (i = 0; i < num; i++)
		bench_segment(q, sum, le32_to_cpu(table[i].len),
			      le16_to_cpu(table[i].flags) & VRING_DESC_F_WRITE);
}

/*
 * Add up the buffer at the next available position and go past it.  Return
 * how many descriptors it takes; its id stands in the last of them (2.8.6).
 */
static unsigned int packed_take(struct bench_queue *q, struct bench_sum *sum,
				__le16 *id)
{
	const struct vring_packed_desc *desc;
	unsigned int n = 0;
	u16 flags;

	do {
		desc = (const struct vring_packed_desc *)q->desc + q->avail;
		flags = le16_to_cpu(desc->flags);
		if (n && !packed_is_avail(flags, q->avail_wrap))
			bench_error(q, "a chain that is not all available");
		if (flags & VRING_DESC_F_INDIRECT)
			packed_walk_table(q, desc, sum);
		else
			bench_segment(q, sum, le32_to_cpu(desc->len),
				      flags & VRING_DESC_F_WRITE);
		*id = desc->id;
		packed_step(q, &q->avail, &q->avail_wrap, 1);
		n++;
	} while ((flags & VRING_DESC_F_NEXT) && n < q->num);
	return n;
}

/* One used descriptor for what took @n descriptors (2.8.1, 2.8.4). */
static void packed_put(struct bench_queue *q, __le16 id, u32 len, unsigned int n)
{
	struct vring_packed_desc *desc =
		(struct vring_packed_desc *)q->desc + q->used;
	u16 flags = q->used_wrap ? PACKED_AVAIL | PACKED_USED : 0;

	desc->id = id;
	desc->len = cpu_to_le32(len);
	/* All else before the flags that hand it over. */
	virtio_wmb(true);
	WRITE_ONCE(desc->flags,
		   cpu_to_le16(flags | (len ? VRING_DESC_F_WRITE : 0)));
	packed_step(q, &q->used, &q->used_wrap, n);
	q->used_before += n;
}

static void packed_reset(struct bench_queue *q)
{
	q->avail = 0;
	q->used = 0;
	q->avail_wrap = true;
	q->used_wrap = true;
}

/* Is there a buffer at the next available position? */
static bool packed_more(const struct bench_queue *q)
{
	const struct vring_packed_desc *desc = q->desc;

	return packed_is_avail(le16_to_cpu(READ_ONCE(desc[q->avail].flags)),
			       q->avail_wrap);
}

/*
 * Use all that is available.  In order, one used descriptor with the id of the
 * last buffer stands where the first one's would (2.8.8).
 */
static unsigned int packed_use(struct bench_queue *q)
{
	unsigned int n, taken = 0;
	struct bench_sum sum;
	__le16 id;

	for (n = 0; n < q->num && packed_more(q); n++) {
		/* The flags before what they hand over. */
		virtio_rmb(true);
		sum = (struct bench_sum){ 0 };
		taken += packed_take(q, &sum, &id);
		bench_compare(q, &sum);
		if (!q->in_order || !packed_more(q)) {
			packed_put(q, id, sum.in_bytes, taken);
			taken = 0;
		}
	}
	return n;
}

/* @used_before counts the descriptors of this run until its end. */
static unsigned int packed_run(struct bench_queue *q)
{
	struct vring_packed_desc_event *event = q->device;
	unsigned int n;

	q->used_before = 0;
	n = packed_use(q);
	q->used_before = q->used - q->used_before;

	if (q->event) {
		event->off_wrap = cpu_to_le16(q->avail |
					      (q->avail_wrap ? PACKED_EVENT_WRAP : 0));
		/* The place before the flags that make it count. */
		virtio_wmb(true);
		event->flags = cpu_to_le16(VRING_PACKED_EVENT_FLAG_DESC);
	}
	/* What was used before the read of what the driver wants (2.8.10). */
	virtio_mb(true);
	return n;
}

static bool packed_interrupt(struct bench_queue *q)
{
	const struct vring_packed_desc_event *event = q->driver;
	u16 flags = le16_to_cpu(READ_ONCE(event->flags)) & 3;
	u16 off_wrap, off;

	if (flags != VRING_PACKED_EVENT_FLAG_DESC)
		return flags == VRING_PACKED_EVENT_FLAG_ENABLE;
	if (!q->event)
		bench_error(q, "an event flag that was not negotiated");
	off_wrap = le16_to_cpu(READ_ONCE(event->off_wrap));
	off = off_wrap & ~PACKED_EVENT_WRAP;
	if (!!(off_wrap & PACKED_EVENT_WRAP) != q->used_wrap)
		off -= q->num;
	return vring_need_event(off, q->used, q->used_before);
}

static void packed_watch(struct bench_queue *q)
{
	struct vring_packed_desc_event *event = q->driver;

	bench_watch_word((u16 *)&event->off_wrap);
	bench_watch_word((u16 *)&event->flags);
}

const struct bench_layout bench_packed = {
	.name = "packed",
	.reset = packed_reset,
	.run = packed_run,
	.interrupt = packed_interrupt,
	.watch = packed_watch,
};
