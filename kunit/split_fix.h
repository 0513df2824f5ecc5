/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: One queue, one mock device, one driver: what the ring suites stand on
 *
 * split_setup() negotiates what a &struct split_param asks for, with a real
 * driver on the real bus, and gives the test both ends of one queue: the
 * driver's (@vq) and the device's (@w).
 *
 * Buffers are &struct split_buf tokens: the fixture counts how often each
 * came back, so that "exactly once" can be checked for all of them.
 */
#ifndef _KUNIT_SPLIT_FIX_H
#define _KUNIT_SPLIT_FIX_H

#include "mock.h"
#include "walk_split.h"

/**
 * struct split_param - one kind of queue
 * @num: queue size
 * @indirect: VIRTIO_F_INDIRECT_DESC negotiated
 * @event_idx: VIRTIO_F_EVENT_IDX negotiated
 * @modern: VIRTIO_F_VERSION_1 negotiated
 * @ctx: the driver asks for per-buffer contexts
 * @no_callback: the driver has no callback for the queue
 * @platform: VIRTIO_F_ACCESS_PLATFORM negotiated, device addresses are not
 *	physical ones
 * @index: place among the parameters of the case
 */
struct split_param {
	unsigned int num;
	bool indirect;
	bool event_idx;
	bool modern;
	bool ctx;
	bool no_callback;
	bool platform;
	unsigned int index;
};

/**
 * struct split_kinds - the parameters of a case
 * @sizes: queue sizes, each in all combinations of @indirect, @event_idx
 *	and @modern
 * @num_sizes: how many
 * @more: kinds to add to these
 * @num_more: how many
 * @cur: the one that split_next_kind() returned last
 */
struct split_kinds {
	const unsigned int *sizes;
	unsigned int num_sizes;
	const struct split_param *more;
	unsigned int num_more;
	struct split_param cur;
};

/* Elements of a buffer at most, and tokens that one test may need. */
#define SPLIT_MAX_SG	128
#define SPLIT_TOKENS	32768

/**
 * struct split_buf - a token
 * @added: times that the ring took it
 * @returned: times that it came back, by get_buf or detach_unused_buf
 */
struct split_buf {
	u16 added;
	u16 returned;
};

/**
 * struct split_fix - both ends of a queue
 * @test: the test
 * @p: what was asked for
 * @m: the device
 * @drv: the driver
 * @drv_registered: and it is on the bus
 * @vq: the queue, NULL when the driver is not bound
 * @w: its device side
 * @sg: room for a scatterlist
 * @mem: what the scatterlists point into
 * @buf: tokens
 * @callbacks: times that the queue's callback ran
 * @detached: buffers that came back by detach_unused_buf in remove
 * @on_probe: called in probe, before DRIVER_OK, with @vq set
 */
struct split_fix {
	struct kunit *test;
	const struct split_param *p;
	struct mock *m;
	struct virtio_driver drv;
	bool drv_registered;
	struct virtqueue *vq;
	struct ws_queue w;
	struct scatterlist *sg;
	u8 *mem;
	struct split_buf *buf;
	unsigned int callbacks;
	unsigned int detached;
	void (*on_probe)(struct split_fix *f);
};

struct split_fix *split_new(struct kunit *test, const struct split_param *p);
void split_start(struct split_fix *f);
struct split_fix *split_setup(struct kunit *test);
void split_remove(struct split_fix *f);
int split_add(struct split_fix *f, unsigned int token, unsigned int out,
	      unsigned int in);
u32 split_len(unsigned int i);
u64 split_addr(const struct split_fix *f, unsigned int i);
void *split_virt(const struct split_fix *f, unsigned int i);
int split_get(struct split_fix *f, u32 *len);
int split_detach(struct split_fix *f);
void split_expect_chain(struct split_fix *f, const struct ws_chain *c,
			unsigned int out, unsigned int in);
void split_expect_once(struct split_fix *f);
void split_cycle(struct split_fix *f, unsigned int count);
void split_param_desc(const struct split_param *p, char *desc);
const void *split_next_kind(struct split_kinds *k, const void *prev,
			    char *desc);

#endif /* _KUNIT_SPLIT_FIX_H */
