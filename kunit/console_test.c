// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_console: ports, and what the host says of them
 *
 * virtio_console, loaded beside this module, on a mock whose control messages
 * and data the test plays: first as VIRTIO 1.4, 5.3 wants a device to be, then
 * as it must not be.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/tty.h>
#include <virtio_recovery.h>
#include <asm/unaligned.h>

#include "console_fix.h"

#define MODERN		(FB_VERSION_1 | FB_MULTIPORT | FB_EVENT_IDX)
#define PATTERN_BYTES	(512 * 1024)

static u8 *pattern(struct kunit *test)
{
	u8 *data = kvmalloc(PATTERN_BYTES, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < PATTERN_BYTES; i++)
		data[i] = i * 7 + (i >> 8);
	return data;
}

/* 5.3.5, 5.3.6.2: after DRIVER_OK, and before anything else. */
static void says_ready(struct kunit *test)
{
	struct con *c = con_new(test, MODERN);
	u8 msg[HEAD] = {};
	struct play_buf b;
	int live;

	KUNIT_ASSERT_EQ(test, mock_register(c->m), 0);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_OUT, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, HEAD);
	play_read(c->p, &b, 0, msg, HEAD);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(msg + 4), EV_DEVICE_READY);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(msg + 6), 1);
	play_done(c->p, &b, 0);
	live = mock_find_status(c->m, ST_ACKNOWLEDGE | ST_DRIVER |
				      ST_FEATURES_OK | ST_DRIVER_OK);
	KUNIT_EXPECT_GE(test, live, 0);
	KUNIT_EXPECT_GT(test, mock_find_access(c->m, MOCK_NOTIFY, 0), live);
	/* Nothing for ports that are not there. */
	KUNIT_EXPECT_EQ(test, play_poll(c->p, CTRL_OUT), 0);
	KUNIT_EXPECT_EQ(test, play_poll(c->p, inq(1)), 0);
}

/* 5.3.2: two for each port that there may be, and two. */
static void finds_queues(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	int i = mock_find_access(c->m, MOCK_FIND_VQS, 0);

	KUNIT_ASSERT_GE(test, i, 0);
	KUNIT_EXPECT_EQ(test, c->m->log[i].value, 2 * PORTS + 2);
}

/* 5.3.5: buffers first, then PORT_READY; 5.3.6: of the right direction. */
static void adds_port(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct play_buf b;

	con_add(c, 1);
	KUNIT_ASSERT_TRUE(test, play_try_take(c->p, inq(1), &b));
	KUNIT_EXPECT_EQ(test, b.out_len, 0);
	KUNIT_EXPECT_GT(test, b.in_len, 0);
	KUNIT_EXPECT_EQ(test, play_poll(c->p, outq(1)), 0);
	KUNIT_EXPECT_EQ(test, play_poll(c->p, inq(0)), 0);
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
}

/* 5.3.6.2: with PORT_OPEN and value 1, however often. */
static void answers_console_port(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);

	con_add(c, 0);
	con_say(c, 0, EV_CONSOLE, 1);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_OPEN, 1));
	con_say(c, 0, EV_CONSOLE, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_OPEN, 1));
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
}

/* A console cannot be had as a port. */
static void console_is_no_port(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);

	con_add(c, 0);
	con_say(c, 0, EV_CONSOLE, 1);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_OPEN, 1));
	KUNIT_EXPECT_PTR_EQ(test, con_open(c, 0, 0), ERR_PTR(-ENXIO));
}

/* There may be more than one console port (5.3.6.2). */
static void several_consoles(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *tty[2];
	u8 text[4] = {};
	int i;

	for (i = 0; i < 2; i++) {
		con_add(c, i);
		con_say(c, i, EV_CONSOLE, 1);
		KUNIT_EXPECT_TRUE(test, con_told(c, i, EV_OPEN, 1));
		tty[i] = con_open_tty(c, i);
	}
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, con_write(tty[i], i ? "two" : "one", 3),
				3);
		KUNIT_EXPECT_TRUE(test, play_until(play_poll(c->p, outq(i))));
		KUNIT_EXPECT_EQ(test, con_drain(c, i, text, 3), 3);
		KUNIT_EXPECT_STREQ(test, (char *)text, i ? "two" : "one");
	}
	for (i = 0; i < 2; i++)
		filp_close(tty[i], NULL);
}

/* A tty whose console is removed is hung up; the number is free again. */
static void console_removed_while_open(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *tty;
	int round;

	for (round = 0; round < 3; round++) {
		con_add(c, 0);
		con_say(c, 0, EV_CONSOLE, 1);
		KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_OPEN, 1));
		tty = con_open_tty(c, 0);
		con_say(c, 0, EV_REMOVE, 0);
		con_settle(c);
		KUNIT_EXPECT_EQ(test, con_write(tty, "x", 1), -EIO);
		filp_close(tty, NULL);
		/* The hvc core lets go of it at some time. */
		msleep(50);
	}
}

static struct winsize *tty_size(struct file *f)
{
	return &((struct tty_file_private *)f->private_data)->tty->winsize;
}

/* 5.3.6.2: columns, then rows; of any console, open or not. */
static void resizes(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *tty;
	u8 size[4];

	con_add(c, 1);
	con_say(c, 1, EV_CONSOLE, 1);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 1));
	put_unaligned_le16(132, size);
	put_unaligned_le16(43, size + 2);
	con_say_more(c, 1, EV_RESIZE, size, sizeof(size));
	con_settle(c);
	tty = con_open_tty(c, 0);
	KUNIT_EXPECT_TRUE(test, play_until(tty_size(tty)->ws_col == 132 &&
					   tty_size(tty)->ws_row == 43));
	put_unaligned_le16(1, size);
	put_unaligned_le16(65535, size + 2);
	con_say_more(c, 1, EV_RESIZE, size, sizeof(size));
	KUNIT_EXPECT_TRUE(test, play_until(tty_size(tty)->ws_col == 1 &&
					   tty_size(tty)->ws_row == 65535));
	/* No size: it stays. */
	memset(size, 0, sizeof(size));
	con_say_more(c, 1, EV_RESIZE, size, sizeof(size));
	con_settle(c);
	msleep(20);
	KUNIT_EXPECT_EQ(test, tty_size(tty)->ws_col, 1);
	filp_close(tty, NULL);
}

/* 5.3.4, 5.3.5: port 0 is a console, and its size is in the configuration. */
static void without_multiport(struct kunit *test)
{
	struct con *c = con_new(test, FB_VERSION_1 | FB_SIZE);
	u8 text[3];
	struct file *tty;

	put_unaligned_le16(100, c->m->config + CFG_COLS);
	put_unaligned_le16(30, c->m->config + CFG_ROWS);
	KUNIT_ASSERT_EQ(test, mock_register(c->m), 0);
	KUNIT_EXPECT_GT(test, play_poll(c->p, inq(0)), 0);
	tty = con_open_tty(c, 0);
	KUNIT_EXPECT_TRUE(test, play_until(tty_size(tty)->ws_col == 100 &&
					   tty_size(tty)->ws_row == 30));
	/* 0 is no size, an odd one is one. */
	put_unaligned_le16(0, c->m->config + CFG_COLS);
	mock_config_interrupt(c->m);
	msleep(20);
	KUNIT_EXPECT_EQ(test, tty_size(tty)->ws_col, 100);
	put_unaligned_le16(65535, c->m->config + CFG_COLS);
	put_unaligned_le16(1, c->m->config + CFG_ROWS);
	mock_config_interrupt(c->m);
	KUNIT_EXPECT_TRUE(test, play_until(tty_size(tty)->ws_col == 65535 &&
					   tty_size(tty)->ws_row == 1));
	KUNIT_EXPECT_EQ(test, con_write(tty, "abc", 3), 3);
	KUNIT_EXPECT_TRUE(test, play_until(play_poll(c->p, outq(0))));
	KUNIT_EXPECT_EQ(test, con_drain(c, 0, text, 3), 3);
	KUNIT_EXPECT_EQ(test, memcmp(text, "abc", 3), 0);
	filp_close(tty, NULL);
}

/* 2.5.1: without its feature a field is not there. */
static void fields_with_their_features(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	unsigned int i;

	con_add(c, 0);
	mock_config_interrupt(c->m);
	con_settle(c);
	for (i = 0; i < c->m->log_num; i++)
		if (c->m->log[i].op == MOCK_CONFIG_READ)
			KUNIT_EXPECT_EQ(test, c->m->log[i].value >> 16,
					CFG_MAX_PORTS);
}

/* Bytes in both directions, more than all buffers hold. */
static void data_both_ways(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	u8 *data = pattern(test), *copy = kvmalloc(PATTERN_BYTES, GFP_KERNEL);
	size_t n, done, part;
	struct file *f;

	con_add_open(c, 2);
	f = con_open_told(c, 2, O_NONBLOCK);
	for (done = 0; done < PATTERN_BYTES; done += n) {
		n = con_write(f, data + done, PATTERN_BYTES - done);
		KUNIT_ASSERT_GT(test, (ssize_t)n, 0);
		KUNIT_ASSERT_EQ(test, con_drain(c, 2, copy + done, n), n);
	}
	KUNIT_EXPECT_EQ(test, memcmp(data, copy, PATTERN_BYTES), 0);
	memset(copy, 0, PATTERN_BYTES);
	for (done = 0; done < PATTERN_BYTES; done += n) {
		part = min(PATTERN_BYTES - done, 1000 + done % 7);
		KUNIT_ASSERT_TRUE(test, play_answer(c->p, inq(2), data + done,
						    part));
		n = con_read(f, copy + done, PATTERN_BYTES - done);
		KUNIT_ASSERT_EQ(test, n, part);
	}
	KUNIT_EXPECT_EQ(test, memcmp(data, copy, PATTERN_BYTES), 0);
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, 2, EV_OPEN, 0));
	kvfree(copy);
	kvfree(data);
}

/* A batch is one notification, also where each would be wanted. */
static void one_notification(struct kunit *test)
{
	struct con *c = con_start(test, FB_VERSION_1 | FB_MULTIPORT);
	u8 *data = pattern(test);
	struct file *f;

	con_add_open(c, 1);
	f = con_open_told(c, 1, 0);
	c->m->notified[outq(1)] = 0;
	KUNIT_EXPECT_EQ(test, con_write(f, data, 60000), 60000);
	KUNIT_EXPECT_EQ(test, c->m->notified[outq(1)], 1);
	KUNIT_EXPECT_EQ(test, con_drain(c, 1, NULL, 0), 60000);
	filp_close(f, NULL);
	kvfree(data);
}

/* No room: EAGAIN and no POLLOUT; with some, both are different. */
static void no_room(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	u8 *data = pattern(test);
	struct play_buf b;
	struct file *f;
	ssize_t n;

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLOUT);
	n = con_write(f, data, PATTERN_BYTES);
	KUNIT_EXPECT_GT(test, n, 4096);
	KUNIT_EXPECT_LT(test, n, PATTERN_BYTES);
	KUNIT_EXPECT_EQ(test, con_write(f, data, 1), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, con_poll(f) & POLLOUT);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, outq(1), &b));
	play_done(c->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLOUT);
	KUNIT_EXPECT_EQ(test, con_write(f, data, 1), 1);
	filp_close(f, NULL);
	kvfree(data);
}

/* 5.3.6.2: PORT_OPEN of the host. */
static void host_opens_and_closes(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f;
	u8 text[8];

	con_add(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLHUP);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), 0);
	con_say(c, 1, EV_OPEN, 1);
	con_settle(c);
	KUNIT_EXPECT_FALSE(test, con_poll(f) & POLLHUP);
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
	/* What came before the end is read before it. */
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, inq(1), "last", 4));
	con_say(c, 1, EV_OPEN, 0);
	con_settle(c);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLHUP);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLIN);
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), 4);
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), 0);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -EPIPE);
	filp_close(f, NULL);
}

static void one_opener(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f;

	con_add_open(c, 1);
	f = con_open_told(c, 1, 0);
	KUNIT_EXPECT_PTR_EQ(test, con_open(c, 1, 0), ERR_PTR(-EBUSY));
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 0));
	f = con_open_told(c, 1, 0);
	filp_close(f, NULL);
}

/* 5.3.6.2: the name comes without a NUL; a later one replaces it. */
static void takes_name(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	char name[32];

	con_add(c, 1);
	con_attr(c, 1, "name", name, sizeof(name));
	KUNIT_EXPECT_STREQ(test, name, "\n");
	con_say_more(c, 1, EV_NAME, "org.test.0", 10);
	con_settle(c);
	con_attr(c, 1, "name", name, sizeof(name));
	KUNIT_EXPECT_STREQ(test, name, "org.test.0\n");
	con_say_more(c, 1, EV_NAME, "other\0junk", 10);
	con_settle(c);
	con_attr(c, 1, "name", name, sizeof(name));
	KUNIT_EXPECT_STREQ(test, name, "other\n");
}

/* 5.3.4, 5.3.6.2: in the guest's own byte order; 5.3.6.5: one descriptor. */
static void legacy_device(struct kunit *test)
{
	struct con *c = con_start(test, FB_MULTIPORT);
	struct play_buf b;
	u8 text[4];
	struct file *f;

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "text", 4), 4);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, outq(1), &b));
	play_read(c->p, &b, 0, text, 4);
	KUNIT_EXPECT_EQ(test, memcmp(text, "text", 4), 0);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_IN, &b));
	KUNIT_EXPECT_EQ(test, b.c.num, 1);
	filp_close(f, NULL);
}

/* A used length in a transmit queue says nothing (5.3.6.4). */
static void legacy_used_length(struct kunit *test)
{
	struct con *c = con_start(test, FB_MULTIPORT);
	struct play_buf b;
	struct file *f;
	int i;

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	for (i = 0; i < 200; i++) {
		KUNIT_ASSERT_EQ(test, con_write(f, "text", 4), 4);
		KUNIT_ASSERT_TRUE(test, play_take(c->p, outq(1), &b));
		play_done(c->p, &b, 4);
	}
	filp_close(f, NULL);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_OUT, &b));
	play_done(c->p, &b, HEAD);
	f = con_open_told(c, 1, 0);
	filp_close(f, NULL);
}

#ifdef CONFIG_PM_SLEEP
/* The device forgets everything; ports, openers and output do not. */
static void sleeps(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f;
	u8 text[8] = {};

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "before", 6), 6);
	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&c->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, con_write(f, "!", 1), 1);
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), -EAGAIN);
	KUNIT_ASSERT_EQ(test, virtio_device_restore(&c->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_DEVICE_READY, 1));
	KUNIT_EXPECT_EQ(test, play_poll(c->p, outq(1)), 0);
	con_say(c, 1, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_PORT_READY, 1));
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 1));
	KUNIT_EXPECT_EQ(test, con_drain(c, 1, text, 8), 7);
	KUNIT_EXPECT_STREQ(test, (char *)text, "before!");
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, inq(1), "after", 5));
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), 5);
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 0));
}
#endif

/* Use all output, and interrupt only if that is wanted. */
static size_t use_output(struct con *c, u32 id)
{
	struct walk *w = &c->p->q[outq(id)].w;
	struct play_buf b;
	size_t all = 0;
	u32 mark;

	while (play_try_take(c->p, outq(id), &b)) {
		mark = walk_mark(w);
		play_push(c->p, &b, 0);
		if (walk_must_interrupt(w, mark))
			mock_interrupt(c->m, outq(id));
		all += b.out_len;
	}
	return all;
}

/*
 * 2.1.1: it says that it needs a reset, gets one, and all is as before.  Output
 * that it has used does not come again.
 */
static void recovers(struct kunit *test)
{
	struct con *c;
	struct file *f;
	u8 text[8] = {};

	if (!virtqueue_ext_has(virtio_recovery_join))
		kunit_skip(test, "this bus does not set devices up again");
	c = con_start(test, MODERN);
	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "used", 4), 4);
	KUNIT_EXPECT_EQ(test, use_output(c, 1), 4);
	KUNIT_EXPECT_EQ(test, con_write(f, "before", 6), 6);
	mock_needs_reset(c->m);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_DEVICE_READY, 1));
	con_say(c, 1, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_PORT_READY, 1));
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 1));
	KUNIT_EXPECT_EQ(test, con_drain(c, 1, text, 8), 6);
	KUNIT_EXPECT_STREQ(test, (char *)text, "before");
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, inq(1), "after", 5));
	KUNIT_EXPECT_EQ(test, con_read(f, text, 8), 5);
	filp_close(f, NULL);
}

static unsigned int emergency_writes(struct mock *m)
{
	unsigned int i, writes = 0;

	for (i = 0; i < m->log_num; i++)
		if (m->log[i].op == MOCK_CONFIG_WRITE &&
		    m->log[i].value >> 16 == CFG_EMERG)
			writes++;
	return writes;
}

/*
 * 5.3.5: character by character, when the device has failed and does not come
 * back; at any time, so also after its reset, which the mock does not like.
 */
static void emergency_write(struct kunit *test)
{
	struct con *c = con_start(test, FB_VERSION_1 | FB_EMERG_WRITE);
	struct file *tty = con_open_tty(c, 0);

	KUNIT_EXPECT_EQ(test, emergency_writes(c->m), 0);
	c->m->tolerate = true;
	c->m->refuse_vqs = -ENOMEM;
	virtio_report_failure(&c->m->vdev, VIRTIO_FAILURE_QUEUE);
	KUNIT_EXPECT_TRUE(test, play_until(({
		con_write(tty, "e", 1);
		emergency_writes(c->m);
	})));
	msleep(20);
	mock_clear_log(c->m);
	KUNIT_EXPECT_EQ(test, con_write(tty, "end", 3), 3);
	KUNIT_EXPECT_TRUE(test, play_until(emergency_writes(c->m) == 3));
	KUNIT_EXPECT_EQ(test, c->m->config[CFG_EMERG], 'd');
	filp_close(tty, NULL);
}

static void break_when_live(struct mock *m, u8 status)
{
	if (status & ST_DRIVER_OK)
		virtio_break_device(&m->vdev);
}

/* It takes no first message: who sets it up does not wait for that. */
static void hostile_breaks_at_once(struct kunit *test)
{
	struct con *c = con_new(test, MODERN);
	unsigned long since = jiffies;

	c->m->on_status_write = break_when_live;
	KUNIT_EXPECT_EQ(test, mock_register(c->m), 0);
	KUNIT_EXPECT_LT(test, jiffies - since, 5UL * HZ);
}

/* A configuration that cannot be: the driver says so, and lets go. */
static void hostile_no_ports(struct kunit *test)
{
	struct con *c = con_new(test, MODERN);

	put_unaligned_le32(0, c->m->config + CFG_MAX_PORTS);
	KUNIT_ASSERT_EQ(test, mock_register(c->m), 0);
	KUNIT_EXPECT_NULL(test, c->m->vdev.dev.driver);
	KUNIT_EXPECT_TRUE(test, c->m->status & ST_FAILED);
}

static void hostile_too_many_ports(struct kunit *test)
{
	struct con *c = con_new(test, MODERN);

	put_unaligned_le32(U32_MAX, c->m->config + CFG_MAX_PORTS);
	KUNIT_ASSERT_EQ(test, mock_register(c->m), 0);
	/* It has not the queues for them. */
	KUNIT_EXPECT_NULL(test, c->m->vdev.dev.driver);
	KUNIT_EXPECT_TRUE(test, c->m->status & ST_FAILED);
}

/**
 * struct bad_message - a control message that changes nothing
 * @name: of the case
 * @id: number of the port
 * @event: what
 * @cut: bytes of it, with the header
 */
struct bad_message {
	const char *name;
	u32 id;
	u16 event;
	size_t cut;
};

static const struct bad_message bad_messages[] = {
	{ "no message at all", 1, EV_NAME, 0 },
	{ "header cut short", 1, EV_NAME, HEAD - 1 },
	{ "unknown event", 1, 8, HEAD },
	{ "highest event", 1, U16_MAX, HEAD },
	{ "event of a driver, DEVICE_READY", 1, EV_DEVICE_READY, HEAD },
	{ "event of a driver, PORT_READY", 1, EV_PORT_READY, HEAD },
	{ "port that is not there", 2, EV_CONSOLE, HEAD },
	{ "port beyond the last one", PORTS, EV_ADD, HEAD },
	{ "highest port", U32_MAX, EV_ADD, HEAD },
	{ "port added twice", 1, EV_ADD, HEAD },
	{ "port removed, never added", 2, EV_REMOVE, HEAD },
	{ "empty name", 1, EV_NAME, HEAD },
	{ "name that is a NUL", 1, EV_NAME, HEAD + 1 },
	{ "size missing", 1, EV_RESIZE, HEAD },
	{ "size cut short", 1, EV_RESIZE, HEAD + 3 },
};

static void bad_desc(const struct bad_message *b, char *desc)
{
	strscpy(desc, b->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad, bad_messages, bad_desc);

static void hostile_message(struct kunit *test)
{
	const struct bad_message *bad = test->param_value;
	struct con *c = con_start(test, MODERN);
	u8 msg[HEAD + 4] = {};
	struct file *f;
	char name[8];

	con_add_open(c, 1);
	con_build(c, msg, bad->id, bad->event, 1, NULL, 0);
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, CTRL_IN, msg, bad->cut));
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
	con_attr(c, 1, "name", name, sizeof(name));
	KUNIT_EXPECT_STREQ(test, name, "\n");
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
	filp_close(f, NULL);
}

/* As long as a message can be, and full of what cannot be seen. */
static void hostile_long_name(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	char *name = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct play_buf b;
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, name);
	con_add(c, 1);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_IN, &b));
	len = b.in_len - HEAD;
	KUNIT_ASSERT_LT(test, len, 1000);
	memset(name, 'n', len);
	name[5] = '\n';
	play_write(c->p, &b, HEAD, name, len);
	con_build(c, name, 1, EV_NAME, 1, NULL, 0);
	play_write(c->p, &b, 0, name, HEAD);
	play_done(c->p, &b, b.in_len);
	con_settle(c);
	KUNIT_EXPECT_EQ(test, con_attr(c, 1, "name", name, 1024), len + 1);
	KUNIT_EXPECT_EQ(test, name[4], 'n');
	KUNIT_EXPECT_EQ(test, name[5], '_');
	KUNIT_EXPECT_EQ(test, name[len - 1], 'n');
}

/* A used length that cannot be is no reason to read beyond a buffer. */
static void hostile_used_too_long(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	u8 *text = kvmalloc(PATTERN_BYTES, GFP_KERNEL);
	struct play_buf b;
	struct file *f;

	KUNIT_ASSERT_NOT_NULL(test, text);
	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_ASSERT_TRUE(test, play_take(c->p, inq(1), &b));
	play_done(c->p, &b, U32_MAX);
	KUNIT_EXPECT_LE(test, con_read(f, text, PATTERN_BYTES),
			(ssize_t)b.in_len);
	filp_close(f, NULL);
	kvfree(text);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 0));
	KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_IN, &b));
	play_done(c->p, &b, U32_MAX);
}

/* Nothing in a buffer is nothing to read, and the buffer comes back. */
static void hostile_used_zero(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct play_buf b;
	struct file *f;
	u8 text[4];
	int i;

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	for (i = 0; i < 300; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(c->p, inq(1), &b));
		play_done(c->p, &b, 0);
	}
	KUNIT_EXPECT_EQ(test, con_read(f, text, 4), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, inq(1), "text", 4));
	KUNIT_EXPECT_EQ(test, con_read(f, text, 4), 4);
	filp_close(f, NULL);
}

static void hostile_open_storm(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f;
	int i;

	con_add(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	for (i = 0; i < 300; i++)
		con_say(c, 1, EV_OPEN, i % 2);
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
	filp_close(f, NULL);
}

static void hostile_add_storm(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	int i;

	for (i = 0; i < 20; i++) {
		con_add(c, 1);
		con_say(c, 1, EV_CONSOLE, 1);
		KUNIT_ASSERT_TRUE(test, con_told(c, 1, EV_OPEN, 1));
		con_say(c, 1, EV_REMOVE, 0);
	}
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
}

#ifdef CONFIG_PM_SLEEP
/* Who waits for room goes on when the device is back. */
static void writer_outlasts_sleep(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct con_waiter writer = { .len = 4096, .again = true };
	struct file *f;
	size_t got = 0;

	con_add_open(c, 1);
	f = con_open_told(c, 1, 0);
	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&c->m->vdev), 0);
	con_waiter_start(test, &writer, f, true);
	KUNIT_ASSERT_EQ(test, virtio_device_restore(&c->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_DEVICE_READY, 1));
	con_say(c, 1, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_PORT_READY, 1));
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 1));
	KUNIT_EXPECT_TRUE(test, play_until(({
		got += use_output(c, 1);
		got >= 2 * PATTERN_BYTES;
	})));
	con_say(c, 1, EV_REMOVE, 0);
	con_waiter_ends(test, &writer, -ENODEV);
	filp_close(f, NULL);
}
#endif

/* Who waits is told, and the number is another port's at once. */
static void hostile_remove_while_open(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct con_waiter reader = { .len = 4096, .again = true };
	struct con_waiter writer = { .len = 4096, .again = true };
	struct file *f, *again;

	con_add_open(c, 1);
	f = con_open_told(c, 1, 0);
	con_waiter_start(test, &reader, f, false);
	con_waiter_start(test, &writer, f, true);
	con_say(c, 1, EV_REMOVE, 0);
	con_waiter_ends(test, &reader, -ENODEV);
	con_waiter_ends(test, &writer, -ENODEV);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLHUP);

	/* The device has used none of what the old port wrote. */
	con_add_open(c, 1);
	again = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "old", 3), -ENODEV);
	KUNIT_EXPECT_EQ(test, con_write(again, "new", 3), 3);
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_is_quiet(c));
	filp_close(again, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, 1, EV_OPEN, 0));
	KUNIT_EXPECT_GE(test, con_drain(c, 1, NULL, 0), 3);
}

/* Output of a removed port that the device never gives back. */
static void hostile_keeps_output(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	u8 *data = pattern(test);
	struct play_buf b;
	struct file *f;
	int i;

	for (i = 0; i < 5; i++) {
		con_add_open(c, 1);
		f = con_open_told(c, 1, O_NONBLOCK);
		KUNIT_EXPECT_EQ(test, con_write(f, data, 50000), 50000);
		KUNIT_ASSERT_TRUE(test, play_take(c->p, outq(1), &b));
		KUNIT_EXPECT_GT(test, con_drain(c, 1, NULL, 0), 0);
		con_say(c, 1, EV_REMOVE, 0);
		con_settle(c);
		filp_close(f, NULL);
	}
	kvfree(data);
}

static void hostile_gone_while_open(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct con_waiter reader = { .len = 4096, .again = true };
	struct file *f;

	con_add_open(c, 1);
	f = con_open_told(c, 1, 0);
	con_waiter_start(test, &reader, f, false);
	mock_unregister(c->m);
	con_waiter_ends(test, &reader, -ENODEV);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -ENODEV);
	filp_close(f, NULL);
}

/* A device that breaks its queues can still be removed. */
static void hostile_lies(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f;

	con_add_open(c, 1);
	f = con_open_told(c, 1, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
	play_lie(c->p, outq(1), 60, 0);
	play_lie(c->p, inq(1), 12345, 1);
	play_lie(c->p, CTRL_IN, 12345, 8);
	con_poll(f);
	mock_unregister(c->m);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -ENODEV);
	filp_close(f, NULL);
}

static struct kunit_case console_cases[] = {
	KUNIT_CASE(says_ready),
	KUNIT_CASE(finds_queues),
	KUNIT_CASE(adds_port),
	KUNIT_CASE(answers_console_port),
	KUNIT_CASE(console_is_no_port),
	KUNIT_CASE(several_consoles),
	KUNIT_CASE(console_removed_while_open),
	KUNIT_CASE(resizes),
	KUNIT_CASE(without_multiport),
	KUNIT_CASE(fields_with_their_features),
	KUNIT_CASE(data_both_ways),
	KUNIT_CASE(one_notification),
	KUNIT_CASE(no_room),
	KUNIT_CASE(host_opens_and_closes),
	KUNIT_CASE(one_opener),
	KUNIT_CASE(takes_name),
	KUNIT_CASE(legacy_device),
	KUNIT_CASE(legacy_used_length),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(sleeps),
#endif
	KUNIT_CASE(recovers),
	KUNIT_CASE(emergency_write),
	KUNIT_CASE(hostile_breaks_at_once),
	KUNIT_CASE(hostile_no_ports),
	KUNIT_CASE(hostile_too_many_ports),
	KUNIT_CASE_PARAM(hostile_message, bad_gen_params),
	KUNIT_CASE(hostile_long_name),
	KUNIT_CASE(hostile_used_too_long),
	KUNIT_CASE(hostile_used_zero),
	KUNIT_CASE(hostile_open_storm),
	KUNIT_CASE(hostile_add_storm),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(writer_outlasts_sleep),
#endif
	KUNIT_CASE(hostile_remove_while_open),
	KUNIT_CASE(hostile_keeps_output),
	KUNIT_CASE(hostile_gone_while_open),
	KUNIT_CASE(hostile_lies),
	{}
};

static struct kunit_suite console_suite = {
	.name = "virtio_console",
	.test_cases = console_cases,
};

kunit_test_suites(&console_suite);

MODULE_DESCRIPTION("Unit tests of virtio_console on a mock device");
MODULE_LICENSE("GPL");
