// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_console_hold: short writes that are sent together
 *
 * What a program has written may wait for more; here that is allowed to last
 * far longer than any test, unless the test is of that time.  So what the
 * device sees, it sees because of what the driver was told to send it for.
 */
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>
#include <virtio_recovery.h>

#include "console_fix.h"

#define MODERN		(FB_VERSION_1 | FB_MULTIPORT | FB_EVENT_IDX)
/* Each notification counts. */
#define NO_EVENT	(FB_VERSION_1 | FB_MULTIPORT)

/* hold_us: for ever, for a time, what a user has. */
#define EVER		"600000000"
#define TENTH		"100000"
#define NORMAL		"2000"

#define PORT		1
#define OUT		outq(PORT)

static void set_hold(struct kunit *test, const char *us)
{
	struct file *f = filp_open("/sys/module/virtio_console/parameters/hold_us",
				   O_WRONLY, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(f));
	KUNIT_EXPECT_EQ(test, con_write(f, us, strlen(us)), strlen(us));
	filp_close(f, NULL);
}

/* A port that is open on both sides. */
static struct file *open_port(struct kunit *test, struct con *c, int flags,
			      const char *us)
{
	set_hold(test, us);
	con_add_open(c, PORT);
	return con_open_told(c, PORT, flags);
}

/**
 * hold_some - write until something is held
 * @c: the device, which uses nothing
 * @f: the port
 *
 * The bytes are 0, 1, 2 and so on.
 *
 * Return: how many; the last one is held.
 */
static unsigned int hold_some(struct con *c, struct file *f)
{
	unsigned int seen;
	u8 n = 0;

	do {
		seen = play_poll(c->p, OUT);
		KUNIT_EXPECT_EQ(c->test, con_write(f, &n, 1), 1);
	} while (++n < 30 && play_poll(c->p, OUT) != seen);
	KUNIT_EXPECT_LT(c->test, n, 30);
	return n;
}

/* Is just that there? */
static void expect_bytes(struct con *c, unsigned int num)
{
	u8 got[64];
	size_t n = con_drain(c, PORT, got, sizeof(got)), i;

	KUNIT_EXPECT_EQ(c->test, n, num);
	for (i = 0; i < min_t(size_t, n, num); i++)
		KUNIT_EXPECT_EQ(c->test, got[i], i);
}

/* Many writes, few notifications, few buffers; nothing out of place. */
static void together(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, EVER);
	u8 *data = kunit_kzalloc(test, 65536, GFP_KERNEL);
	u8 *copy = kunit_kzalloc(test, 65536, GFP_KERNEL);
	unsigned int i;

	for (i = 0; i < 65536; i++)
		data[i] = i * 7 + (i >> 8);
	c->m->notified[OUT] = 0;
	for (i = 0; i < 65536; i += 1024)
		KUNIT_EXPECT_EQ(test, con_write(f, data + i, 1024), 1024);
	KUNIT_EXPECT_LE(test, c->m->notified[OUT], 16);
	KUNIT_EXPECT_LE(test, play_poll(c->p, OUT), 16);
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_OPEN, 0));
	KUNIT_EXPECT_EQ(test, con_drain(c, PORT, copy, 65536), 65536);
	KUNIT_EXPECT_EQ(test, memcmp(data, copy, 65536), 0);
}

/* A write after some time is sent at once, and so is each with 0. */
static void first_at_once(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, EVER);
	unsigned int i;

	for (i = 1; i < 4; i++) {
		msleep(50);
		c->m->notified[OUT] = 0;
		KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
		KUNIT_EXPECT_EQ(test, play_poll(c->p, OUT), i);
		KUNIT_EXPECT_EQ(test, c->m->notified[OUT], 1);
	}
	set_hold(test, "0");
	for (; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
		KUNIT_EXPECT_EQ(test, play_poll(c->p, OUT), i);
	}
	filp_close(f, NULL);
}

/* A device that uses nothing, a program that does nothing: the timer. */
static void by_itself(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, TENTH);
	unsigned int n = hold_some(c, f);

	c->m->notified[OUT] = 0;
	KUNIT_EXPECT_TRUE(test, play_until(c->m->notified[OUT] == 1));
	expect_bytes(c, n);
	/* And once more: it is started again. */
	n = hold_some(c, f);
	c->m->notified[OUT] = 0;
	KUNIT_EXPECT_TRUE(test, play_until(c->m->notified[OUT] == 1));
	expect_bytes(c, n);
	filp_close(f, NULL);
}

/* No room, and no device that makes some: all of it is sent by then. */
static void before_no_room(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	u8 *data = kunit_kzalloc(test, 1000, GFP_KERNEL);
	size_t all = 0;
	ssize_t n;

	while ((n = con_write(f, data, 1000)) > 0)
		all += n;
	KUNIT_EXPECT_EQ(test, n, -EAGAIN);
	KUNIT_EXPECT_FALSE(test, con_poll(f) & POLLOUT);
	KUNIT_EXPECT_GT(test, all, 60000);
	KUNIT_EXPECT_EQ(test, con_drain(c, PORT, NULL, 0), all);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLOUT);
	filp_close(f, NULL);
}

static void before_close(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	unsigned int n = hold_some(c, f);

	c->m->notified[OUT] = 0;
	filp_close(f, NULL);
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_OPEN, 0));
	KUNIT_EXPECT_EQ(test, c->m->notified[OUT], 1);
	expect_bytes(c, n);
}

/* The port is taken away: what was written before is the device's. */
static void before_unplug(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, EVER);
	unsigned int n = hold_some(c, f);

	con_say(c, PORT, EV_REMOVE, 0);
	con_settle(c);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -ENODEV);
	expect_bytes(c, n);
	filp_close(f, NULL);
}

/* poll() for something that is not there; where it is, nobody waits. */
static void before_poll(struct kunit *test)
{
	poll_table in = { ._key = EPOLLIN }, both = { ._key = (__force __poll_t)~0 };
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	unsigned int n = hold_some(c, f), seen = play_poll(c->p, OUT);

	vfs_poll(f, &both);
	KUNIT_EXPECT_EQ(test, play_poll(c->p, OUT), seen);
	vfs_poll(f, &in);
	expect_bytes(c, n);
	filp_close(f, NULL);
}

static void before_read(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	unsigned int n = hold_some(c, f);
	u8 text[4];

	KUNIT_EXPECT_EQ(test, con_read(f, text, 4), -EAGAIN);
	expect_bytes(c, n);
	filp_close(f, NULL);
}

/* The device comes back with what it has used: the rest goes there. */
static void with_interrupt(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	unsigned int n = hold_some(c, f), got = 0;
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, play_try_take(c->p, OUT, &b));
	got = b.out_len;
	play_done(c->p, &b, 0);
	KUNIT_EXPECT_EQ(test, got + con_drain(c, PORT, NULL, 0), n);
	filp_close(f, NULL);
}

#ifdef CONFIG_PM_SLEEP
/* The device forgets all that it has not used, and gets it again, in order. */
static void sleep_keeps_order(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	u8 n = hold_some(c, f), i;

	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&c->m->vdev), 0);
	for (i = 0; i < 5; i++, n++)
		KUNIT_EXPECT_EQ(test, con_write(f, &n, 1), 1);
	KUNIT_ASSERT_EQ(test, virtio_device_restore(&c->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_DEVICE_READY, 1));
	con_say(c, PORT, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_PORT_READY, 1));
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_OPEN, 1));
	expect_bytes(c, n);
	filp_close(f, NULL);
}
#endif

/* The device goes while the timer runs. */
static void gone_while_held(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f = open_port(test, c, O_NONBLOCK, TENTH);

	hold_some(c, f);
	mock_unregister(c->m);
	KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), -ENODEV);
	filp_close(f, NULL);
	/* The memory is gone before the timer would have been due. */
	msleep(150);
}

/* A device fails while bytes are held, and has them when it is set up again. */
static void fail_while_held(struct kunit *test, struct con *c, struct file *f)
{
	unsigned int n = hold_some(c, f);

	mock_needs_reset(c->m);
	KUNIT_EXPECT_TRUE(test, con_told(c, 0, EV_DEVICE_READY, 1));
	con_say(c, PORT, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_PORT_READY, 1));
	KUNIT_EXPECT_TRUE(test, con_told(c, PORT, EV_OPEN, 1));
	expect_bytes(c, n);
}

/* While the timer runs. */
static void fails_while_held(struct kunit *test)
{
	struct con *c;
	struct file *f;

	if (!virtqueue_ext_has(virtio_recovery_join))
		kunit_skip(test, "this bus does not set devices up again");
	c = con_start(test, MODERN);
	f = open_port(test, c, O_NONBLOCK, TENTH);
	fail_while_held(test, c, f);
	filp_close(f, NULL);
}

/* The timer that a reset stopped runs again for what is held after it. */
static void by_itself_after_reset(struct kunit *test)
{
	struct con *c;
	struct file *f;
	unsigned int n;

	if (!virtqueue_ext_has(virtio_recovery_join))
		kunit_skip(test, "this bus does not set devices up again");
	c = con_start(test, NO_EVENT);
	f = open_port(test, c, O_NONBLOCK, TENTH);
	fail_while_held(test, c, f);
	n = hold_some(c, f);
	c->m->notified[OUT] = 0;
	KUNIT_EXPECT_TRUE(test, play_until(c->m->notified[OUT] == 1));
	expect_bytes(c, n);
	filp_close(f, NULL);
}

/**
 * struct late_reader - a device that reads what is sent, after a time
 * @work: does it
 * @c: the device
 * @got: bytes
 */
struct late_reader {
	struct delayed_work work;
	struct con *c;
	size_t got;
};

static void late_read(struct work_struct *work)
{
	struct late_reader *late = container_of(work, struct late_reader,
						work.work);

	if (play_up(late->c->p, OUT))
		late->got = con_drain(late->c, PORT, NULL, 0);
}

/* The driver is unbound: a device that reads gets what was held. */
static void before_unbind(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, EVER);
	struct late_reader late = { .c = c };
	unsigned int n = hold_some(c, f);

	INIT_DELAYED_WORK_ONSTACK(&late.work, late_read);
	schedule_delayed_work(&late.work, msecs_to_jiffies(60));
	device_release_driver(&c->m->vdev.dev);
	flush_delayed_work(&late.work);
	destroy_delayed_work_on_stack(&late.work);
	KUNIT_EXPECT_EQ(test, late.got, n);
	filp_close(f, NULL);
}

/* SIGIO for room that a look at the ring has found, not an interrupt. */
static void signals_room(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, O_NONBLOCK, NORMAL);
	u8 *data = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct play_buf b;

	while (con_write(f, data, 4096) > 0)
		;
	allow_signal(SIGIO);
	f_setown(f, task_tgid_vnr(current), 1);
	KUNIT_ASSERT_GE(test, f->f_op->fasync(0, f, 1), 0);
	KUNIT_EXPECT_FALSE(test, signal_pending(current));
	KUNIT_ASSERT_TRUE(test, play_try_take(c->p, OUT, &b));
	play_push(c->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLOUT);
	KUNIT_EXPECT_TRUE(test, play_until(signal_pending(current)));
	f->f_op->fasync(0, f, 0);
	flush_signals(current);
	disallow_signal(SIGIO);
	filp_close(f, NULL);
}

/* Somebody waits for the answer: each write is sent at once. */
static void not_with_reader(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, EVER);
	struct con_waiter reader = { .len = 1 };
	unsigned int i;

	con_waiter_start(test, &reader, f, false);
	for (i = 1; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, con_write(f, "x", 1), 1);
		KUNIT_EXPECT_EQ(test, play_poll(c->p, OUT), i);
	}
	KUNIT_EXPECT_TRUE(test, play_answer(c->p, inq(PORT), "y", 1));
	con_waiter_ends(test, &reader, 1);
	filp_close(f, NULL);
}

/*
 * A writer waits for room.  The device makes some, and before its interrupt
 * comes somebody else takes that out of the ring: the interrupt finds nothing.
 */
static void room_found_by_another(struct kunit *test)
{
	struct con *c = con_start(test, NO_EVENT);
	struct file *f = open_port(test, c, 0, NORMAL);
	u8 *data = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct con_waiter writer = { .len = 1 };
	struct play_buf b;

	f->f_flags |= O_NONBLOCK;
	while (con_write(f, data, 4096) > 0)
		;
	f->f_flags &= ~O_NONBLOCK;
	con_waiter_start(test, &writer, f, true);
	KUNIT_ASSERT_TRUE(test, play_try_take(c->p, OUT, &b));
	play_push(c->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, con_poll(f) & POLLOUT);
	con_waiter_ends(test, &writer, 1);
	filp_close(f, NULL);
}

/*
 * 2.7.10: the device asks to be notified of what comes behind what it has seen.
 * Who removes the port while some of its output is behind that, and looks at it
 * no more, is notified when the next port of the number is there.
 */
static void reminds_next_port(struct kunit *test)
{
	struct con *c = con_start(test, MODERN);
	struct file *f = open_port(test, c, O_NONBLOCK, "0");
	struct play_buf b;

	walk_ask_notify(&c->p->q[OUT].w, WALK_NOTIFY_ALL, 0);
	KUNIT_EXPECT_EQ(test, con_write(f, "one", 3), 3);
	KUNIT_ASSERT_TRUE(test, play_try_take(c->p, OUT, &b));
	KUNIT_EXPECT_EQ(test, con_write(f, "two", 3), 3);
	KUNIT_EXPECT_EQ(test, con_write(f, "three", 5), 5);
	con_say(c, PORT, EV_REMOVE, 0);
	con_settle(c);
	filp_close(f, NULL);
	c->m->notified[OUT] = 0;
	con_add_open(c, PORT);
	KUNIT_EXPECT_EQ(test, c->m->notified[OUT], 1);
	f = con_open_told(c, PORT, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, con_drain(c, PORT, NULL, 0), 8);
	c->m->notified[OUT] = 0;
	KUNIT_EXPECT_EQ(test, con_write(f, "four", 4), 4);
	KUNIT_EXPECT_EQ(test, c->m->notified[OUT], 1);
	filp_close(f, NULL);
}

static void hold_exit(struct kunit *test)
{
	set_hold(test, NORMAL);
}

static struct kunit_case hold_cases[] = {
	KUNIT_CASE(together),
	KUNIT_CASE(first_at_once),
	KUNIT_CASE(by_itself),
	KUNIT_CASE(before_no_room),
	KUNIT_CASE(before_close),
	KUNIT_CASE(before_unplug),
	KUNIT_CASE(before_poll),
	KUNIT_CASE(before_read),
	KUNIT_CASE(with_interrupt),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(sleep_keeps_order),
#endif
	KUNIT_CASE(gone_while_held),
	KUNIT_CASE(fails_while_held),
	KUNIT_CASE(by_itself_after_reset),
	KUNIT_CASE(before_unbind),
	KUNIT_CASE(signals_room),
	KUNIT_CASE(not_with_reader),
	KUNIT_CASE(room_found_by_another),
	KUNIT_CASE(reminds_next_port),
	{}
};

static struct kunit_suite hold_suite = {
	.name = "virtio_console_hold",
	.exit = hold_exit,
	.test_cases = hold_cases,
};

kunit_test_suites(&hold_suite);

MODULE_DESCRIPTION("Unit tests of what virtio_console holds back");
MODULE_LICENSE("GPL");
