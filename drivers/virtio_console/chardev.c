// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: /dev/vportNpM
 *
 * One opener at a time; none for a port that is a console.  Reading and
 * writing is by struct iov_iter, which gives splice() as well.
 *
 * A reader without bytes waits, or gets 0 while the host has not opened its
 * end.  A writer without room waits, as it does before the host has opened its
 * end for the first time; when the host leaves, it gets -EPIPE.  Waiting ends
 * with any signal, and stands still while tasks are frozen.
 */
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/splice.h>
#include "vcon.h"

static struct vcon_port *vcon_file_port(struct file *file)
{
	return file->private_data;
}

static bool vcon_nonblock(struct kiocb *iocb)
{
	return (iocb->ki_filp->f_flags & O_NONBLOCK) ||
	       (iocb->ki_flags & IOCB_NOWAIT);
}

static int vcon_lock(struct mutex *lock, bool nonblock)
{
	if (nonblock)
		return mutex_trylock(lock) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(lock) ? -ERESTARTSYS : 0;
}

static int vcon_open_locked(struct vcon_port *port)
{
	int err;

	if (port->gone)
		return -ENODEV;
	if (port->console)
		return -ENXIO;
	if (port->open)
		return -EBUSY;
	vcon_in_discard(&port->line->in);
	port->host_left = false;
	WRITE_ONCE(port->open, true);
	err = vcon_port_tell_open(port);
	if (err)
		WRITE_ONCE(port->open, false);
	return err;
}

static int vcon_open(struct inode *inode, struct file *file)
{
	struct vcon_port *port = container_of(inode->i_cdev, struct vcon_port,
					      cdev);
	int err;

	if (mutex_lock_interruptible(&port->lock))
		return -ERESTARTSYS;
	err = vcon_open_locked(port);
	mutex_unlock(&port->lock);
	if (err)
		return err;
	file->private_data = port;
	return stream_open(inode, file);
}

/* What was written goes out all the same; what was not read is gone. */
static int vcon_release(struct inode *inode, struct file *file)
{
	struct vcon_port *port = vcon_file_port(file);

	mutex_lock(&port->lock);
	if (!port->gone && !port->console) {
		vcon_out_flush(&port->line->out);
		WRITE_ONCE(port->open, false);
		vcon_port_tell_open(port);
		vcon_in_discard(&port->line->in);
	}
	mutex_unlock(&port->lock);
	return 0;
}

/* Anything for a reader, be it an error? */
static bool vcon_can_read(struct vcon_port *port)
{
	return READ_ONCE(port->gone) || !READ_ONCE(port->host_open) ||
	       vcon_in_ready(&port->line->in);
}

/*
 * wait_event_freezable() with a lock of the port held: whoever else wants that
 * lock waits interruptibly, so he is frozen as well.
 */
#define vcon_wait_event(wq, condition)					\
	___wait_event(wq, condition,					\
		      (TASK_INTERRUPTIBLE | TASK_FREEZABLE_UNSAFE),	\
		      0, 0, schedule())

/**
 * vcon_wait_in - wait for something to read
 * @port: the port
 * @nonblock: or rather not
 *
 * What the host wrote before it closed comes before the end of it.
 *
 * Return: 1 when there is, 0 for the end, -EAGAIN, -ENODEV, -ERESTARTSYS.
 */
static int vcon_wait_in(struct vcon_port *port, bool nonblock)
{
	bool host_open;
	int err;

	for (;;) {
		if (READ_ONCE(port->gone))
			return -ENODEV;
		host_open = READ_ONCE(port->host_open);
		if (vcon_in_ready(&port->line->in))
			return 1;
		/* The answer to what is held is not to be waited for. */
		vcon_out_flush(&port->line->out);
		if (!host_open)
			return 0;
		if (nonblock)
			return -EAGAIN;
		err = vcon_wait_event(port->wait, vcon_can_read(port));
		if (err)
			return err;
	}
}

static ssize_t vcon_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct vcon_port *port = vcon_file_port(iocb->ki_filp);
	bool nonblock = vcon_nonblock(iocb);
	ssize_t n;
	int ret;

	if (!iov_iter_count(to))
		return 0;
	ret = vcon_lock(&port->read_lock, nonblock);
	if (ret)
		return ret;
	do {
		n = vcon_in_read(port, to);
		ret = n ? 0 : vcon_wait_in(port, nonblock);
	} while (ret > 0);
	mutex_unlock(&port->read_lock);
	return n ?: ret;
}

/* Anything for a writer, be it an error? */
static bool vcon_can_write(struct vcon_port *port)
{
	return READ_ONCE(port->gone) || READ_ONCE(port->host_left) ||
	       (READ_ONCE(port->host_open) && vcon_out_ready(port));
}

/**
 * vcon_wait_out - wait for room
 * @port: the port
 * @nonblock: or rather not
 *
 * Return: 0 when there is, -EAGAIN, -EPIPE, -ENODEV, -ERESTARTSYS.
 */
static int vcon_wait_out(struct vcon_port *port, bool nonblock)
{
	int err = 0;

	if (!vcon_can_write(port)) {
		if (nonblock)
			return -EAGAIN;
		err = vcon_wait_event(port->wait, vcon_can_write(port));
	}
	if (READ_ONCE(port->gone))
		return -ENODEV;
	if (READ_ONCE(port->host_left))
		return -EPIPE;
	return err;
}

/* All of it, unless something comes in between. */
static ssize_t vcon_write_all(struct vcon_port *port, struct iov_iter *from,
			      bool nonblock)
{
	ssize_t done = 0, n;

	while (iov_iter_count(from)) {
		n = vcon_wait_out(port, nonblock);
		if (!n)
			n = vcon_out_write(port, from);
		if (n == -EAGAIN && !nonblock)
			continue;
		if (n < 0)
			return done ?: n;
		done += n;
	}
	return done;
}

static ssize_t vcon_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct vcon_port *port = vcon_file_port(iocb->ki_filp);
	bool nonblock = vcon_nonblock(iocb);
	ssize_t ret;

	ret = vcon_lock(&port->write_lock, nonblock);
	if (ret)
		return ret;
	ret = vcon_write_all(port, from, nonblock);
	mutex_unlock(&port->write_lock);
	return ret;
}

static __poll_t vcon_poll(struct file *file, poll_table *wait)
{
	struct vcon_port *port = vcon_file_port(file);
	__poll_t mask = 0;

	poll_wait(file, &port->wait, wait);
	if (READ_ONCE(port->gone))
		return EPOLLHUP | EPOLLERR;
	if (vcon_in_ready(&port->line->in))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!READ_ONCE(port->host_open))
		mask |= EPOLLHUP;
	else if (vcon_out_ready(port))
		mask |= EPOLLOUT | EPOLLWRNORM;
	/* About to wait? */
	if (!(mask & poll_requested_events(wait)))
		vcon_out_flush(&port->line->out);
	return mask;
}

static int vcon_fasync(int fd, struct file *file, int on)
{
	return fasync_helper(fd, file, on, &vcon_file_port(file)->fasync);
}

const struct file_operations vcon_port_fops = {
	.owner		= THIS_MODULE,
	.open		= vcon_open,
	.release	= vcon_release,
	.read_iter	= vcon_read_iter,
	.write_iter	= vcon_write_iter,
	.splice_read	= generic_file_splice_read,
	.splice_write	= iter_file_splice_write,
	.poll		= vcon_poll,
	.fasync		= vcon_fasync,
	.llseek		= no_llseek,
};
