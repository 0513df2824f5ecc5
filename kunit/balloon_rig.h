/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of a memory balloon
 *
 * For suites of the balloon driver: a mock with the queues and the
 * configuration of VIRTIO 1.4, 5.5, and the device's books: which pages it was
 * told of, and which of those it acknowledged.
 *
 * What is wrong whatever a test is about is counted in @odd: a page that is
 * given twice, one taken back that the device does not have, or has not
 * acknowledged.
 */
#ifndef _KUNIT_BALLOON_RIG_H
#define _KUNIT_BALLOON_RIG_H

#include <linux/kthread.h>
#include <linux/xarray.h>

#include "play.h"

#define ID_BALLOON	5

/* Feature bits, VIRTIO 1.4, 5.5.3. */
#define FB_TELL_HOST	FB(0)
#define FB_STATS	FB(1)
#define FB_OOM		FB(2)
#define FB_HINT		FB(3)
#define FB_POISON	FB(4)
#define FB_REPORT	FB(5)

/* Offsets in the configuration, 5.5.4. */
#define CFG_NUM_PAGES	0
#define CFG_ACTUAL	4
#define CFG_HINT_ID	8
#define CFG_POISON_VAL	12

/* Queues that are always there, and the first of those that may be. */
#define Q_INFLATE	0
#define Q_DEFLATE	1
#define Q_MORE		2

#define BALLOON_RING	64

/* Page numbers of one buffer that the books can take. */
#define BALLOON_MAX	16384

/**
 * struct balloon_rig - the device
 * @test: the test
 * @m: the device as the bus sees it
 * @p: its queues
 * @pages: page number -> 1 when it was acknowledged, 0 when not yet
 * @held: pages that it has and acknowledged
 * @told: pages that it was ever given
 * @odd: see above
 * @forgetful: without books on each page: for many pages
 * @pfns: the buffer that was read last
 * @server: serves while the test does something else
 */
struct balloon_rig {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	struct xarray pages;
	long held;
	unsigned long told;
	unsigned int odd;
	bool forgetful;
	u32 *pfns;
	struct task_struct *server;
};

struct balloon_rig *balloon_new(struct kunit *test, u64 offered);
void balloon_start(struct balloon_rig *r);
void balloon_want(struct balloon_rig *r, u32 pages);
u32 balloon_field(struct balloon_rig *r, unsigned int offset);
unsigned int balloon_book(struct balloon_rig *r, const struct play_buf *b);
void balloon_ack(struct balloon_rig *r, const struct play_buf *b, u32 len);
bool balloon_serve(struct balloon_rig *r);
bool balloon_settle(struct balloon_rig *r, u32 pages);
void balloon_serve_start(struct balloon_rig *r);
void balloon_serve_stop(struct balloon_rig *r);
void balloon_forget(struct balloon_rig *r);

#endif /* _KUNIT_BALLOON_RIG_H */
