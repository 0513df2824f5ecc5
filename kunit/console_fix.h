/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A console device, and programs that have its ports open
 *
 * For the suites of virtio_console.  Control messages are built and read byte
 * by byte (VIRTIO 1.4, 5.3.6.2); files are opened by their path, as programs do.
 */
#ifndef _KUNIT_CONSOLE_FIX_H
#define _KUNIT_CONSOLE_FIX_H

#include <linux/completion.h>
#include <linux/fs.h>

#include "play.h"

#define ID_CONSOLE	3

/* Feature bits, 5.3.3. */
#define FB_SIZE		FB(0)
#define FB_MULTIPORT	FB(1)
#define FB_EMERG_WRITE	FB(2)

/* Events, 5.3.6.2. */
#define EV_DEVICE_READY	0
#define EV_ADD		1
#define EV_REMOVE	2
#define EV_PORT_READY	3
#define EV_CONSOLE	4
#define EV_RESIZE	5
#define EV_OPEN		6
#define EV_NAME		7

/* Configuration, 5.3.4. */
#define CFG_COLS	0
#define CFG_ROWS	2
#define CFG_MAX_PORTS	4
#define CFG_EMERG	8

/* Queues, 5.3.2. */
#define CTRL_IN		2
#define CTRL_OUT	3

/* Bytes before what belongs to the event. */
#define HEAD		8

#define PORTS		4

/**
 * struct con - a console device
 * @test: the test
 * @m: the device
 * @p: its side of the queues
 * @le: fields are little-endian
 */
struct con {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	bool le;
};

/* Queues of a port, 5.3.2. */
static inline unsigned int inq(u32 port)
{
	return port ? 2 * port + 2 : 0;
}

static inline unsigned int outq(u32 port)
{
	return inq(port) + 1;
}

/**
 * struct con_waiter - somebody who reads or writes in a thread
 * @f: the file
 * @write: which of the two
 * @len: bytes at a time
 * @again: until nothing comes of it
 * @ret: what it ends with
 * @done: it has ended
 */
struct con_waiter {
	struct file *f;
	bool write;
	size_t len;
	bool again;
	ssize_t ret;
	struct completion done;
};

struct con *con_new(struct kunit *test, u64 features);
struct con *con_start(struct kunit *test, u64 features);
size_t con_build(struct con *c, u8 *msg, u32 id, u16 event, u16 value,
		 const void *body, size_t len);
void con_say(struct con *c, u32 id, u16 event, u16 value);
void con_say_more(struct con *c, u32 id, u16 event, const void *body,
		  size_t len);
bool con_told(struct con *c, u32 id, u16 event, u16 value);
bool con_is_quiet(struct con *c);
void con_settle(struct con *c);
void con_add(struct con *c, u32 id);
void con_add_open(struct con *c, u32 id);
struct file *con_open(struct con *c, u32 id, int flags);
struct file *con_open_told(struct con *c, u32 id, int flags);
struct file *con_open_tty(struct con *c, unsigned int index);
ssize_t con_write(struct file *f, const void *buf, size_t len);
ssize_t con_read(struct file *f, void *buf, size_t len);
unsigned int con_poll(struct file *f);
size_t con_attr(struct con *c, u32 id, const char *attr, char *buf,
		size_t size);
size_t con_drain(struct con *c, u32 id, u8 *to, size_t max);
void con_waiter_start(struct kunit *test, struct con_waiter *w, struct file *f,
		      bool write);
void con_waiter_ends(struct kunit *test, struct con_waiter *w, ssize_t ret);

#endif /* _KUNIT_CONSOLE_FIX_H */
