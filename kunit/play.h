/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of all queues of a mock
 *
 * For suites of drivers: the test says what the device does with each buffer
 * that a driver bound to a mock makes available.
 * ::
 *
 *	m = mock_new(test, ID_CONSOLE, FB_VERSION_1);
 *	m->num_vqs = 2;
 *	m->queue_size[1] = 8;
 *	p = play_new(m);			before mock_register()
 *	KUNIT_ASSERT_EQ(test, mock_register(m), 0);
 *
 *	KUNIT_ASSERT_TRUE(test, play_take(p, 1, &b));	waits for a buffer
 *	play_read(p, &b, 0, text, sizeof(text));	what the driver wrote
 *	play_done(p, &b, 0);				used, and an interrupt
 *
 *	play_answer(p, 0, "hello", 5);		all at once: fill a buffer
 *
 * A queue is named by its place among those that the driver found.  It is the
 * walker that looks, so all rules of walk.h for the driver are checked.  One
 * thread plays; the driver may be on any other, and set its queues up anew at
 * any time: a buffer taken before is forgotten then, as by a device after a
 * reset, and what is done with it has no effect.
 *
 * An element beyond the first %WALK_MAX_ELEMS of a buffer is out of reach.
 */
#ifndef _KUNIT_PLAY_H
#define _KUNIT_PLAY_H

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>

#include "mock.h"
#include "walk.h"

/* How long the test waits for a driver, milliseconds. */
#define PLAY_MS	2000

/**
 * struct play_queue - one queue
 * @w: its walker
 * @up: the driver has set it up
 * @renewed: counts the times that it alone was reset
 */
struct play_queue {
	struct walk w;
	bool up;
	unsigned int renewed;
};

/**
 * struct play - the device's side
 * @test: the test
 * @m: the device
 * @lock: the queues against their being set up and taken down
 * @life: counts the times that the driver set queues up
 * @q: the queues
 */
struct play {
	struct kunit *test;
	struct mock *m;
	struct mutex lock;	/* see above */
	unsigned int life;
	struct play_queue q[MOCK_MAX_VQS];
};

/**
 * struct play_buf - a buffer that the device holds
 * @queue: of which queue
 * @life: @life of &struct play when it was taken
 * @renewed: of its queue when it was taken
 * @out_len: bytes that the device may read
 * @in_len: bytes that the device may write
 * @c: its descriptors
 */
struct play_buf {
	unsigned int queue;
	unsigned int life;
	unsigned int renewed;
	size_t out_len;
	size_t in_len;
	struct walk_chain c;
};

struct play *play_new(struct mock *m);
bool play_up(struct play *p, unsigned int queue);
unsigned int play_poll(struct play *p, unsigned int queue);
bool play_try_take(struct play *p, unsigned int queue, struct play_buf *b);
bool play_take(struct play *p, unsigned int queue, struct play_buf *b);
size_t play_read(struct play *p, const struct play_buf *b, size_t from,
		 void *to, size_t len);
size_t play_write(struct play *p, const struct play_buf *b, size_t to,
		  const void *from, size_t len);
void play_push(struct play *p, const struct play_buf *b, u32 len);
void play_done(struct play *p, const struct play_buf *b, u32 len);
bool play_finish(struct play *p, const struct play_buf *b, u32 len);
bool play_answer(struct play *p, unsigned int queue, const void *data,
		 size_t len);
void play_lie(struct play *p, unsigned int queue, u32 id, u32 len);

/* Wait until @condition holds, or some time has passed; does it hold? */
#define play_until(condition)						\
({									\
	unsigned long end_ = jiffies + msecs_to_jiffies(PLAY_MS);	\
	bool late_, holds_;						\
									\
	do {								\
		late_ = time_after(jiffies, end_);			\
		holds_ = (condition);					\
		if (!holds_)						\
			usleep_range(500, 1000);			\
	} while (!holds_ && !late_);					\
	holds_;								\
})

#endif /* _KUNIT_PLAY_H */
