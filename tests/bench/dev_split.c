// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The benchmark's device on a split ring
 *
 * VIRTIO 1.4, 2.7, from the device's side: walks what the driver made
 * available, checks that it is the buffer that was sent, uses it, asks for
 * the next notification and decides about an interrupt.  Never measured.
 */
#include <linux/io.h>
#include "vring_bench.h"

/* The three parts, as 2.7 lays them out. */
struct split_avail {
	__le16 flags;
	__le16 idx;
	__le16 ring[];
};

struct split_elem {
	__le32 id;
	__le32 len;
};

struct split_used {
	__le16 flags;
	__le16 idx;
	struct split_elem ring[];
};

struct split_desc {
	__le64 addr;
	__le32 len;
	__le16 flags;
	__le16 next;
};

/* used_event (2.7.6): behind the entries of the available ring. */
static __le16 *split_used_event(struct bench_queue *q)
{
	struct split_avail *avail = q->driver;

	return &avail->ring[q->num];
}

/* avail_event (2.7.8): behind the entries of the used ring. */
static __le16 *split_avail_event(struct bench_queue *q)
{
	struct split_used *used = q->device;

	return (__le16 *)&used->ring[q->num];
}

/* Add up the chain that starts at @i of a table with @num entries. */
static void split_walk(struct bench_queue *q, const struct split_desc *table,
		       unsigned int num, unsigned int i, struct bench_sum *sum)
{
	u16 flags;

	do {
		if (i >= num || sum->segments >= num) {
			bench_error(q, "a chain that leads nowhere");
			return;
		}
		flags = le16_to_cpu(table[i].flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			bench_error(q, "an indirect descriptor in a chain");
			return;
		}
		bench_segment(q, sum, le32_to_cpu(table[i].len),
			      flags & VRING_DESC_F_WRITE);
		i = le16_to_cpu(table[i].next);
	} while (flags & VRING_DESC_F_NEXT);
}

/* Use the buffer at @head; bytes written. */
static u32 split_use(struct bench_queue *q, u16 head)
{
	const struct split_desc *table = q->desc;
	unsigned int num = q->num;
	struct bench_sum sum = { 0 };

	if (head >= num) {
		bench_error(q, "a head out of range");
		return 0;
	}
	if (le16_to_cpu(table[head].flags) & VRING_DESC_F_INDIRECT) {
		num = le32_to_cpu(table[head].len) / sizeof(*table);
		table = phys_to_virt(le64_to_cpu(table[head].addr));
		head = 0;
	}
	split_walk(q, table, num, head, &sum);
	bench_compare(q, &sum);
	return sum.in_bytes;
}

static void split_reset(struct bench_queue *q)
{
	q->avail = 0;
	q->used = 0;
	q->used_before = 0;
}

/*
 * One more used buffer.  In order, the element of a run's last buffer stands
 * where the first one's would, and there is no other (2.7.9).
 */
static void split_put(struct bench_queue *q, u16 head)
{
	u16 at = q->in_order ? q->used_before : q->used;
	struct split_used *used = q->device;
	struct split_elem *elem = &used->ring[at & (q->num - 1)];

	elem->id = cpu_to_le32(head);
	elem->len = cpu_to_le32(split_use(q, head));
	q->used++;
}

static unsigned int split_run(struct bench_queue *q)
{
	struct split_avail *avail = q->driver;
	struct split_used *used = q->device;
	u16 head, idx = le16_to_cpu(READ_ONCE(avail->idx));
	unsigned int n;

	/* The index before the entries that it covers. */
	virtio_rmb(true);
	q->used_before = q->used;
	for (n = 0; q->avail != idx && n < q->num; n++, q->avail++) {
		head = le16_to_cpu(avail->ring[q->avail & (q->num - 1)]);
		split_put(q, head);
	}
	/* The entries before the index that covers them. */
	virtio_wmb(true);
	WRITE_ONCE(used->idx, cpu_to_le16(q->used));

	if (q->event)
		WRITE_ONCE(*split_avail_event(q), cpu_to_le16(q->avail));
	/* The index before the read of used_event or flags (2.7.7.2). */
	virtio_mb(true);
	return n;
}

static bool split_interrupt(struct bench_queue *q)
{
	struct split_avail *avail = q->driver;

	if (q->event)
		return vring_need_event(le16_to_cpu(READ_ONCE(*split_used_event(q))),
					q->used, q->used_before);
	return !(le16_to_cpu(READ_ONCE(avail->flags)) &
		 VRING_AVAIL_F_NO_INTERRUPT);
}

static void split_watch(struct bench_queue *q)
{
	struct split_avail *avail = q->driver;

	bench_watch_word((u16 *)&avail->flags);
	bench_watch_word((u16 *)split_used_event(q));
}

const struct bench_layout bench_split = {
	.name = "split",
	.reset = split_reset,
	.run = split_run,
	.interrupt = split_interrupt,
	.watch = split_watch,
};
