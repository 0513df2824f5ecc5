// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Input of a port
 *
 * %VCON_IN_BUFS buffers are allocated with the line.  They are with the
 * device, or have bytes to be read, or wait to be given to the device again;
 * the last happens for half of them at a time, with one notification, and at
 * once when a reader is about to wait.  A receive queue has device-writable
 * buffers only (VIRTIO 1.4, 5.3.6).
 *
 * The interrupt handler (line.c) and readers take used buffers out of the
 * ring; the length is the device's word, read once, and bounded by the buffer.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include "vcon.h"

static void vcon_in_make_empty(struct vcon_in *in, struct vcon_in_buf *buf)
{
	buf->pos = 0;
	buf->end = 0;
	buf->out = false;
	list_add_tail(&buf->link, &in->empty);
	in->nr_empty++;
}

/**
 * vcon_in_init - allocate the buffers
 * @in: zeroed memory
 *
 * Return: 0 or -ENOMEM; vcon_in_free() is due in both cases.
 */
int vcon_in_init(struct vcon_in *in)
{
	unsigned int i;

	spin_lock_init(&in->lock);
	INIT_LIST_HEAD(&in->full);
	INIT_LIST_HEAD(&in->empty);
	for (i = 0; i < VCON_IN_BUFS; i++) {
		in->buf[i].data = kmalloc(VCON_IN_SIZE, GFP_KERNEL);
		if (!in->buf[i].data)
			return -ENOMEM;
		vcon_in_make_empty(in, &in->buf[i]);
	}
	return 0;
}

/**
 * vcon_in_free - free the buffers
 * @in: none of them is with the device
 */
void vcon_in_free(struct vcon_in *in)
{
	unsigned int i;

	for (i = 0; i < VCON_IN_BUFS; i++)
		kfree(in->buf[i].data);
}

/* Give all empty buffers to the device, with one notification. */
static void vcon_in_refill(struct vcon_in *in)
{
	struct vcon_in_buf *buf, *next;
	struct scatterlist sg;
	bool added = false;

	lockdep_assert_held(&in->lock);
	if (!in->vq)
		return;
	list_for_each_entry_safe(buf, next, &in->empty, link) {
		sg_init_one(&sg, buf->data, VCON_IN_SIZE);
		if (virtqueue_add_inbuf(in->vq, &sg, 1, buf, GFP_ATOMIC))
			break;
		list_del_init(&buf->link);
		in->nr_empty--;
		buf->out = true;
		added = true;
	}
	/* Under the lock: the queue is deleted as soon as @vq is NULL. */
	if (added)
		virtqueue_kick(in->vq);
}

static void vcon_in_refill_half(struct vcon_in *in)
{
	if (in->nr_empty >= VCON_IN_REFILL)
		vcon_in_refill(in);
}

/* Take used buffers out of the ring.  Returns whether bytes came. */
static bool vcon_in_take_used(struct vcon_in *in)
{
	struct vcon_in_buf *buf;
	unsigned int len;
	bool news = false;

	lockdep_assert_held(&in->lock);
	while (in->vq && (buf = virtqueue_get_buf(in->vq, &len))) {
		if (!len) {
			vcon_in_make_empty(in, buf);
			continue;
		}
		buf->out = false;
		buf->pos = 0;
		buf->end = min_t(u32, len, VCON_IN_SIZE);
		in->received += buf->end;
		list_add_tail(&buf->link, &in->full);
		news = true;
	}
	return news;
}

static void vcon_in_drop_full(struct vcon_in *in)
{
	struct vcon_in_buf *buf, *next;

	lockdep_assert_held(&in->lock);
	list_for_each_entry_safe(buf, next, &in->full, link) {
		in->discarded += buf->end - buf->pos;
		list_del(&buf->link);
		vcon_in_make_empty(in, buf);
	}
}

/**
 * vcon_in_collect - take in what has come
 * @in: the input
 * @keep: somebody has the port open; otherwise the bytes are thrown away
 *
 * Context: any; takes @in->lock.
 *
 * Return: true when bytes came that were kept.
 */
bool vcon_in_collect(struct vcon_in *in, bool keep)
{
	unsigned long flags;
	bool news;

	spin_lock_irqsave(&in->lock, flags);
	news = vcon_in_take_used(in);
	if (!keep)
		vcon_in_drop_full(in);
	vcon_in_refill_half(in);
	spin_unlock_irqrestore(&in->lock, flags);
	return news && keep;
}

/**
 * vcon_in_discard - throw away what nobody has read
 * @in: the input
 *
 * Context: any; takes @in->lock.
 */
void vcon_in_discard(struct vcon_in *in)
{
	vcon_in_collect(in, false);
}

/**
 * vcon_in_ready - are there bytes to be read?
 * @in: the input
 *
 * Before it says no, it gives the device all buffers that there are.
 * Context: any; takes @in->lock.
 *
 * Return: true when there are.
 */
bool vcon_in_ready(struct vcon_in *in)
{
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&in->lock, flags);
	vcon_in_take_used(in);
	ready = !list_empty(&in->full);
	if (!ready)
		vcon_in_refill(in);
	spin_unlock_irqrestore(&in->lock, flags);
	return ready;
}

/* The oldest bytes, out of everybody else's reach; NULL when there are none. */
static struct vcon_in_buf *vcon_in_take(struct vcon_port *port)
{
	struct vcon_in *in = &port->line->in;
	struct vcon_in_buf *buf = NULL;

	spin_lock_irq(&in->lock);
	/* Another port may have the line by now. */
	if (rcu_access_pointer(port->line->port) == port) {
		vcon_in_take_used(in);
		buf = list_first_entry_or_null(&in->full, struct vcon_in_buf,
					       link);
	}
	if (buf)
		list_del_init(&buf->link);
	spin_unlock_irq(&in->lock);
	return buf;
}

static void vcon_in_give_back(struct vcon_port *port, struct vcon_in_buf *buf,
			      size_t read)
{
	struct vcon_in *in = &port->line->in;

	spin_lock_irq(&in->lock);
	buf->pos += read;
	if (buf->pos < buf->end &&
	    rcu_access_pointer(port->line->port) == port) {
		list_add(&buf->link, &in->full);
	} else {
		vcon_in_make_empty(in, buf);
		vcon_in_refill_half(in);
	}
	spin_unlock_irq(&in->lock);
}

/**
 * vcon_in_read - copy what is there to a reader
 * @port: the port; the caller has its read_lock
 * @to: where to
 *
 * Context: process, may sleep for the reader's memory, not for the device.
 *
 * Return: bytes, 0 when there are none, -EFAULT.
 */
ssize_t vcon_in_read(struct vcon_port *port, struct iov_iter *to)
{
	struct vcon_in_buf *buf;
	ssize_t done = 0;
	size_t have, n;

	while (iov_iter_count(to)) {
		buf = vcon_in_take(port);
		if (!buf)
			break;
		have = min_t(size_t, buf->end - buf->pos, iov_iter_count(to));
		n = copy_to_iter(buf->data + buf->pos, have, to);
		vcon_in_give_back(port, buf, n);
		done += n;
		if (n < have)
			return done ?: -EFAULT;
	}
	return done;
}

/**
 * vcon_in_get - copy what is there to the hvc core
 * @port: the port
 * @buf: where to
 * @count: bytes that fit
 *
 * Context: any.
 *
 * Return: bytes, 0 when there are none.
 */
int vcon_in_get(struct vcon_port *port, char *buf, int count)
{
	struct vcon_in *in = &port->line->in;
	struct vcon_in_buf *from;
	unsigned long flags;
	int done = 0, n;

	spin_lock_irqsave(&in->lock, flags);
	vcon_in_take_used(in);
	while (done < count) {
		from = list_first_entry_or_null(&in->full, struct vcon_in_buf,
						link);
		if (!from)
			break;
		n = min_t(u32, count - done, from->end - from->pos);
		memcpy(buf + done, from->data + from->pos, n);
		from->pos += n;
		done += n;
		if (from->pos == from->end) {
			list_del(&from->link);
			vcon_in_make_empty(in, from);
		}
	}
	if (done)
		vcon_in_refill_half(in);
	else
		vcon_in_refill(in);
	spin_unlock_irqrestore(&in->lock, flags);
	return done;
}

/**
 * vcon_in_up - the device takes buffers now
 * @in: the input
 * @vq: its queue, of a live device
 */
void vcon_in_up(struct vcon_in *in, struct virtqueue *vq)
{
	spin_lock_irq(&in->lock);
	in->vq = vq;
	vcon_in_refill(in);
	spin_unlock_irq(&in->lock);
}

/**
 * vcon_in_down - nobody touches the queue any more
 * @in: the input
 *
 * What the device has written so far can still be read.
 */
void vcon_in_down(struct vcon_in *in)
{
	spin_lock_irq(&in->lock);
	vcon_in_take_used(in);
	in->vq = NULL;
	spin_unlock_irq(&in->lock);
}

/**
 * vcon_in_reclaim - the device has no buffer any more
 * @in: the input, down
 * @vq: the queue, of a device that was reset
 *
 * By our own books: the ring may have lost some.
 */
void vcon_in_reclaim(struct vcon_in *in, struct virtqueue *vq)
{
	unsigned int i;

	spin_lock_irq(&in->lock);
	while (virtqueue_detach_unused_buf(vq))
		;
	for (i = 0; i < VCON_IN_BUFS; i++)
		if (in->buf[i].out)
			vcon_in_make_empty(in, &in->buf[i]);
	spin_unlock_irq(&in->lock);
}
