// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Attributes of a SCSI host
 *
 * /sys/class/scsi_host/hostN/interrupt_batch.  Added with the host, and taken
 * away with it, before its queues go for good.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include "vscsi.h"

/*
 * Completions that an interrupt may wait for, never more than a quarter of
 * what is outstanding, nor longer than two ticks; 0: none.  Fewer interrupts
 * for the host's and the guest's processors, against some waiting of the first
 * of them.
 */
static ssize_t interrupt_batch_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct vscsi *vs = shost_priv(class_to_shost(dev));

	return sysfs_emit(buf, "%u\n", READ_ONCE(vs->interrupt_batch));
}

static ssize_t interrupt_batch_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct vscsi *vs = shost_priv(class_to_shost(dev));
	u16 batch;
	int err;

	err = kstrtou16(buf, 0, &batch);
	if (err)
		return err;
	mutex_lock(&vs->lock);
	WRITE_ONCE(vs->interrupt_batch, batch);
	/* Without queues: the next ones will be told. */
	if (vs->set_up)
		vscsi_queues_moderate(vs);
	mutex_unlock(&vs->lock);
	return count;
}
static DEVICE_ATTR_RW(interrupt_batch);

static struct attribute *vscsi_host_attrs[] = {
	&dev_attr_interrupt_batch.attr,
	NULL,
};

/* interrupt_batch is there where it can be had. */
static umode_t vscsi_host_attr_mode(struct kobject *kobj,
				    struct attribute *attr, int n)
{
	struct vscsi *vs = shost_priv(class_to_shost(kobj_to_dev(kobj)));

	return virtio_mq_can_moderate(vs->vdev) ? attr->mode : 0;
}

static const struct attribute_group vscsi_host_group = {
	.attrs = vscsi_host_attrs,
	.is_visible = vscsi_host_attr_mode,
};

const struct attribute_group *vscsi_host_groups[] = {
	&vscsi_host_group,
	NULL,
};
