/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of a virtqueue
 *
 * A second reading of VIRTIO 1.4, 2.7 and 2.8, that shares nothing with the
 * ring under test: no struct, constant or helper of a ring header is used
 * here.  Every read checks what the specification asks of the driver, and a
 * breach fails the test with the section.
 *
 * The same calls work on both layouts: walk_poll(), walk_pop(), walk_push()
 * are a well-behaved device.  What a hostile one writes depends on the
 * layout: walk_split.h and walk_packed.h have the means.
 */
#ifndef _KUNIT_WALK_H
#define _KUNIT_WALK_H

#include <kunit/test.h>
#include <linux/types.h>
#include <linux/virtio.h>

/* Descriptor flags that both layouts have, VIRTIO 1.4, 2.7.5, 2.8.3-2.8.7. */
#define WALK_NEXT	1
#define WALK_WRITE	2
#define WALK_INDIRECT	4

/* Elements of a buffer that are kept for the test to look at. */
#define WALK_MAX_ELEMS	20

/* Bytes of a descriptor, and where the fields that both layouts share lie. */
#define WALK_DESC_SIZE	16
#define WALK_DESC_ADDR	0
#define WALK_DESC_LEN	8

/**
 * struct walk_desc - one descriptor, in the guest's byte order
 * @addr: address for the device
 * @len: bytes
 * @flags: WALK_NEXT, WALK_WRITE, WALK_INDIRECT; packed: and the two of 2.8.1
 * @next: split: index of the next one with WALK_NEXT
 * @id: packed: buffer id
 */
struct walk_desc {
	u64 addr;
	u32 len;
	u16 flags;
	u16 next;
	u16 id;
};

/**
 * struct walk_chain - a buffer that the driver made available
 * @id: what the device names it by when it gives it back; split: its head,
 *	packed: its buffer id
 * @first: index of its first descriptor in the descriptor area
 * @ring_descs: descriptors of the descriptor area that it takes
 * @num: elements of the buffer
 * @num_in: how many of them are device-writable
 * @out_bytes: bytes that the device may read
 * @in_bytes: bytes that the device may write
 * @indirect: the elements stand in an indirect table
 * @table: address of this table
 * @elem: the first %WALK_MAX_ELEMS elements
 */
struct walk_chain {
	u16 id;
	u16 first;
	unsigned int ring_descs;
	unsigned int num;
	unsigned int num_in;
	u64 out_bytes;
	u64 in_bytes;
	bool indirect;
	u64 table;
	struct walk_desc elem[WALK_MAX_ELEMS];
};

/**
 * struct walk_buf - what the device keeps of a buffer in flight
 * @sum: over what its descriptors say
 * @table: address of its indirect table, 0 without
 * @entries: of this table
 * @first: index of its first descriptor
 * @descs: descriptors of the ring that it takes
 * @serial: how many buffers were popped before it
 * @flying: popped and not pushed
 */
struct walk_buf {
	u64 sum;
	u64 table;
	u32 entries;
	u16 first;
	u16 descs;
	u32 serial;
	bool flying;
};

/**
 * enum walk_notify - when the device wants to be notified
 * @WALK_NOTIFY_ALL: of each buffer
 * @WALK_NOTIFY_NONE: never
 * @WALK_NOTIFY_AT: when a certain descriptor (packed) or entry of the
 *	available ring (split) is made available; only with EVENT_IDX
 */
enum walk_notify {
	WALK_NOTIFY_ALL,
	WALK_NOTIFY_NONE,
	WALK_NOTIFY_AT,
};

struct walk;

/**
 * struct walk_ops - what the layouts do in ways of their own
 * @init: find the parts, check that they start as they have to
 * @poll: see walk_poll()
 * @pop: fill in a chain and w->buf[c->id] but @serial; false when none waits
 * @use: write one used element for the last of some buffers that takes, with
 *	these, @descs descriptors; make it visible
 * @altered: did the driver change what it had made available of a buffer?
 * @write_desc: overwrite entry @index of the descriptor area or a table
 * @mark: see walk_mark()
 * @must_interrupt: see walk_must_interrupt()
 * @notify: see walk_ask_notify()
 */
struct walk_ops {
	void (*init)(struct walk *w, struct virtqueue *vq);
	unsigned int (*poll)(struct walk *w);
	bool (*pop)(struct walk *w, struct walk_chain *c);
	void (*use)(struct walk *w, u16 id, u32 len, unsigned int bufs,
		    unsigned int descs);
	bool (*altered)(struct walk *w, u16 id);
	void (*write_desc)(const struct walk *w, u8 *table, unsigned int index,
			   const struct walk_desc *d);
	u32 (*mark)(struct walk *w);
	bool (*must_interrupt)(struct walk *w, u32 mark);
	void (*notify)(struct walk *w, enum walk_notify how,
		       unsigned int ahead);
};

/**
 * struct walk_split - state of the split layout
 * @last_avail: entries of the available ring consumed, mod 65536
 * @seen_avail: the available index read last
 * @used_idx: entries of the used ring written, mod 65536
 * @owner: per descriptor of the table: head of the chain in flight that it
 *	belongs to plus 1, or 0
 * @next_desc: with IN_ORDER: the descriptor that the next chain begins with
 * @rearm: move avail_event along with what is consumed
 */
struct walk_split {
	u16 last_avail;
	u16 seen_avail;
	u16 used_idx;
	u32 *owner;
	unsigned int next_desc;
	bool rearm;
};

/**
 * struct walk_packed - state of the packed layout
 * @next: where the next buffer to be popped begins
 * @scan: up to where the ring was seen to be available
 * @used: where the next used descriptor will be written
 * @seen: buffers between @next and @scan
 * @seen_descs: their descriptors
 * @held_descs: descriptors between @used and @next
 * @shadow: per descriptor of the ring: what it said when it was seen
 *
 * A place is counted over two laps: below the queue size the wrap counter is
 * 1, from there on it is 0 (VIRTIO 1.4, 2.8.1).
 */
struct walk_packed {
	u32 next;
	u32 scan;
	u32 used;
	unsigned int seen;
	unsigned int seen_descs;
	unsigned int held_descs;
	struct walk_desc *shadow;
};

/**
 * struct walk - the device's view of one queue
 * @ops: of its layout
 * @test: fails when the driver's side breaks a rule
 * @num: queue size
 * @le: fields are little-endian (VERSION_1), else in the guest's byte order
 * @packed: VIRTIO_F_RING_PACKED was negotiated
 * @event_idx: VIRTIO_F_EVENT_IDX was negotiated
 * @indirect_ok: VIRTIO_F_INDIRECT_DESC was negotiated
 * @in_order: VIRTIO_F_IN_ORDER was negotiated
 * @iova: added to a physical address to make one for the device
 * @desc: Descriptor Area: descriptor table, or descriptor ring
 * @avail: Driver Area: available ring, or driver event suppression
 * @used: Device Area: used ring, or device event suppression
 * @popped: buffers ever popped
 * @in_flight: buffers popped and not pushed
 * @buf: per id: what is known of the buffer in flight
 * @order: id of the buffer popped as number n, at n modulo @num
 * @s: split only
 * @p: packed only
 * @tolerate: count violations without failing the test
 * @violations: rules that the driver's side broke
 */
struct walk {
	const struct walk_ops *ops;
	struct kunit *test;
	unsigned int num;
	bool le;
	bool packed;
	bool event_idx;
	bool indirect_ok;
	bool in_order;
	u64 iova;
	u8 *desc;
	u8 *avail;
	u8 *used;
	u32 popped;
	unsigned int in_flight;
	struct walk_buf *buf;
	u16 *order;
	struct walk_split s;
	struct walk_packed p;
	bool tolerate;
	unsigned int violations;
};

void walk_init(struct walk *w, struct kunit *test, struct virtqueue *vq,
	       u64 features, u64 iova);
void *walk_virt(struct walk *w, u64 addr);
unsigned int walk_poll(struct walk *w);
bool walk_pop(struct walk *w, struct walk_chain *c);
void walk_push(struct walk *w, u16 id, u32 len);
void walk_push_batch(struct walk *w, unsigned int bufs, u32 len);
unsigned int walk_drain(struct walk *w);
bool walk_in_flight(const struct walk *w, u32 id);
void walk_forget(struct walk *w, u16 id);
u32 walk_mark(struct walk *w);
bool walk_must_interrupt(struct walk *w, u32 mark);
void walk_ask_notify(struct walk *w, enum walk_notify how,
		     unsigned int ahead);

/* For the walkers of the two layouts. */
void walk_violation(struct walk *w, const char *what);
void *walk_zalloc(struct kunit *test, size_t num, size_t size);
void walk_element(struct walk *w, struct walk_chain *c,
		  const struct walk_desc *d);
u64 walk_sum(u64 sum, const struct walk_desc *d);
u16 walk_get16(const struct walk *w, const u8 *p);
u32 walk_get32(const struct walk *w, const u8 *p);
u64 walk_get64(const struct walk *w, const u8 *p);
void walk_put16(const struct walk *w, u8 *p, u16 v);
void walk_put32(const struct walk *w, u8 *p, u32 v);
void walk_put64(const struct walk *w, u8 *p, u64 v);

#endif /* _KUNIT_WALK_H */
