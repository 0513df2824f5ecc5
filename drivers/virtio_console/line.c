// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Lines: the pair of queues of a port
 *
 * A line comes into being with the first port of its number and stays as long
 * as the device, or until the last opener of a removed port is gone.  Its
 * interrupt handlers tell the present port, if there is one.
 *
 * Queues are numbered as VIRTIO 1.4, 5.3.2 has it: 0 and 1 are port 0's, 2 and
 * 3 are for control messages, port N has 2N + 2 and 2N + 3.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "vcon.h"

/**
 * vcon_line_queue - where the queues of a port are
 * @id: its number
 *
 * Return: index of the receive queue; the transmit queue is the next one.
 */
unsigned int vcon_line_queue(u32 id)
{
	return id ? 2 * id + 2 : 0;
}

static struct vcon_line *vcon_line_of(struct virtqueue *vq)
{
	struct vcon *vcon = vq->vdev->priv;
	u32 id = vq->index < 2 ? 0 : (vq->index - 2) / 2;

	/* Partner: vcon_line_get().  Queues of no port may interrupt as well. */
	return smp_load_acquire(&vcon->lines[id]);
}

static void vcon_line_free(struct kref *ref)
{
	struct vcon_line *line = container_of(ref, struct vcon_line, ref);

	vcon_in_free(&line->in);
	vcon_out_free(&line->out);
	kvfree(line);
}

/**
 * vcon_line_put - give a reference back
 * @line: the line
 *
 * Context: any but interrupts.
 */
void vcon_line_put(struct vcon_line *line)
{
	kref_put(&line->ref, vcon_line_free);
}

static struct vcon_line *vcon_line_alloc(struct vcon *vcon, u32 id)
{
	struct vcon_line *line = kvzalloc(sizeof(*line), GFP_KERNEL);
	int err;

	if (!line)
		return NULL;
	kref_init(&line->ref);
	line->id = id;
	err = vcon_in_init(&line->in);
	if (!err)
		err = vcon_out_init(&line->out, vcon->recovers);
	if (!err)
		return line;
	vcon_line_put(line);
	return NULL;
}

/**
 * vcon_line_get - the line of a port, allocated at the first call
 * @vcon: the device, locked
 * @id: number of the port, below &vcon.nr_ports
 *
 * Context: process.
 *
 * Return: the line with a reference for the caller, or NULL without memory.
 */
struct vcon_line *vcon_line_get(struct vcon *vcon, u32 id)
{
	struct vcon_line *line = vcon->lines[id];

	lockdep_assert_held(&vcon->lock);
	if (!line) {
		line = vcon_line_alloc(vcon, id);
		if (!line)
			return NULL;
		/* Partner: vcon_line_of(), which may interrupt from now on. */
		smp_store_release(&vcon->lines[id], line);
	}
	kref_get(&line->ref);
	return line;
}

/**
 * vcon_line_set_port - a port gets the line
 * @line: the line, of no port
 * @port: the port
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vcon_line_set_port(struct vcon_line *line, struct vcon_port *port)
{
	int err = vcon_out_renew(&line->out);

	if (err)
		return err;
	spin_lock_irq(&line->in.lock);
	spin_lock(&line->out.lock);
	rcu_assign_pointer(line->port, port);
	line->in.received = 0;
	line->in.discarded = 0;
	spin_unlock(&line->out.lock);
	spin_unlock_irq(&line->in.lock);
	return 0;
}

/**
 * vcon_line_no_port - the port is gone
 * @line: its line
 *
 * What it has received and not read is gone with it.  What it has sent goes
 * out, as far as the device still takes it.
 */
void vcon_line_no_port(struct vcon_line *line)
{
	vcon_out_flush(&line->out);
	spin_lock_irq(&line->in.lock);
	spin_lock(&line->out.lock);
	RCU_INIT_POINTER(line->port, NULL);
	spin_unlock(&line->out.lock);
	spin_unlock_irq(&line->in.lock);
	vcon_in_discard(&line->in);
}

/**
 * vcon_line_up - give the device what it may have of a line
 * @vcon: the device, locked, live
 * @line: the line
 *
 * Who waits for room looks again: while the line was down there was no queue
 * to ask for an interrupt.  A line that is up already had another port before.
 */
void vcon_line_up(struct vcon *vcon, struct vcon_line *line)
{
	struct vcon_port *port = vcon_port_find(vcon, line->id);
	unsigned int index = vcon_line_queue(line->id);

	lockdep_assert_held(&vcon->lock);
	if (!vcon->up)
		return;
	if (line->in.vq) {
		vcon_out_remind(&line->out);
		return;
	}
	vcon_in_up(&line->in, vcon->vqs[index]);
	vcon_out_up(&line->out, vcon->vqs[index + 1]);
	if (port)
		vcon_port_wake(port, POLL_OUT);
}

/**
 * vcon_line_in_done - the device has written something
 * @vq: the receive queue
 *
 * Queue callback.  Without an opener the bytes are thrown away.
 */
void vcon_line_in_done(struct virtqueue *vq)
{
	struct vcon_line *line = vcon_line_of(vq);
	struct vcon_port *port;

	if (!line)
		return;
	rcu_read_lock();
	port = rcu_dereference(line->port);
	if (vcon_in_collect(&line->in, port && READ_ONCE(port->open)))
		vcon_port_wake(port, POLL_IN);
	rcu_read_unlock();
}

/**
 * vcon_line_out_done - the device has used something
 * @vq: the transmit queue
 *
 * Queue callback.
 */
void vcon_line_out_done(struct virtqueue *vq)
{
	struct vcon_line *line = vcon_line_of(vq);
	struct vcon_port *port;

	if (!line)
		return;
	rcu_read_lock();
	vcon_out_done(&line->out);
	port = rcu_dereference(line->port);
	if (port)
		vcon_port_wake(port, POLL_OUT);
	rcu_read_unlock();
}
