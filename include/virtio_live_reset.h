/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Drivers that outlive a reset of their device
 *
 * freeze() and restore() of a virtio driver are made for system sleep: tasks
 * and freezable work stand still around them.  When a function is reset below
 * its driver, by sysfs or by another driver, nothing stands still.  A driver
 * whose pair can do without says so by its attributes: every one of its
 * devices gets a file live_reset, and the transport freezes and restores it
 * around such a reset.  Any other driver is unbound before and bound after.
 *
 * Neither struct virtio_driver nor the bus has room for a word between the
 * two, and a symbol would tie the driver to this bus.
 */
#ifndef _VIRTIO_LIVE_RESET_H
#define _VIRTIO_LIVE_RESET_H

#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#define VIRTIO_LIVE_RESET_NAME	"live_reset"

/**
 * live_reset_show - what the attribute reads as
 * @dev: the virtio device
 * @attr: the attribute
 * @buf: a page for the text
 *
 * Return: bytes written to @buf.
 */
static inline ssize_t live_reset_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "1\n");
}

static struct device_attribute virtio_live_reset_attr = __ATTR_RO(live_reset);

static struct attribute *virtio_live_reset_attrs[] = {
	&virtio_live_reset_attr.attr,
	NULL
};

static const struct attribute_group virtio_live_reset_group = {
	.attrs = virtio_live_reset_attrs,
};

/*
 * For dev_groups of such a driver.  It is a promise: freeze() keeps out, by
 * itself, whoever could reach what it takes down.
 */
static const struct attribute_group *virtio_live_reset_groups[]
	__maybe_unused = {
	&virtio_live_reset_group,
	NULL
};

/**
 * virtio_live_reset - can this driver be frozen while everything runs?
 * @drv: a driver of the virtio bus
 *
 * Context: any, with the device lock of a device that is bound to it.
 *
 * Return: true when it says so.
 */
static inline bool virtio_live_reset(const struct device_driver *drv)
{
	const struct attribute_group **group = drv->dev_groups;
	struct attribute **attr;

	for (; group && *group; group++)
		for (attr = (*group)->attrs; attr && *attr; attr++)
			if (!strcmp((*attr)->name, VIRTIO_LIVE_RESET_NAME))
				return true;
	return false;
}

#endif /* _VIRTIO_LIVE_RESET_H */
