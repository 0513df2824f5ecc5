// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Ports that are consoles: /dev/hvcN
 *
 * The hvc core has the ttys, the kernel's console, and a thread that moves
 * characters.  It calls with interrupts off, so nothing here waits; the thread
 * is kicked when there is input, or room for output.
 *
 * N is the core's choice.  It knows a console by a number (vtermno), and may
 * call with that number, or open the tty, long after the console was removed:
 * until the last opener has closed the hung-up tty.  So numbers are not used
 * again, a number without a port is an error, and this module stays as long as
 * such a console does.
 */
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "hvc_core.h"
#include "vcon.h"

/* Tells our consoles from the rest, and whether hvc_core.h is right. */
#define VCON_HVC_DATA	0x76636f6e

/*
 * How long to wait before looking whether a removed console is closed at last:
 * twice as long each time.  Until it is, nobody can open a new one of the same
 * hvcN.
 */
#define VCON_BURY_FIRST	msecs_to_jiffies(10)
#define VCON_BURY_LAST	HZ

/**
 * struct vcon_hvc - a console of the core
 * @hp: the core's, with a reference of ours once it is in @link
 * @link: in vcon_graves after its removal
 * @pinned: it holds a reference to this module
 */
struct vcon_hvc {
	struct hvc_struct *hp;
	struct list_head link;
	bool pinned;
};

/* Port by number.  Lookup by RCU. */
static DEFINE_XARRAY_ALLOC(vcon_consoles);
static u32 vcon_next_console;

/* Removed consoles that somebody still refers to. */
static LIST_HEAD(vcon_graves);
static DEFINE_MUTEX(vcon_graves_lock);
static unsigned long vcon_bury_delay;
static void vcon_bury_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(vcon_bury, vcon_bury_work);

static int vcon_get_chars(u32 vtermno, char *buf, int count)
{
	struct vcon_port *port;
	int n = 0;

	rcu_read_lock();
	port = xa_load(&vcon_consoles, vtermno);
	if (port)
		n = vcon_in_get(port, buf, count);
	rcu_read_unlock();
	return n;
}

/**
 * vcon_console_put - output, by the queue if possible
 * @port: the port, under RCU
 * @buf: characters
 * @count: how many
 *
 * A kernel that oopses does not wait for locks, nor for a queue.  Otherwise
 * single characters are for a queue that is broken for good.
 */
static int vcon_console_put(struct vcon_port *port, const char *buf, int count)
{
	bool oops = oops_in_progress;
	int n, done;

	n = vcon_out_put(port, buf, count, oops);
	if (n > 0 || n == -ENODEV || (n != -EIO && !oops))
		return n;
	done = vcon_emergency_write(port->vcon, buf, count);
	if (done > 0 || n == -EIO)
		return done;
	return n == -EAGAIN ? n : 0;
}

static int vcon_put_chars(u32 vtermno, const char *buf, int count)
{
	struct vcon_port *port;
	int n = -ENODEV;

	rcu_read_lock();
	port = xa_load(&vcon_consoles, vtermno);
	if (port)
		n = vcon_console_put(port, buf, count);
	rcu_read_unlock();
	return n;
}

/* The window's size again: without a tty the core forgets to tell. */
static void vcon_console_window(struct vcon_port *port,
				struct hvc_struct *hp)
{
	unsigned long flags;
	struct winsize ws;

	spin_lock_irqsave(&port->hvc_lock, flags);
	ws = port->ws;
	spin_unlock_irqrestore(&port->hvc_lock, flags);
	if (!ws.ws_col)
		return;
	spin_lock_irqsave(&hp->lock, flags);
	__hvc_resize(hp, ws);
	spin_unlock_irqrestore(&hp->lock, flags);
}

/**
 * vcon_notifier_add - a tty is opened
 * @hp: the console
 * @data: of ours
 *
 * An open tty keeps the module.  From now on the core need not poll.
 *
 * Return: 0, or -ENODEV for a console that was removed.
 */
static int vcon_notifier_add(struct hvc_struct *hp, int data)
{
	struct vcon_port *port;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	rcu_read_lock();
	port = xa_load(&vcon_consoles, hp->vtermno);
	if (port) {
		hp->irq_requested = 1;
		vcon_console_window(port, hp);
	}
	rcu_read_unlock();
	if (port)
		return 0;
	module_put(THIS_MODULE);
	return -ENODEV;
}

static void vcon_notifier_del(struct hvc_struct *hp, int data)
{
	hp->irq_requested = 0;
	module_put(THIS_MODULE);
}

static const struct hv_ops vcon_hv_ops = {
	.get_chars		= vcon_get_chars,
	.put_chars		= vcon_put_chars,
	.notifier_add		= vcon_notifier_add,
	.notifier_del		= vcon_notifier_del,
	.notifier_hangup	= vcon_notifier_del,
};

/* Let go of removed consoles that nobody else refers to.  True: none left. */
static bool vcon_bury_all(void)
{
	struct vcon_hvc *hvc, *next;
	bool empty;

	mutex_lock(&vcon_graves_lock);
	list_for_each_entry_safe(hvc, next, &vcon_graves, link) {
		if (kref_read(&hvc->hp->port.kref) > 1)
			continue;
		list_del(&hvc->link);
		tty_port_put(&hvc->hp->port);
		/* Partner of this work's last steps: vcon_console_exit(). */
		if (hvc->pinned)
			module_put(THIS_MODULE);
		kfree(hvc);
	}
	empty = list_empty(&vcon_graves);
	mutex_unlock(&vcon_graves_lock);
	return empty;
}

static void vcon_bury_work(struct work_struct *work)
{
	unsigned long delay = READ_ONCE(vcon_bury_delay);

	if (vcon_bury_all())
		return;
	WRITE_ONCE(vcon_bury_delay, min_t(unsigned long, 2 * delay,
					  VCON_BURY_LAST));
	queue_delayed_work(vcon_wq, &vcon_bury, delay);
}

/**
 * vcon_console_exit - wait for the last removed console
 *
 * The module has no reference any more, so all that can be is a tty whose last
 * close is under way.  Context: process.
 */
void vcon_console_exit(void)
{
	while (!vcon_bury_all())
		msleep(20);
	cancel_delayed_work_sync(&vcon_bury);
	xa_destroy(&vcon_consoles);
}

static struct vcon_hvc *vcon_hvc_new(u32 vtermno)
{
	struct vcon_hvc *hvc = kzalloc(sizeof(*hvc), GFP_KERNEL);
	int err;

	if (!hvc)
		return ERR_PTR(-ENOMEM);
	hvc->hp = hvc_alloc(vtermno, VCON_HVC_DATA, &vcon_hv_ops, PAGE_SIZE);
	err = PTR_ERR_OR_ZERO(hvc->hp);
	if (!err && !vcon_hvc_is(hvc->hp, vtermno, VCON_HVC_DATA,
				 &vcon_hv_ops)) {
		pr_err("virtio_console: the hvc core of this kernel is not the expected one\n");
		hvc_remove(hvc->hp);
		err = -EOPNOTSUPP;
	}
	if (!err)
		return hvc;
	kfree(hvc);
	return ERR_PTR(err);
}

/**
 * vcon_console_start - make a port a console
 * @port: the port, locked
 *
 * Context: process.
 *
 * Return: 0 or an error; the port is what it was then.
 */
int vcon_console_start(struct vcon_port *port)
{
	struct vcon_hvc *hvc;
	int err;

	lockdep_assert_held(&port->lock);
	err = xa_alloc_cyclic(&vcon_consoles, &port->vtermno, port,
			      XA_LIMIT(0, INT_MAX), &vcon_next_console,
			      GFP_KERNEL);
	if (err < 0)
		return err;
	hvc = vcon_hvc_new(port->vtermno);
	if (IS_ERR(hvc)) {
		xa_erase(&vcon_consoles, port->vtermno);
		synchronize_rcu();
		return PTR_ERR(hvc);
	}
	WRITE_ONCE(port->open, true);
	spin_lock_irq(&port->hvc_lock);
	port->hvc = hvc;
	spin_unlock_irq(&port->hvc_lock);
	WRITE_ONCE(port->console, true);
	vcon_console_resize(port, port->ws.ws_col, port->ws.ws_row);
	dev_info(&port->dev, "console hvc%d\n", hvc->hp->index);
	return 0;
}

/**
 * vcon_console_stop - take a port's console away
 * @port: the port, gone
 *
 * Hangs its tty up.  Context: process.
 */
void vcon_console_stop(struct vcon_port *port)
{
	struct vcon_hvc *hvc;

	spin_lock_irq(&port->hvc_lock);
	hvc = port->hvc;
	port->hvc = NULL;
	spin_unlock_irq(&port->hvc_lock);
	if (!hvc)
		return;
	xa_erase(&vcon_consoles, port->vtermno);
	tty_port_get(&hvc->hp->port);
	hvc_remove(hvc->hp);

	hvc->pinned = try_module_get(THIS_MODULE);
	mutex_lock(&vcon_graves_lock);
	list_add_tail(&hvc->link, &vcon_graves);
	mutex_unlock(&vcon_graves_lock);
	WRITE_ONCE(vcon_bury_delay, VCON_BURY_FIRST);
	if (!vcon_bury_all())
		mod_delayed_work(vcon_wq, &vcon_bury, VCON_BURY_FIRST);
}

/**
 * vcon_console_resize - the window has another size
 * @port: the port, a console or not yet
 * @cols: columns
 * @rows: rows; a size without any is none, and changes nothing
 *
 * Context: any.
 */
void vcon_console_resize(struct vcon_port *port, u16 cols, u16 rows)
{
	unsigned long flags;
	struct hvc_struct *hp;

	if (!cols || !rows)
		return;
	spin_lock_irqsave(&port->hvc_lock, flags);
	port->ws.ws_col = cols;
	port->ws.ws_row = rows;
	if (port->hvc) {
		hp = port->hvc->hp;
		spin_lock(&hp->lock);
		__hvc_resize(hp, port->ws);
		spin_unlock(&hp->lock);
	}
	spin_unlock_irqrestore(&port->hvc_lock, flags);
}

/**
 * vcon_console_kick - there is input, or room for output
 * @port: the port, a console
 *
 * Context: any.
 */
void vcon_console_kick(struct vcon_port *port)
{
	hvc_kick();
}
