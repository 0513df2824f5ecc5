// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: /sys/kernel/debug/virtio-ports/vportNpM
 *
 * One text file for each port, with its state and its counters.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include "vcon.h"

static struct dentry *vcon_debugfs;

static void vcon_debugfs_counters(struct seq_file *s, struct vcon_line *line)
{
	u64 sent, received, discarded;

	spin_lock_irq(&line->out.lock);
	sent = line->out.sent;
	spin_unlock_irq(&line->out.lock);
	spin_lock_irq(&line->in.lock);
	received = line->in.received;
	discarded = line->in.discarded;
	spin_unlock_irq(&line->in.lock);
	seq_printf(s, "bytes_sent: %llu\n", sent);
	seq_printf(s, "bytes_received: %llu\n", received);
	seq_printf(s, "bytes_discarded: %llu\n", discarded);
}

static int vcon_debugfs_show(struct seq_file *s, void *unused)
{
	struct vcon_port *port = s->private;

	mutex_lock(&port->lock);
	seq_printf(s, "name: %s\n", port->name ?: "");
	seq_printf(s, "guest_connected: %d\n", port->open);
	seq_printf(s, "host_connected: %d\n", port->host_open);
	seq_printf(s, "outvq_full: %d\n", vcon_out_is_full(&port->line->out));
	vcon_debugfs_counters(s, port->line);
	seq_printf(s, "is_console: %s\n", port->console ? "yes" : "no");
	seq_printf(s, "console_vtermno: %u\n", port->vtermno);
	mutex_unlock(&port->lock);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(vcon_debugfs);

/**
 * vcon_debugfs_add - add the file of a port
 * @port: the port; whoever removes it removes the file before
 */
void vcon_debugfs_add(struct vcon_port *port)
{
	port->debugfs = debugfs_create_file(dev_name(&port->dev), 0444,
					    vcon_debugfs, port,
					    &vcon_debugfs_fops);
}

/**
 * vcon_debugfs_init - make the folder
 *
 * Without debugfs there is none, and nothing else is different.
 */
void vcon_debugfs_init(void)
{
	vcon_debugfs = debugfs_create_dir("virtio-ports", NULL);
}

/**
 * vcon_debugfs_exit - remove the folder
 */
void vcon_debugfs_exit(void)
{
	debugfs_remove(vcon_debugfs);
}
