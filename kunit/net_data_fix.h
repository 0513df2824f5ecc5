/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A network interface that is up, for suites of packets
 *
 * On the device of net_ctrl_fix.h: frames that the device sends and looks for,
 * and what the stack is given.  Frames have an Ethernet type that nobody else
 * sends or takes.
 */
#ifndef _KUNIT_NET_DATA_FIX_H
#define _KUNIT_NET_DATA_FIX_H

#include <linux/netdevice.h>
#include <linux/spinlock.h>

#include "net_ctrl_fix.h"

/* For experiments: nobody else sends or takes it. */
#define ETHERTYPE	0x88b5

/* Bytes of the header: legacy; modern, or MRG_RXBUF; HASH_REPORT.  5.1.6. */
#define HDR_LEGACY	10
#define HDR		12
#define HDR_HASH	20

#define MAX_FRAME	66000

/**
 * struct data_fix - an interface that is up
 * @f: its device
 * @hdr: bytes of the header before a packet
 * @q_rx: queue that the device sends on
 * @q_tx: queue that it looks for packets on
 * @pt: takes what the interface receives
 * @lock: the fields below
 * @got: packets that came
 * @len: bytes of the last one, with the Ethernet header
 * @hash: of the last one
 * @l4_hash: over ports as well
 * @queue: on which it came, from 0
 * @seen: its bytes
 * @sent: bytes of a frame that the device sends
 * @freed: packets that were given back after they were sent, of all interfaces
 * @b: buffers of a packet
 */
struct data_fix {
	struct net_fix *f;
	unsigned int hdr;
	unsigned int q_rx;
	unsigned int q_tx;
	struct packet_type pt;
	spinlock_t lock;	/* see above */
	unsigned int got;
	unsigned int len;
	u32 hash;
	bool l4_hash;
	u16 queue;
	u8 *seen;
	u8 *sent;
	atomic_t *freed;
	struct play_buf b[64];
};

/**
 * struct lie - what a device says of a packet, beside the truth
 * @name: what is wrong
 * @len: bytes of the frame
 * @used: used length of the only buffer, 0 for the right one, -1 for 0
 * @num: num_buffers, 0 for the right one, -1 for 0
 * @flags: of the header
 * @type: gso_type
 * @size: gso_size
 * @start: csum_start
 * @offset: csum_offset
 * @report: hash_report
 * @hash: hash_value
 */
struct lie {
	const char *name;
	unsigned int len;
	s64 used;
	int num;
	u8 flags;
	u8 type;
	u16 size;
	u16 start;
	u16 offset;
	u16 report;
	u32 hash;
};

struct data_fix *data_open(struct net_fix *f, unsigned int hdr);
struct data_fix *data_setup(struct kunit *test, u64 features);
void data_quiet(struct data_fix *d);
void data_write(struct data_fix *d, const struct lie *l, u16 num,
		struct play_buf *b);
bool data_first(struct data_fix *d, const struct lie *l, u16 num,
		struct play_buf *b);
void data_send(struct data_fix *d, const struct lie *l);
unsigned int data_send_merged(struct data_fix *d, unsigned int len, u16 num);
unsigned int data_use_long(struct data_fix *d);
bool data_came(struct data_fix *d, unsigned int got, unsigned int len);
u64 data_dropped(struct data_fix *d);
u64 data_counter(struct data_fix *d, const char *name);
void data_expect_next(struct data_fix *d, unsigned int got);
void data_expect_beyond(struct data_fix *d, u32 more);
unsigned int data_expect_short(struct data_fix *d);
void data_expect_num_buffers(struct data_fix *d, bool counts);
void data_expect_counters(struct data_fix *d, u64 drops, u64 len, u64 hdr);
bool data_xmit_on(struct data_fix *d, unsigned int len, u16 queue);
bool data_xmit(struct data_fix *d, unsigned int len);
bool data_take(struct data_fix *d, struct play_buf *b);
bool data_header_ok(struct data_fix *d, const struct play_buf *b);

#endif /* _KUNIT_NET_DATA_FIX_H */
