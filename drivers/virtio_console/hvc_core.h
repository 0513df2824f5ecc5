/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The kernel's hvc core, as a module sees it
 *
 * The core (hvc_console.c, always built in) exports functions for drivers of
 * hypervisor consoles, but its header lies beside its source and is in no
 * package of headers.  What this driver needs of it is declared here: four
 * functions, the operations, and the core's struct as Linux 6.1 lays it out.
 * The layout is an assumption; vcon_console_start() checks it on each console
 * before it trusts it (vcon_hvc_is()).
 */
#ifndef _VCON_HVC_CORE_H
#define _VCON_HVC_CORE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/termios.h>
#include <linux/tty_port.h>
#include <linux/workqueue.h>

struct hvc_struct;

/**
 * struct hv_ops - what a driver does for its consoles
 * @get_chars: input; bytes, 0 for none
 * @put_chars: output; bytes taken, 0 or -EAGAIN to be asked again, an error to
 *	have them thrown away; with interrupts off
 * @flush: wait for output
 * @notifier_add: the tty is opened, first opener
 * @notifier_del: it is closed, last opener
 * @notifier_hangup: instead of that, when it was hung up
 * @tiocmget: modem lines
 * @tiocmset: modem lines
 * @dtr_rts: modem lines
 */
struct hv_ops {
	int (*get_chars)(u32 vtermno, char *buf, int count);
	int (*put_chars)(u32 vtermno, const char *buf, int count);
	int (*flush)(u32 vtermno, bool wait);
	int (*notifier_add)(struct hvc_struct *hp, int data);
	void (*notifier_del)(struct hvc_struct *hp, int data);
	void (*notifier_hangup)(struct hvc_struct *hp, int data);
	int (*tiocmget)(struct hvc_struct *hp);
	int (*tiocmset)(struct hvc_struct *hp, unsigned int set,
			unsigned int clear);
	void (*dtr_rts)(struct hvc_struct *hp, int raise);
};

/**
 * struct hvc_struct - one console of the core
 * @port: the tty's; its reference count is the console's
 * @lock: taken around get_chars() and put_chars() of a tty
 * @index: N of hvcN
 * @do_wakeup: the core's
 * @outbuf: the core's
 * @outbuf_size: the core's
 * @n_outbuf: the core's
 * @vtermno: number by which the driver knows it
 * @ops: of the driver
 * @irq_requested: the driver calls hvc_kick() for input: no need to poll
 * @data: of the driver
 * @ws: size of the window
 * @tty_resize: the core's
 * @next: the core's
 * @flags: the core's
 */
struct hvc_struct {
	struct tty_port port;
	spinlock_t lock;	/* see above */
	int index;
	int do_wakeup;
	char *outbuf;
	int outbuf_size;
	int n_outbuf;
	u32 vtermno;
	const struct hv_ops *ops;
	int irq_requested;
	int data;
	struct winsize ws;
	struct work_struct tty_resize;
	struct list_head next;
	unsigned long flags;
};

struct hvc_struct *hvc_alloc(u32 vtermno, int data, const struct hv_ops *ops,
			     int outbuf_size);
int hvc_remove(struct hvc_struct *hp);
void hvc_kick(void);
void __hvc_resize(struct hvc_struct *hp, struct winsize ws);

/**
 * vcon_hvc_is - is the layout above the core's?
 * @hp: from hvc_alloc()
 * @vtermno: what it was called with
 * @data: likewise
 * @ops: likewise
 *
 * Return: false when the fields are not where they should be.
 */
static inline bool vcon_hvc_is(const struct hvc_struct *hp, u32 vtermno,
			       int data, const struct hv_ops *ops)
{
	return hp->vtermno == vtermno && hp->ops == ops && hp->data == data &&
	       !hp->irq_requested && !hp->ws.ws_col && !hp->ws.ws_row;
}

#endif /* _VCON_HVC_CORE_H */
