/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: One queue, one mock device, one driver: what the ring suites stand on
 *
 * ring_setup() negotiates what a &struct ring_param asks for, with a real
 * driver on the real bus, and gives the test both ends of one queue: the
 * driver's (@vq) and the device's (@w).  The same calls serve the split and
 * the packed layout, so that one case can run on all kinds of queue.
 *
 * Buffers are &struct ring_buf tokens: the fixture counts how often each
 * came back, so that "exactly once" can be checked for all of them.
 */
#ifndef _KUNIT_RING_FIX_H
#define _KUNIT_RING_FIX_H

#include "mock.h"
#include "walk.h"
#include "walk_packed.h"
#include "walk_split.h"

/**
 * struct ring_param - one kind of queue
 * @num: queue size
 * @packed: VIRTIO_F_RING_PACKED negotiated, and VERSION_1 with it
 * @in_order: VIRTIO_F_IN_ORDER negotiated, and VERSION_1 with it
 * @indirect: VIRTIO_F_INDIRECT_DESC negotiated
 * @event_idx: VIRTIO_F_EVENT_IDX negotiated
 * @modern: VIRTIO_F_VERSION_1 negotiated
 * @ctx: the driver asks for per-buffer contexts
 * @no_callback: the driver has no callback for the queue
 * @platform: VIRTIO_F_ACCESS_PLATFORM negotiated, device addresses are not
 *	physical ones
 * @reset: VIRTIO_F_RING_RESET negotiated
 * @notify_data: VIRTIO_F_NOTIFICATION_DATA negotiated
 * @batch: ring_get() takes what virtqueue_ext_get_batch() gives, callbacks off
 * @index: place among the parameters of the case
 */
struct ring_param {
	unsigned int num;
	bool packed;
	bool in_order;
	bool indirect;
	bool event_idx;
	bool modern;
	bool ctx;
	bool no_callback;
	bool platform;
	bool reset;
	bool notify_data;
	bool batch;
	unsigned int index;
};

/**
 * struct ring_kinds - the parameters of a case
 * @sizes: sizes of split queues, each in all combinations of @indirect,
 *	@event_idx and @modern
 * @num_sizes: how many
 * @packed: sizes of packed queues, each in all combinations of @indirect and
 *	@event_idx
 * @num_packed: how many
 * @product: also in all combinations of @in_order and @platform
 * @ordered: only those with @in_order
 * @unordered: only those without
 * @more: kinds to add to these
 * @num_more: how many
 * @cur: the one that ring_next_kind() returned last
 */
struct ring_kinds {
	const unsigned int *sizes;
	unsigned int num_sizes;
	const unsigned int *packed;
	unsigned int num_packed;
	bool product;
	bool ordered;
	bool unordered;
	const struct ring_param *more;
	unsigned int num_more;
	struct ring_param cur;
};

/* Elements of a buffer at most, and tokens that one test may need. */
#define RING_MAX_SG	128
#define RING_TOKENS	32768

/**
 * struct ring_buf - a token
 * @added: times that the ring took it
 * @returned: times that it came back, by get_buf or detach_unused_buf
 */
struct ring_buf {
	u16 added;
	u16 returned;
};

/**
 * struct ring_fix - both ends of a queue
 * @test: the test
 * @p: what was asked for
 * @m: the device
 * @drv: the driver
 * @drv_registered: and it is on the bus
 * @vq: the queue, NULL when the driver is not bound
 * @w: its device side
 * @sg: room for a scatterlist
 * @mem: what the scatterlists point into
 * @room: elements in the memory that each buffer has for itself, or 0
 * @buf: tokens
 * @callbacks: times that the queue's callback ran
 * @detached: buffers that came back by detach_unused_buf in remove
 * @on_probe: called in probe, before DRIVER_OK, with @vq set
 */
struct ring_fix {
	struct kunit *test;
	const struct ring_param *p;
	struct mock *m;
	struct virtio_driver drv;
	bool drv_registered;
	struct virtqueue *vq;
	struct walk w;
	struct scatterlist *sg;
	u8 *mem;
	unsigned int room;
	struct ring_buf *buf;
	unsigned int callbacks;
	unsigned int detached;
	void (*on_probe)(struct ring_fix *f);
};

struct ring_fix *ring_new(struct kunit *test, const struct ring_param *p);
void ring_start(struct ring_fix *f);
struct ring_fix *ring_setup(struct kunit *test);
void ring_remove(struct ring_fix *f);
int ring_add(struct ring_fix *f, unsigned int token, unsigned int out,
	     unsigned int in);
u32 ring_len(unsigned int i);
u64 ring_addr(const struct ring_fix *f, unsigned int i);
void *ring_virt(const struct ring_fix *f, unsigned int i);
int ring_get(struct ring_fix *f, u32 *len);
int ring_detach(struct ring_fix *f);
void ring_expect_chain(struct ring_fix *f, const struct walk_chain *c,
		       unsigned int out, unsigned int in);
void ring_expect_once(struct ring_fix *f);
void ring_add_some(struct ring_fix *f, unsigned int num);
unsigned int ring_finish(struct ring_fix *f);
void ring_cycle(struct ring_fix *f, unsigned int count);
void ring_param_desc(const struct ring_param *p, char *desc);
unsigned int ring_slow(void);
const void *ring_next_kind(struct ring_kinds *k, const void *prev,
			   char *desc);
const void *ring_all_gen_params(const void *prev, char *desc);
const void *ring_ordered_gen_params(const void *prev, char *desc);
const void *ring_some_gen_params(const void *prev, char *desc);

#endif /* _KUNIT_RING_FIX_H */
