/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A device that lies, whatever the layout
 *
 * What the suites of hostile devices share: some buffers in flight, lies about
 * what was used, and what has to follow.
 *
 * A lie about which buffer was used, or how many, breaks the queue: it is
 * counted under its kind, no buffer is returned for it, adding fails with
 * -EIO, and every buffer comes back exactly once when the driver is removed.
 * A lie that hurts only the device itself changes nothing for the driver.
 *
 * The books of the walker are not kept while a device lies: its walk_push()
 * would complain of what the device itself has altered.
 */
#ifndef _KUNIT_HOSTILE_H
#define _KUNIT_HOSTILE_H

#include "ring_fix.h"
#include "virtqueue_ext.h"

/* Buffers in flight at the start of most cases, and their elements. */
#define FLYING		3
#define FLYING_OUT	1
#define FLYING_IN	1

/* For hostile_expect_broken(): given up by the test, not by the ring. */
#define NO_ERROR	VIRTQUEUE_ERRORS

/* Parameters of the random suite. */
unsigned long hostile_ops(void);
unsigned long hostile_seed(void);

struct ring_fix *hostile_setup(struct kunit *test,
			       struct walk_chain c[FLYING]);
void hostile_lie(struct ring_fix *f, u32 id, u32 len, unsigned int descs);
void hostile_lie_chain(struct ring_fix *f, const struct walk_chain *c,
		       u32 len);
void hostile_expect_errors(struct ring_fix *f, enum virtqueue_error kind,
			   unsigned int count);
void hostile_expect_dead(struct ring_fix *f, enum virtqueue_error kind);
void hostile_expect_broken(struct ring_fix *f, enum virtqueue_error kind);
void hostile_expect_removable(struct ring_fix *f);
void hostile_expect_get(struct ring_fix *f, int token, u32 len);
void hostile_expect_nothing(struct ring_fix *f);
void hostile_expect_honest_end(struct ring_fix *f,
			       const struct walk_chain c[FLYING]);
void hostile_go_on(struct ring_fix *f, unsigned int count);

#endif /* _KUNIT_HOSTILE_H */
