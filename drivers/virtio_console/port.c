// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Life of a port
 *
 * A port is a device of class virtio-ports, vportNpM for port M of device
 * virtioN, with a character device and the attribute "name".  The name comes
 * in a message of its own, after which a change event tells udev, whose rules
 * make /dev/virtio-ports/NAME.
 *
 * A port that is removed fails everybody who waits with -ENODEV.  Its memory
 * stays until the last opener is gone; its number may be another port's by
 * then, with the same line.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "vcon.h"

#define VCON_MINORS	65536U

static struct class *vcon_class;
static dev_t vcon_first;
static DEFINE_IDA(vcon_minors);

static struct vcon_port *vcon_port_of(struct device *dev)
{
	return container_of(dev, struct vcon_port, dev);
}

static ssize_t name_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct vcon_port *port = vcon_port_of(dev);
	ssize_t n;

	mutex_lock(&port->lock);
	n = sysfs_emit(buf, "%s\n", port->name ?: "");
	mutex_unlock(&port->lock);
	return n;
}

static DEVICE_ATTR_RO(name);

static struct attribute *vcon_port_attrs[] = {
	&dev_attr_name.attr,
	NULL
};
ATTRIBUTE_GROUPS(vcon_port);

static void vcon_port_release(struct device *dev)
{
	struct vcon_port *port = vcon_port_of(dev);

	vcon_line_put(port->line);
	kfree(port->name);
	ida_free(&vcon_minors, MINOR(dev->devt) - MINOR(vcon_first));
	kfree(port);
}

static struct vcon_port *vcon_port_alloc(struct vcon *vcon, u32 id)
{
	struct vcon_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	port->vcon = vcon;
	port->id = id;
	mutex_init(&port->lock);
	mutex_init(&port->read_lock);
	mutex_init(&port->write_lock);
	spin_lock_init(&port->hvc_lock);
	init_waitqueue_head(&port->wait);
	/* Without control messages nobody says, and the port is of use. */
	port->host_open = !vcon->multiport;
	port->line = vcon_line_get(vcon, id);
	if (port->line)
		return port;
	kfree(port);
	return NULL;
}

/* From here on the last reference frees the port. */
static int vcon_port_init_device(struct vcon_port *port)
{
	struct virtio_device *vdev = port->vcon->vdev;
	int minor;

	minor = ida_alloc_max(&vcon_minors, VCON_MINORS - 1, GFP_KERNEL);
	if (minor < 0) {
		vcon_line_put(port->line);
		kfree(port);
		return minor;
	}
	device_initialize(&port->dev);
	port->dev.class = vcon_class;
	port->dev.parent = &vdev->dev;
	port->dev.groups = vcon_port_groups;
	port->dev.release = vcon_port_release;
	port->dev.devt = MKDEV(MAJOR(vcon_first), MINOR(vcon_first) + minor);
	cdev_init(&port->cdev, &vcon_port_fops);
	port->cdev.owner = THIS_MODULE;
	return 0;
}

/**
 * vcon_port_add - make a port
 * @vcon: the device, locked
 * @id: its number, below &vcon.nr_ports, of no other port
 *
 * Context: process.
 *
 * Return: the port, with its line still down, or an error.
 */
struct vcon_port *vcon_port_add(struct vcon *vcon, u32 id)
{
	struct vcon_port *port = vcon_port_alloc(vcon, id);
	int err;

	if (!port)
		return ERR_PTR(-ENOMEM);
	err = vcon_port_init_device(port);
	if (err)
		return ERR_PTR(err);
	err = vcon_line_set_port(port->line, port);
	if (err) {
		put_device(&port->dev);
		return ERR_PTR(err);
	}
	err = dev_set_name(&port->dev, "vport%up%u", vcon->vdev->index, id);
	if (!err)
		err = cdev_device_add(&port->cdev, &port->dev);
	if (err) {
		vcon_line_no_port(port->line);
		synchronize_rcu();
		put_device(&port->dev);
		return ERR_PTR(err);
	}
	vcon_debugfs_add(port);
	return port;
}

/**
 * vcon_port_find - the port of a number
 * @vcon: the device, locked
 * @id: below &vcon.nr_ports
 *
 * Return: the port, which stays while the lock is held, or NULL.
 */
struct vcon_port *vcon_port_find(struct vcon *vcon, u32 id)
{
	struct vcon_line *line = vcon->lines[id];

	if (!line)
		return NULL;
	return rcu_dereference_protected(line->port,
					 lockdep_is_held(&vcon->lock));
}

/**
 * vcon_port_wake - something has happened to a port
 * @port: the port
 * @band: POLL_IN, POLL_OUT or POLL_HUP
 *
 * Context: any.
 */
void vcon_port_wake(struct vcon_port *port, int band)
{
	wake_up_interruptible(&port->wait);
	kill_fasync(&port->fasync, SIGIO, band);
	if (READ_ONCE(port->console))
		vcon_console_kick(port);
}

/**
 * vcon_port_give_up - from now on everything fails
 * @port: the port
 *
 * Context: process.
 */
void vcon_port_give_up(struct vcon_port *port)
{
	mutex_lock(&port->lock);
	WRITE_ONCE(port->gone, true);
	mutex_unlock(&port->lock);
	vcon_port_wake(port, POLL_HUP);
}

/**
 * vcon_port_unplug - take a port away
 * @port: the port; its device is locked
 *
 * The port's memory may be gone afterwards.  Context: process.
 */
void vcon_port_unplug(struct vcon_port *port)
{
	lockdep_assert_held(&port->vcon->lock);
	vcon_port_give_up(port);
	vcon_console_stop(port);
	vcon_line_no_port(port->line);
	debugfs_remove(port->debugfs);
	cdev_device_del(&port->cdev, &port->dev);
	/* Interrupt handlers and the hvc core may be at it still. */
	synchronize_rcu();
	put_device(&port->dev);
}

/**
 * vcon_port_tell_open - tell the device whether somebody has the port open
 * @port: the port, locked, not gone
 *
 * Return: what vcon_ctrl_send() says.
 */
int vcon_port_tell_open(struct vcon_port *port)
{
	lockdep_assert_held(&port->lock);
	return vcon_ctrl_send(port->vcon, port->id, VIRTIO_CONSOLE_PORT_OPEN,
			      port->open);
}

/**
 * vcon_port_set_host - the host has opened or closed the port
 * @port: the port
 * @open: which
 *
 * Wakes who waits: a reader gets 0 when there is no more to read, a writer
 * -EPIPE.  Context: process.
 */
void vcon_port_set_host(struct vcon_port *port, bool open)
{
	bool changed;

	mutex_lock(&port->lock);
	changed = port->host_open != open;
	if (changed) {
		WRITE_ONCE(port->host_left, !open && port->open);
		WRITE_ONCE(port->host_open, open);
	}
	mutex_unlock(&port->lock);
	if (changed)
		vcon_port_wake(port, open ? POLL_OUT : POLL_HUP);
}

/* What cannot be seen would forge lines in files that show a name. */
static void vcon_port_clean_name(char *name)
{
	for (; *name; name++)
		if ((u8)*name < ' ' || *name == 0x7f)
			*name = '_';
}

/**
 * vcon_port_set_name - the device has named the port
 * @port: the port
 * @name: the name, private memory, not terminated; may be followed by NUL
 * @len: bytes
 *
 * Context: process.
 *
 * Return: 0, -EINVAL for an empty name, -ENOMEM.
 */
int vcon_port_set_name(struct vcon_port *port, const u8 *name, size_t len)
{
	char *mine = kstrndup((const char *)name, len, GFP_KERNEL);

	if (!mine)
		return -ENOMEM;
	if (!*mine) {
		kfree(mine);
		return -EINVAL;
	}
	vcon_port_clean_name(mine);
	mutex_lock(&port->lock);
	swap(port->name, mine);
	mutex_unlock(&port->lock);
	kfree(mine);
	kobject_uevent(&port->dev.kobj, KOBJ_CHANGE);
	return 0;
}

/**
 * vcon_ports_init - what all ports share
 *
 * Return: 0 or an error.
 */
int vcon_ports_init(void)
{
	int err;

	vcon_class = class_create(THIS_MODULE, "virtio-ports");
	if (IS_ERR(vcon_class))
		return PTR_ERR(vcon_class);
	err = alloc_chrdev_region(&vcon_first, 0, VCON_MINORS,
				  "virtio-portsdev");
	if (err)
		class_destroy(vcon_class);
	return err;
}

/**
 * vcon_ports_exit - undo vcon_ports_init()
 *
 * A port has no opener any more, but the driver core may still be about to
 * release one.  Context: process.
 */
void vcon_ports_exit(void)
{
	while (!ida_is_empty(&vcon_minors))
		msleep(20);
	unregister_chrdev_region(vcon_first, VCON_MINORS);
	class_destroy(vcon_class);
}
