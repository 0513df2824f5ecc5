// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A console device, and programs that have its ports open
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/kthread.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <asm/unaligned.h>

#include "console_fix.h"

static void con_put16(struct con *c, u8 *to, u16 v)
{
	if (c->le)
		put_unaligned_le16(v, to);
	else
		put_unaligned(v, (u16 *)to);
}

static void con_put32(struct con *c, u8 *to, u32 v)
{
	if (c->le)
		put_unaligned_le32(v, to);
	else
		put_unaligned(v, (u32 *)to);
}

/**
 * con_new - a console device that is not on the bus yet
 * @test: the test
 * @features: what it offers
 *
 * With MULTIPORT of %PORTS ports.
 *
 * Return: the device, gone with the test.
 */
struct con *con_new(struct kunit *test, u64 features)
{
	struct con *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->test = test;
	c->le = features & FB_VERSION_1;
	c->m = mock_new(test, ID_CONSOLE, features);
	c->m->num_vqs = features & FB_MULTIPORT ? 2 * PORTS + 2 : 2;
	for (i = 0; i < c->m->num_vqs; i++)
		c->m->queue_size[i] = 64;
	con_put32(c, c->m->config + CFG_MAX_PORTS, PORTS);
	c->p = play_new(c->m);
	return c;
}

/**
 * con_start - a console device with its driver
 * @test: the test
 * @features: what it offers
 *
 * With MULTIPORT the driver has said DEVICE_READY.
 *
 * Return: the device.
 */
struct con *con_start(struct kunit *test, u64 features)
{
	struct con *c = con_new(test, features);
	struct play_buf b;

	KUNIT_ASSERT_EQ(test, mock_register(c->m), 0);
	KUNIT_ASSERT_NOT_NULL_MSG(test, c->m->vdev.dev.driver,
				  "no driver took the device");
	KUNIT_ASSERT_TRUE(test, c->m->status & ST_DRIVER_OK);
	if (features & FB_MULTIPORT) {
		KUNIT_ASSERT_TRUE(test, play_take(c->p, CTRL_OUT, &b));
		play_done(c->p, &b, 0);
	}
	return c;
}

/**
 * con_build - build a control message
 * @c: the device
 * @msg: where to, %HEAD bytes and @len
 * @id: number of the port
 * @event: what
 * @value: and its value
 * @body: what follows
 * @len: bytes of it
 *
 * Return: bytes of the message.
 */
size_t con_build(struct con *c, u8 *msg, u32 id, u16 event, u16 value,
		 const void *body, size_t len)
{
	con_put32(c, msg, id);
	con_put16(c, msg + 4, event);
	con_put16(c, msg + 6, value);
	if (len)
		memcpy(msg + HEAD, body, len);
	return HEAD + len;
}

/**
 * con_say - send the driver a control message
 * @c: the device
 * @id: number of the port
 * @event: what
 * @value: and its value
 */
void con_say(struct con *c, u32 id, u16 event, u16 value)
{
	u8 msg[HEAD];
	size_t len = con_build(c, msg, id, event, value, NULL, 0);

	KUNIT_EXPECT_TRUE(c->test, play_answer(c->p, CTRL_IN, msg, len));
}

/**
 * con_say_more - the same with something that follows
 * @c: the device
 * @id: number of the port
 * @event: what
 * @body: what follows
 * @len: bytes of it, 504 at most
 */
void con_say_more(struct con *c, u32 id, u16 event, const void *body,
		  size_t len)
{
	u8 *msg = kunit_kzalloc(c->test, HEAD + len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(c->test, msg);
	len = con_build(c, msg, id, event, 1, body, len);
	KUNIT_EXPECT_TRUE(c->test, play_answer(c->p, CTRL_IN, msg, len));
}

/**
 * con_told - does the driver say so next?
 * @c: the device
 * @id: number of the port
 * @event: what
 * @value: and its value
 *
 * One device-readable descriptor of 8 bytes, too (5.3.6.5).
 *
 * Return: false for anything else, or nothing at all.
 */
bool con_told(struct con *c, u32 id, u16 event, u16 value)
{
	u8 want[HEAD], msg[HEAD] = {};
	struct play_buf b;

	if (!play_take(c->p, CTRL_OUT, &b)) {
		kunit_info(c->test, "nothing is said");
		return false;
	}
	play_read(c->p, &b, 0, msg, sizeof(msg));
	play_done(c->p, &b, 0);
	con_build(c, want, id, event, value, NULL, 0);
	kunit_info(c->test, "said: %*ph", HEAD, msg);
	return b.c.num == 1 && b.out_len == HEAD && !b.in_len &&
	       !memcmp(want, msg, HEAD);
}

/**
 * con_settle - wait until the driver has taken in what was said
 * @c: the device
 *
 * Messages are taken in order, so a port that comes and goes shows it; the last
 * number is kept for that.
 */
void con_settle(struct con *c)
{
	con_say(c, PORTS - 1, EV_ADD, 0);
	KUNIT_EXPECT_TRUE(c->test, con_told(c, PORTS - 1, EV_PORT_READY, 1));
	con_say(c, PORTS - 1, EV_REMOVE, 0);
}

/**
 * con_is_quiet - has the driver taken in what was said, and not answered?
 * @c: the device
 *
 * Return: true if so.
 */
bool con_is_quiet(struct con *c)
{
	con_say(c, PORTS - 1, EV_ADD, 0);
	if (!con_told(c, PORTS - 1, EV_PORT_READY, 1))
		return false;
	con_say(c, PORTS - 1, EV_REMOVE, 0);
	return !play_poll(c->p, CTRL_OUT);
}

/**
 * con_add - add a port, and see it accepted
 * @c: the device
 * @id: its number
 */
void con_add(struct con *c, u32 id)
{
	con_say(c, id, EV_ADD, 0);
	KUNIT_ASSERT_TRUE(c->test, con_told(c, id, EV_PORT_READY, 1));
}

/**
 * con_add_open - add a port that the host has open
 * @c: the device
 * @id: its number
 */
void con_add_open(struct con *c, u32 id)
{
	con_add(c, id);
	con_say(c, id, EV_OPEN, 1);
	con_settle(c);
}

/**
 * con_open - open /dev/vportNpM
 * @c: the device
 * @id: number of the port
 * @flags: beside O_RDWR
 *
 * Return: the file or an ERR_PTR.
 */
struct file *con_open(struct con *c, u32 id, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/vport%up%u", c->m->vdev.index, id);
	return filp_open(path, O_RDWR | flags, 0);
}

/**
 * con_open_told - the same, and see the device told of it
 * @c: the device
 * @id: number of the port
 * @flags: beside O_RDWR
 *
 * Return: the file.
 */
struct file *con_open_told(struct con *c, u32 id, int flags)
{
	struct file *f = con_open(c, id, flags);

	KUNIT_ASSERT_FALSE_MSG(c->test, IS_ERR(f), "open: %ld", PTR_ERR(f));
	KUNIT_EXPECT_TRUE(c->test, con_told(c, id, EV_OPEN, 1));
	return f;
}

/**
 * con_open_tty - open /dev/hvcN
 * @c: the device
 * @index: N
 *
 * Return: the file.
 */
struct file *con_open_tty(struct con *c, unsigned int index)
{
	struct file *f;
	char path[16];

	snprintf(path, sizeof(path), "/dev/hvc%u", index);
	f = filp_open(path, O_RDWR | O_NOCTTY, 0);
	KUNIT_ASSERT_FALSE_MSG(c->test, IS_ERR(f), "open: %ld", PTR_ERR(f));
	return f;
}

/**
 * con_write - write()
 * @f: the file
 * @buf: bytes
 * @len: how many
 *
 * Return: as write().
 */
ssize_t con_write(struct file *f, const void *buf, size_t len)
{
	loff_t pos = 0;

	return kernel_write(f, buf, len, &pos);
}

/**
 * con_read - read()
 * @f: the file
 * @buf: where to
 * @len: bytes at most
 *
 * Return: as read().
 */
ssize_t con_read(struct file *f, void *buf, size_t len)
{
	loff_t pos = 0;

	return kernel_read(f, buf, len, &pos);
}

/**
 * con_poll - poll() that does not wait
 * @f: the file
 *
 * Return: the events.
 */
unsigned int con_poll(struct file *f)
{
	return (__force unsigned int)vfs_poll(f, NULL);
}

/**
 * con_attr - read an attribute of a port
 * @c: the device
 * @id: number of the port
 * @attr: its name
 * @buf: where to
 * @size: bytes of it
 *
 * Return: bytes read; @buf is terminated.
 */
size_t con_attr(struct con *c, u32 id, const char *attr, char *buf,
		size_t size)
{
	struct file *f;
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/vport%up%u/%s",
		 c->m->vdev.index, id, attr);
	f = filp_open(path, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE_MSG(c->test, IS_ERR(f), "%s", path);
	n = con_read(f, buf, size - 1);
	filp_close(f, NULL);
	n = max_t(ssize_t, n, 0);
	buf[n] = '\0';
	return n;
}

/**
 * con_drain - use all output that there is
 * @c: the device
 * @id: number of the port
 * @to: where to, or NULL
 * @max: bytes of it
 *
 * Return: bytes of output.
 */
size_t con_drain(struct con *c, u32 id, u8 *to, size_t max)
{
	struct play_buf b;
	size_t all = 0;

	while (play_try_take(c->p, outq(id), &b)) {
		KUNIT_EXPECT_EQ(c->test, b.in_len, 0);
		if (to && all < max)
			play_read(c->p, &b, 0, to + all,
				  min(b.out_len, max - all));
		all += b.out_len;
		play_done(c->p, &b, 0);
	}
	return all;
}

static int con_waiter_thread(void *data)
{
	struct con_waiter *w = data;
	u8 *buf = kzalloc(w->len, GFP_KERNEL);

	do {
		w->ret = w->write ? con_write(w->f, buf, w->len) :
				    con_read(w->f, buf, w->len);
	} while (w->again && w->ret > 0);
	kfree(buf);
	complete(&w->done);
	return 0;
}

/**
 * con_waiter_start - read or write in a thread, which has to wait soon
 * @test: the test
 * @w: the thread's; @w->len and @w->again are set
 * @f: the file
 * @write: which of the two
 */
void con_waiter_start(struct kunit *test, struct con_waiter *w, struct file *f,
		      bool write)
{
	struct task_struct *t;

	w->f = f;
	w->write = write;
	w->ret = 1;
	init_completion(&w->done);
	t = kthread_run(con_waiter_thread, w, "port-waiter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(t));
	msleep(50);
	KUNIT_EXPECT_FALSE(test, completion_done(&w->done));
}

/**
 * con_waiter_ends - the thread does not wait any more
 * @test: the test
 * @w: the thread's
 * @ret: what its last call has to return
 */
void con_waiter_ends(struct kunit *test, struct con_waiter *w, ssize_t ret)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&w->done, 5 * HZ),
			0UL);
	KUNIT_EXPECT_EQ(test, w->ret, ret);
}
