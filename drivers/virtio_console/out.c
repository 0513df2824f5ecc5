// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Output of a port
 *
 * Bytes are copied to a memory area that was allocated with the line and is
 * used round and round, and go to the device from there, in pieces of
 * %VCON_OUT_PIECE at most: one buffer each, device-readable only (VIRTIO 1.4,
 * 5.3.6).  A writer gives the device all pieces of its batch and then notifies
 * once; it does not wait for the device but for room.
 *
 * A notification costs a guest more than a short write, and a buffer its host
 * more than the bytes in it.  So of who writes again and again, as long as
 * nobody waits for the port, the first write is sent at once, and the next ones
 * are held: they are put together to pieces of %VCON_OUT_PIECE and sent when
 * they are %VCON_OUT_BATCH.  What is sent earlier: all of it as soon as
 * somebody is about to wait (reader, writer, poll), closes the port or takes it
 * away, when the device is to sleep, when it interrupts for what it has used
 * before; and else by a timer, so that nothing is held for longer than
 * &vcon_hold_us.  The timer is not started for each batch but runs while there
 * are some, with half of that time: what it finds held the second time it
 * sends.  Consoles of the hvc core hold nothing.
 *
 * Used buffers are looked for when room is needed, not at each interrupt: the
 * transmit queue asks for an interrupt only while somebody waits.  The used
 * length says nothing (5.3.6.4) and is not looked at.
 *
 * Pieces are numbered.  tail <= added <= head: those below added are with the
 * device or used, in any order; those from added on wait for it, in the order
 * in which they were reserved.  After a reset of the device, those that it had
 * not used are given to it again.
 *
 * A device that removes a port may keep what it has of the port's output for
 * good (QEMU does with the buffer that it was just about to pass on).  The next
 * port of that number starts with an area of its own; the old one is freed when
 * the device has used all of it, or is reset.
 */
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "vcon.h"

/*
 * What the kernel's own console waits for a host that does not read, once.
 * Longer than any host needs that does.
 */
#define VCON_STALL_NS	(50 * NSEC_PER_MSEC)

/* See above. */
static unsigned int vcon_hold_us = 2000;
module_param_named(hold_us, vcon_hold_us, uint, 0644);
MODULE_PARM_DESC(hold_us, "microseconds that output of a port may wait for more of it, 0 for none");

static ktime_t vcon_hold_half(void)
{
	return ns_to_ktime((u64)READ_ONCE(vcon_hold_us) * NSEC_PER_USEC / 2);
}

static enum hrtimer_restart vcon_out_timer(struct hrtimer *timer);

static void vcon_area_free(struct vcon_area *area)
{
	if (area)
		kfree(area->bytes);
	kfree(area);
}

/* Where memory is in pieces, less of it will do. */
static void vcon_area_alloc_bytes(struct vcon_area *area)
{
	gfp_t try = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;

	for (area->size = VCON_OUT_MOST; area->size > VCON_OUT_LEAST;
	     area->size /= 2) {
		area->bytes = kmalloc(area->size, try);
		if (area->bytes)
			return;
	}
	area->bytes = kmalloc(area->size, GFP_KERNEL);
}

static struct vcon_area *vcon_area_alloc(void)
{
	struct vcon_area *area = kzalloc(sizeof(*area), GFP_KERNEL);
	unsigned int i;

	if (!area)
		return NULL;
	for (i = 0; i < VCON_PIECES; i++)
		area->piece[i].area = area;
	vcon_area_alloc_bytes(area);
	if (area->bytes)
		return area;
	vcon_area_free(area);
	return NULL;
}

/**
 * vcon_out_init - allocate the first area
 * @out: zeroed memory
 * @recovers: the bus brings a broken queue back
 *
 * Return: 0 or -ENOMEM; vcon_out_free() is due in both cases.
 */
int vcon_out_init(struct vcon_out *out, bool recovers)
{
	spin_lock_init(&out->lock);
	INIT_LIST_HEAD(&out->orphans);
	hrtimer_init(&out->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	out->timer.function = vcon_out_timer;
	out->recovers = recovers;
	out->area = vcon_area_alloc();
	return out->area ? 0 : -ENOMEM;
}

/**
 * vcon_out_free - free the areas
 * @out: nothing of it is with the device
 */
void vcon_out_free(struct vcon_out *out)
{
	struct vcon_area *area, *next;

	/* Empty when initialization went no further. */
	if (out->orphans.next)
		list_for_each_entry_safe(area, next, &out->orphans, link)
			vcon_area_free(area);
	vcon_area_free(out->area);
}

static struct vcon_piece *vcon_area_nth(struct vcon_area *area, unsigned int n)
{
	return &area->piece[n % VCON_PIECES];
}

/* Sent, or never will be.  Frees the area of a port that is gone. */
static void vcon_piece_done(struct vcon_piece *p)
{
	struct vcon_area *area = p->area;

	p->state = VCON_DONE;
	if (--area->busy || !area->orphan)
		return;
	list_del(&area->link);
	vcon_area_free(area);
}

/* The port is gone: what the device does not have, it does not get. */
static void vcon_area_orphan(struct vcon_out *out, struct vcon_area *area)
{
	unsigned int n;

	lockdep_assert_held(&out->lock);
	for (n = area->added; n != area->head; n++)
		if (vcon_area_nth(area, n)->state == VCON_HELD)
			vcon_piece_done(vcon_area_nth(area, n));
	area->orphan = true;
	list_add(&area->link, &out->orphans);
	if (area->busy)
		return;
	list_del(&area->link);
	vcon_area_free(area);
}

/**
 * vcon_out_renew - output of another port
 * @out: the output; nobody writes
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vcon_out_renew(struct vcon_out *out)
{
	struct vcon_area *area = NULL;
	bool empty;

	spin_lock_irq(&out->lock);
	empty = out->area->head == out->area->tail;
	spin_unlock_irq(&out->lock);
	if (!empty) {
		area = vcon_area_alloc();
		if (!area)
			return -ENOMEM;
	}
	spin_lock_irq(&out->lock);
	if (area) {
		vcon_area_orphan(out, out->area);
		out->area = area;
	}
	out->sent = 0;
	out->held = 0;
	out->full_since = 0;
	spin_unlock_irq(&out->lock);
	return 0;
}

/* Free the places of the oldest pieces, if they are used. */
static void vcon_area_advance(struct vcon_area *area)
{
	struct vcon_piece *p;

	while (area->tail != area->added) {
		p = vcon_area_nth(area, area->tail);
		if (p->state != VCON_DONE)
			break;
		area->used -= p->span;
		area->tail++;
	}
	/* Long pieces from the beginning again. */
	if (area->tail == area->head)
		area->put = 0;
}

/* Take used buffers out of the ring.  Returns whether there were any. */
static bool vcon_out_take_used(struct vcon_out *out)
{
	struct vcon_piece *p;
	unsigned int len;
	bool any = false;

	while (out->vq && (p = virtqueue_get_buf(out->vq, &len))) {
		vcon_piece_done(p);
		any = true;
	}
	out->took |= any;
	return any;
}

/*
 * Add a piece.  When the ring is full, an interrupt is to come; buffers that
 * were used before that was asked for cause none, and are looked for here.
 */
static int vcon_out_add(struct vcon_out *out, struct vcon_piece *p)
{
	struct scatterlist sg;
	int err;

	sg_init_one(&sg, p->area->bytes + p->pos, p->len);
	for (;;) {
		err = virtqueue_add_outbuf(out->vq, &sg, 1, p, GFP_ATOMIC);
		if (err != -ENOSPC)
			return err;
		virtqueue_enable_cb(out->vq);
		if (!vcon_out_take_used(out))
			return err;
	}
}

/**
 * vcon_out_push - give the device what waits for it
 * @out: the output, locked
 *
 * In order, up to a piece that is still being copied.
 */
static void vcon_out_push(struct vcon_out *out)
{
	struct vcon_area *area = out->area;
	struct vcon_piece *p;

	lockdep_assert_held(&out->lock);
	for (; area->added != area->head; area->added++) {
		p = vcon_area_nth(area, area->added);
		if (p->state == VCON_DONE)
			continue;
		if (p->state == VCON_COPYING || !out->vq ||
		    vcon_out_add(out, p))
			break;
		p->state = VCON_OUT;
		out->unseen = true;
	}
	out->held = 0;
	vcon_area_advance(area);
}

/* Under the lock: the queue is deleted as soon as @vq is NULL. */
static void vcon_out_notify(struct vcon_out *out)
{
	if (out->unseen && out->vq)
		virtqueue_kick(out->vq);
	out->unseen = false;
}

static void vcon_out_send(struct vcon_out *out)
{
	vcon_out_push(out);
	vcon_out_notify(out);
}

/**
 * vcon_out_flush - send what is held
 * @out: the output
 *
 * For who is about to wait.  Context: any.
 */
void vcon_out_flush(struct vcon_out *out)
{
	unsigned long flags;

	/* What is held this very moment, by another writer, the timer sends. */
	if (!READ_ONCE(out->held))
		return;
	spin_lock_irqsave(&out->lock, flags);
	vcon_out_send(out);
	spin_unlock_irqrestore(&out->lock, flags);
}

/* Returns whether used pieces were taken since the last call. */
static bool vcon_out_took(struct vcon_out *out)
{
	bool took = out->took;

	lockdep_assert_held(&out->lock);
	out->took = false;
	return took;
}

/*
 * Used pieces were taken: the interrupt that somebody waits for finds nothing
 * any more, and does not get here.
 */
static void vcon_out_wake(struct vcon_port *port)
{
	if (wq_has_sleeper(&port->wait))
		wake_up_interruptible(&port->wait);
	kill_fasync(&port->fasync, SIGIO, POLL_OUT);
}

/* See above: what was held at the last call, and still is, is sent. */
static enum hrtimer_restart vcon_out_timer(struct hrtimer *timer)
{
	struct vcon_out *out = container_of(timer, struct vcon_out, timer);
	struct vcon_line *line = container_of(out, struct vcon_line, out);
	struct vcon_port *port;
	unsigned long flags;
	bool took, again;

	spin_lock_irqsave(&out->lock, flags);
	if (out->vq && out->held && out->aged)
		vcon_out_send(out);
	again = out->vq && out->held;
	out->aged = true;
	out->timed = again;
	took = vcon_out_took(out);
	spin_unlock_irqrestore(&out->lock, flags);

	rcu_read_lock();
	port = rcu_dereference(line->port);
	if (port && took)
		vcon_out_wake(port);
	rcu_read_unlock();
	if (!again)
		return HRTIMER_NORESTART;
	/* Not 0, should somebody have turned it off meanwhile. */
	hrtimer_forward_now(timer, ktime_add_ns(vcon_hold_half(), 1));
	return HRTIMER_RESTART;
}

/* Somebody writes: is it worth while to wait for more? */
static bool vcon_out_worth_holding(struct vcon_port *port)
{
	struct vcon_out *out = &port->line->out;
	bool again = time_before_eq(jiffies, out->wrote_at + 1);

	lockdep_assert_held(&out->lock);
	out->wrote_at = jiffies;
	if (!again || !out->vq || !out->held || out->held >= VCON_OUT_BATCH ||
	    !READ_ONCE(vcon_hold_us))
		return false;
	/* No barrier: who begins to wait now waits for the timer at most. */
	return !waitqueue_active(&port->wait);
}

/* The end of a write: send what there is, or see to it that it is sent. */
static void vcon_out_send_or_hold(struct vcon_port *port)
{
	struct vcon_out *out = &port->line->out;

	if (!vcon_out_worth_holding(port)) {
		vcon_out_send(out);
		return;
	}
	if (out->timed)
		return;
	out->timed = true;
	hrtimer_start(&out->timer, vcon_hold_half(), HRTIMER_MODE_REL);
}

/* Look for used buffers; what waited for the ring takes their place. */
static void vcon_out_reap(struct vcon_out *out)
{
	vcon_out_take_used(out);
	vcon_out_push(out);
}

/* The bus does nothing about this queue. */
static bool vcon_out_broken(const struct vcon_out *out)
{
	return out->dead || (out->vq && !out->recovers &&
			     virtqueue_is_broken(out->vq));
}

static bool vcon_out_has_room(const struct vcon_out *out)
{
	return out->area->used < out->area->size &&
	       out->area->head - out->area->tail < VCON_PIECES;
}

/* Make room, or see to it that an interrupt comes when there is some. */
static bool vcon_out_make_room(struct vcon_out *out)
{
	lockdep_assert_held(&out->lock);
	if (vcon_out_has_room(out))
		return true;
	vcon_out_reap(out);
	if (!vcon_out_has_room(out) && out->vq) {
		/* What was used before this asks for no interrupt. */
		virtqueue_enable_cb(out->vq);
		vcon_out_reap(out);
	}
	vcon_out_notify(out);
	return vcon_out_has_room(out);
}

/* There is room. */
static struct vcon_piece *vcon_area_take(struct vcon_area *area, size_t want)
{
	struct vcon_piece *p = vcon_area_nth(area, area->head);

	p->pos = area->put;
	p->span = min3(area->size - area->used, area->size - area->put,
		       (u32)min_t(size_t, want, VCON_OUT_PIECE));
	p->len = 0;
	p->state = VCON_COPYING;
	area->put = (area->put + p->span) % area->size;
	area->used += p->span;
	area->busy++;
	area->head++;
	return p;
}

/* There is room.  The last piece, made longer, when the device has it not. */
static struct vcon_piece *vcon_area_extend(struct vcon_area *area, size_t want)
{
	struct vcon_piece *p = vcon_area_nth(area, area->head - 1);
	u32 more;

	if (area->added == area->head || p->state != VCON_HELD ||
	    p->len != p->span || p->pos + p->span != area->put)
		return NULL;
	more = min3(area->size - area->used, VCON_OUT_PIECE - p->span,
		    (u32)min_t(size_t, want, VCON_OUT_PIECE));
	more = min_t(u32, more, area->size - area->put);
	if (!more)
		return NULL;
	p->span += more;
	p->state = VCON_COPYING;
	area->put = (area->put + more) % area->size;
	area->used += more;
	return p;
}

/**
 * vcon_out_reserve - a place for bytes
 * @port: who asks
 * @want: bytes
 * @piece: the result, %VCON_COPYING: the bytes are for behind its length, up to
 *	its span, which may be less than @want
 *
 * Context: any; &vcon_out.lock is held.
 *
 * Return: 0, -EAGAIN when there is no room, -ENODEV when another port has the
 * line, -EIO when the queue is broken.
 */
static int vcon_out_reserve(struct vcon_port *port, size_t want,
			    struct vcon_piece **piece)
{
	struct vcon_out *out = &port->line->out;
	struct vcon_area *area = out->area;

	lockdep_assert_held(&out->lock);
	if (rcu_access_pointer(port->line->port) != port)
		return -ENODEV;
	if (vcon_out_broken(out))
		return -EIO;
	if (!vcon_out_make_room(out))
		return -EAGAIN;
	*piece = vcon_area_extend(area, want) ?: vcon_area_take(area, want);
	return 0;
}

/* Nothing to be sent, or nobody to send it: the place is free again. */
static void vcon_out_commit(struct vcon_port *port, struct vcon_piece *p,
			    size_t len)
{
	struct vcon_out *out = &port->line->out;

	lockdep_assert_held(&out->lock);
	if (p->len + len && rcu_access_pointer(port->line->port) == port) {
		p->len += len;
		p->state = VCON_HELD;
		out->sent += len;
		/* Begins to age, see vcon_out_timer(). */
		if (!out->held)
			out->aged = false;
		out->held += out->held ? len : p->len;
	} else {
		vcon_piece_done(p);
	}
}

/* One piece of a writer's; its bytes are copied without the lock. */
static ssize_t vcon_out_copy(struct vcon_port *port, struct iov_iter *from)
{
	struct vcon_out *out = &port->line->out;
	struct vcon_piece *p;
	size_t n, span;
	u8 *to;
	int err;

	/*
	 * What is held cannot be sent while more is copied behind it, so that
	 * should not wait for pages.
	 */
	fault_in_iov_iter_readable(from, min_t(size_t, iov_iter_count(from),
					       VCON_OUT_BATCH));
	spin_lock_irq(&out->lock);
	err = vcon_out_reserve(port, iov_iter_count(from), &p);
	if (!err) {
		span = p->span - p->len;
		to = p->area->bytes + p->pos + p->len;
	}
	spin_unlock_irq(&out->lock);
	if (err)
		return err;
	n = copy_from_iter(to, span, from);
	spin_lock_irq(&out->lock);
	vcon_out_commit(port, p, n);
	spin_unlock_irq(&out->lock);
	return n == span ? n : -EFAULT;
}

/**
 * vcon_out_write - send as much of a writer's bytes as there is room for
 * @port: the port; the caller has its write_lock
 * @from: the bytes
 *
 * One notification for all of it, or for some writes together.  Context:
 * process, may sleep for the writer's memory, not for the device.
 *
 * Return: bytes, or why there are none: -EAGAIN when there is no room,
 * -EFAULT, -ENODEV, -EIO.
 */
ssize_t vcon_out_write(struct vcon_port *port, struct iov_iter *from)
{
	struct vcon_out *out = &port->line->out;
	size_t before = iov_iter_count(from);
	ssize_t n = 0;
	bool took;

	while (iov_iter_count(from)) {
		n = vcon_out_copy(port, from);
		if (n < 0)
			break;
	}
	spin_lock_irq(&out->lock);
	vcon_out_send_or_hold(port);
	took = vcon_out_took(out);
	spin_unlock_irq(&out->lock);
	if (took)
		vcon_out_wake(port);
	n = min_t(ssize_t, n, 0);
	return before - iov_iter_count(from) ?: n;
}

/* For how long has there been no room?  The kernel's console asks in a loop. */
static int vcon_out_stalled(struct vcon_out *out)
{
	u64 now = ktime_get_mono_fast_ns();

	if (!out->vq)
		return 0;
	if (!out->full_since)
		out->full_since = now;
	return now - out->full_since < VCON_STALL_NS ? -EAGAIN : 0;
}

static int vcon_out_put_locked(struct vcon_port *port, const char *buf,
			       int count)
{
	struct vcon_out *out = &port->line->out;
	struct vcon_piece *p;
	int done = 0, err = 0;
	u32 n;

	while (done < count) {
		err = vcon_out_reserve(port, count - done, &p);
		if (err)
			break;
		n = p->span - p->len;
		memcpy(p->area->bytes + p->pos + p->len, buf + done, n);
		done += n;
		vcon_out_commit(port, p, n);
	}
	vcon_out_send(out);
	if (done)
		out->full_since = 0;
	else if (err == -EAGAIN)
		err = vcon_out_stalled(out);
	return done ?: err;
}

/**
 * vcon_out_put - send bytes of the hvc core
 * @port: the port
 * @buf: the bytes
 * @count: how many
 * @try: do not wait for the lock: its owner may be a processor that stands
 *
 * Never waits for the device.  With no room -EAGAIN has the kernel's own
 * console ask again at once; for a host that does not read at all that would
 * be for ever, so after %VCON_STALL_NS without room the answer is 0 until there
 * is some: the tty keeps the bytes then, the kernel's console drops them.
 *
 * Context: any.
 *
 * Return: bytes taken, 0, -EAGAIN, -ENODEV, -EIO when the queue is broken,
 * -EBUSY when @try failed.
 */
int vcon_out_put(struct vcon_port *port, const char *buf, int count, bool try)
{
	struct vcon_out *out = &port->line->out;
	unsigned long flags;
	int ret;

	if (!try)
		spin_lock_irqsave(&out->lock, flags);
	else if (!spin_trylock_irqsave(&out->lock, flags))
		return -EBUSY;
	ret = vcon_out_put_locked(port, buf, count);
	spin_unlock_irqrestore(&out->lock, flags);
	return ret;
}

/**
 * vcon_out_ready - is there something to be had for a writer?
 * @port: the port
 *
 * When it says no, nothing is held, and an interrupt will come.  Context: any.
 *
 * Return: true when there is room, or an error.
 */
bool vcon_out_ready(struct vcon_port *port)
{
	struct vcon_out *out = &port->line->out;
	unsigned long flags;
	bool ready, took;

	spin_lock_irqsave(&out->lock, flags);
	ready = vcon_out_broken(out) || vcon_out_make_room(out);
	took = vcon_out_took(out);
	spin_unlock_irqrestore(&out->lock, flags);
	if (took)
		vcon_out_wake(port);
	return ready;
}

/**
 * vcon_out_is_full - for who looks on
 * @out: the output
 *
 * Return: true when there is no room.
 */
bool vcon_out_is_full(struct vcon_out *out)
{
	unsigned long flags;
	bool full;

	spin_lock_irqsave(&out->lock, flags);
	full = !vcon_out_has_room(out);
	spin_unlock_irqrestore(&out->lock, flags);
	return full;
}

/**
 * vcon_out_idle - has the device used all that it was given?
 * @out: the output
 *
 * Return: true also when it cannot.
 */
bool vcon_out_idle(struct vcon_out *out)
{
	bool idle;

	spin_lock_irq(&out->lock);
	vcon_out_reap(out);
	vcon_out_notify(out);
	idle = !out->vq || out->area->tail == out->area->added ||
	       virtqueue_is_broken(out->vq);
	spin_unlock_irq(&out->lock);
	return idle;
}

/**
 * vcon_out_remind - the device may have forgotten a notification
 * @out: the output
 *
 * What a device had not used of a port that it removed may still be in the
 * ring, without anybody there who looks at it.  It was notified of that before,
 * and has not asked to be notified of what comes behind it (VIRTIO 1.4, 2.7.10):
 * it would not look at what the next port of that number writes.
 * Context: process.
 */
void vcon_out_remind(struct vcon_out *out)
{
	spin_lock_irq(&out->lock);
	vcon_out_take_used(out);
	if (out->vq && (out->area->busy || !list_empty(&out->orphans)))
		virtqueue_notify(out->vq);
	spin_unlock_irq(&out->lock);
}

/**
 * vcon_out_done - the device has used buffers
 * @out: the output
 *
 * Context: any, also when nobody asked for the interrupt.
 */
void vcon_out_done(struct vcon_out *out)
{
	unsigned long flags;

	spin_lock_irqsave(&out->lock, flags);
	if (out->vq) {
		virtqueue_disable_cb(out->vq);
		vcon_out_reap(out);
		vcon_out_notify(out);
	}
	spin_unlock_irqrestore(&out->lock, flags);
}

/**
 * vcon_out_up - the device takes buffers now
 * @out: the output
 * @vq: its queue, of a live device
 *
 * Sends what was held.
 */
void vcon_out_up(struct vcon_out *out, struct virtqueue *vq)
{
	spin_lock_irq(&out->lock);
	out->vq = vq;
	virtqueue_disable_cb(vq);
	vcon_out_send(out);
	spin_unlock_irq(&out->lock);
}

/**
 * vcon_out_down - nobody touches the queue any more
 * @out: the output
 * @dead: nor will ever
 *
 * What the device has used is taken now: a reset breaks the queue, and gives
 * nothing of it.  Writers may still fill the area, and wait.
 */
void vcon_out_down(struct vcon_out *out, bool dead)
{
	spin_lock_irq(&out->lock);
	vcon_out_take_used(out);
	out->vq = NULL;
	out->unseen = false;
	out->dead |= dead;
	spin_unlock_irq(&out->lock);
	/* Nothing is held without a queue: it is not started again. */
	hrtimer_cancel(&out->timer);
	spin_lock_irq(&out->lock);
	out->timed = false;
	out->aged = false;
	spin_unlock_irq(&out->lock);
}

/* The device was reset: it has nothing of this any more. */
static void vcon_area_forget(struct vcon_area *area)
{
	unsigned int n, busy = area->busy;

	for (n = area->tail; busy && n != area->head; n++) {
		if (vcon_area_nth(area, n)->state != VCON_OUT)
			continue;
		/* The last one may free the area. */
		busy--;
		vcon_piece_done(vcon_area_nth(area, n));
	}
}

/**
 * vcon_out_reclaim - the device has no buffer any more
 * @out: the output, down
 * @vq: the queue, of a device that was reset
 *
 * What it used up to the reset is sent.  By our own books: the ring may have
 * lost some.
 */
void vcon_out_reclaim(struct vcon_out *out, struct virtqueue *vq)
{
	struct vcon_area *area, *next;
	struct vcon_piece *p;
	unsigned int len;

	spin_lock_irq(&out->lock);
	while ((p = virtqueue_get_buf(vq, &len)))
		vcon_piece_done(p);
	while (virtqueue_detach_unused_buf(vq))
		;
	list_for_each_entry_safe(area, next, &out->orphans, link)
		vcon_area_forget(area);
	area = out->area;
	vcon_area_advance(area);
	for (area->added = area->head; area->added != area->tail;) {
		p = vcon_area_nth(area, --area->added);
		if (p->state == VCON_OUT)
			p->state = VCON_HELD;
	}
	spin_unlock_irq(&out->lock);
}
