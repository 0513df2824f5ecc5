/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of a split virtqueue
 *
 * A second reading of VIRTIO 1.4, 2.7, that shares nothing with the ring
 * under test: no struct, constant or helper of a ring header is used here.
 * Every read checks what the specification asks of the driver, and a breach
 * fails the test with the section.
 *
 * A well-behaved device is ws_poll(), ws_pop(), ws_push(); a hostile one
 * writes what it likes with ws_write_used(), ws_set_used_idx() and
 * ws_write_desc().
 */
#ifndef _KUNIT_WALK_SPLIT_H
#define _KUNIT_WALK_SPLIT_H

#include <kunit/test.h>
#include <linux/types.h>
#include <linux/virtio.h>

/* Descriptor flags, VIRTIO 1.4, 2.7.5. */
#define WS_NEXT		1
#define WS_WRITE	2
#define WS_INDIRECT	4

/* Elements of a chain that are kept for the test to look at. */
#define WS_MAX_ELEMS	20

/* Offsets inside the parts of the queue, VIRTIO 1.4, 2.7.5, 2.7.6, 2.7.8. */
#define WS_DESC_SIZE	16
#define WS_DESC_ADDR	0
#define WS_DESC_LEN	8
#define WS_DESC_FLAGS	12
#define WS_DESC_NEXT	14
#define WS_RING_FLAGS	0
#define WS_RING_IDX	2
#define WS_RING_ENTRIES	4
#define WS_USED_SIZE	8

/**
 * struct ws_desc - one descriptor, in the guest's byte order
 * @addr: address for the device
 * @len: bytes
 * @flags: WS_NEXT, WS_WRITE, WS_INDIRECT
 * @next: index of the next one with WS_NEXT
 */
struct ws_desc {
	u64 addr;
	u32 len;
	u16 flags;
	u16 next;
};

/**
 * struct ws_chain - a buffer that the driver made available
 * @head: its head, as it stands in the available ring
 * @ring_descs: descriptors of the table that it takes
 * @num: elements of the buffer
 * @num_in: how many of them are device-writable
 * @out_bytes: bytes that the device may read
 * @in_bytes: bytes that the device may write
 * @indirect: the elements stand in an indirect table
 * @table: address of this table
 * @elem: the first %WS_MAX_ELEMS elements
 */
struct ws_chain {
	u16 head;
	unsigned int ring_descs;
	unsigned int num;
	unsigned int num_in;
	u64 out_bytes;
	u64 in_bytes;
	bool indirect;
	u64 table;
	struct ws_desc elem[WS_MAX_ELEMS];
};

/**
 * struct ws_queue - the device's view of one queue
 * @test: fails when the driver's side breaks a rule
 * @num: queue size
 * @le: fields are little-endian (VERSION_1), else in the guest's byte order
 * @event_idx: VIRTIO_F_EVENT_IDX was negotiated
 * @indirect_ok: VIRTIO_F_INDIRECT_DESC was negotiated
 * @iova: added to a physical address to make one for the device
 * @desc: descriptor table
 * @avail: available ring
 * @used: used ring
 * @last_avail: entries of the available ring consumed, mod 65536
 * @seen_avail: the available index read last
 * @used_idx: entries of the used ring written, mod 65536
 * @in_flight: buffers popped and not pushed
 * @owner: per descriptor of the table: head of the chain in flight that it
 *	belongs to plus 1, or 0
 * @sum: per head in flight: a sum over what its descriptors say
 * @tolerate: count violations without failing the test
 * @violations: rules that the driver's side broke
 */
struct ws_queue {
	struct kunit *test;
	unsigned int num;
	bool le;
	bool event_idx;
	bool indirect_ok;
	u64 iova;
	u8 *desc;
	u8 *avail;
	u8 *used;
	u16 last_avail;
	u16 seen_avail;
	u16 used_idx;
	unsigned int in_flight;
	u32 *owner;
	u64 *sum;
	bool tolerate;
	unsigned int violations;
};

void ws_init(struct ws_queue *w, struct kunit *test, struct virtqueue *vq,
	     u64 features, u64 iova);
void *ws_virt(struct ws_queue *w, u64 addr);
unsigned int ws_poll(struct ws_queue *w);
bool ws_pop(struct ws_queue *w, struct ws_chain *c);
void ws_push(struct ws_queue *w, u16 head, u32 len);
bool ws_must_interrupt(struct ws_queue *w, u16 old_used);
u16 ws_avail_flags(struct ws_queue *w);
u16 ws_avail_idx(struct ws_queue *w);
u16 ws_used_event(struct ws_queue *w);
void ws_set_no_notify(struct ws_queue *w, bool no_notify);
void ws_set_avail_event(struct ws_queue *w, u16 event);
void ws_write_used(struct ws_queue *w, u16 slot, u32 id, u32 len);
void ws_set_used_idx(struct ws_queue *w, u16 idx);
void ws_set_used_flags(struct ws_queue *w, u16 flags);
void ws_read_desc(struct ws_queue *w, const u8 *table, unsigned int index,
		  struct ws_desc *d);
void ws_write_desc(struct ws_queue *w, u8 *table, unsigned int index,
		   const struct ws_desc *d);
bool ws_in_flight(const struct ws_queue *w, u32 index);

#endif /* _KUNIT_WALK_SPLIT_H */
