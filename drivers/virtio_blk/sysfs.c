// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Attributes of a virtio disk
 *
 * /sys/block/vdX/serial, /sys/block/vdX/cache_type, /sys/block/vdX/queue_size,
 * /sys/block/vdX/interrupt_batch and, of a disk that tells how worn it is,
 * /sys/block/vdX/lifetime/.  They are added with the disk and taken away with
 * it, before the device goes: an attribute in use holds removal up, for as
 * long as a request may take at the most.
 */
#include <linux/blkdev.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "vblk.h"

static ssize_t serial_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct gendisk *disk = dev_to_disk(dev);
	size_t len = 0;
	char *id;
	int err;

	id = kzalloc(VIRTIO_BLK_ID_BYTES, GFP_KERNEL);
	if (!id)
		return -ENOMEM;
	err = vblk_own_request(disk->private_data, VIRTIO_BLK_T_GET_ID, 0, id,
			       VIRTIO_BLK_ID_BYTES);
	if (!err) {
		/* NUL-padded, and not terminated when all bytes are used. */
		len = strnlen(id, VIRTIO_BLK_ID_BYTES);
		memcpy(buf, id, len);
	}
	kfree(id);
	/* A device without a name is no error. */
	if (err == -EIO || err == -EOPNOTSUPP)
		err = 0;
	return err ?: len;
}
static DEVICE_ATTR_RO(serial);

/* Index: is the cache a writeback cache? */
static const char * const vblk_cache_types[] = {
	"write through", "write back",
};

static ssize_t cache_type_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct gendisk *disk = dev_to_disk(dev);
	struct vblk *vblk = disk->private_data;
	bool on = READ_ONCE(vblk->writeback);

	return sysfs_emit(buf, "%s\n", vblk_cache_types[on]);
}

/*
 * Tell the device, with no write on its way: see VIRTIO 1.4, 5.2.6.2.  The
 * block layer starts to flush before the first write that needs it.
 */
static int vblk_switch_cache(struct vblk *vblk, bool on, bool *now)
{
	struct request_queue *q = vblk->disk->queue;
	int err;

	blk_mq_freeze_queue(q);
	mutex_lock(&vblk->lock);
	err = vblk->held ? -EBUSY :
			   vblk_config_set_writeback(vblk, on, now);
	if (!err)
		vblk->wanted = *now;
	mutex_unlock(&vblk->lock);
	if (!err && *now) {
		WRITE_ONCE(vblk->writeback, true);
		blk_queue_write_cache(q, true, false);
	}
	blk_mq_unfreeze_queue(q);
	return err;
}

/**
 * vblk_set_cache - change the cache mode
 * @vblk: the disk, with CONFIG_WCE
 * @on: writeback
 *
 * After a switch to writethrough, what was written before is not yet stable
 * (VIRTIO 1.4, 5.2.6.1), so it is flushed before the block layer forgets that
 * there was a cache.  If that fails, the block layer goes on flushing.
 * Context: process; @vblk->cache_lock is held.
 *
 * Return: 0 or -errno.
 */
static int vblk_set_cache(struct vblk *vblk, bool on)
{
	struct gendisk *disk = vblk->disk;
	bool now;
	int err;

	err = vblk_switch_cache(vblk, on, &now);
	if (err)
		return err;
	if (now)
		return on ? 0 : -EIO;
	err = blkdev_issue_flush(disk->part0);
	if (err)
		return err;
	WRITE_ONCE(vblk->writeback, false);
	blk_queue_write_cache(disk->queue, false, false);
	return on ? -EIO : 0;
}

static ssize_t cache_type_store(struct device *dev,
				struct device_attribute *attr,
				const char *buf, size_t count)
{
	struct gendisk *disk = dev_to_disk(dev);
	struct vblk *vblk = disk->private_data;
	int on, err;

	on = sysfs_match_string(vblk_cache_types, buf);
	if (on < 0)
		return on;
	mutex_lock(&vblk->cache_lock);
	err = vblk_set_cache(vblk, on);
	mutex_unlock(&vblk->cache_lock);
	return err ?: count;
}
static DEVICE_ATTR_RW(cache_type);

/* Descriptors of each ring: see resize.c. */
static ssize_t queue_size_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct gendisk *disk = dev_to_disk(dev);
	unsigned int size;
	int err;

	err = vblk_ring_size(disk->private_data, &size);
	return err ?: sysfs_emit(buf, "%u\n", size);
}

static ssize_t queue_size_store(struct device *dev,
				struct device_attribute *attr,
				const char *buf, size_t count)
{
	struct vblk *vblk = dev_to_disk(dev)->private_data;
	unsigned int size;
	int err;

	err = kstrtouint(buf, 0, &size);
	if (err)
		return err;
	/*
	 * A ring looks broken while it is resized: not to a removal, which
	 * has this lock and waits for us.
	 */
	if (!device_trylock(&vblk->vdev->dev))
		return restart_syscall();
	err = vblk_ring_resize(vblk, size);
	device_unlock(&vblk->vdev->dev);
	return err ?: count;
}
static DEVICE_ATTR_RW(queue_size);

/*
 * Completions that an interrupt may wait for, never more than a quarter of
 * what is outstanding; 0: none.  Fewer interrupts for the host's and the
 * guest's processors, against some waiting of the first of them.
 */
static ssize_t interrupt_batch_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct gendisk *disk = dev_to_disk(dev);
	struct vblk *vblk = disk->private_data;

	return sysfs_emit(buf, "%u\n", READ_ONCE(vblk->interrupt_batch));
}

static ssize_t interrupt_batch_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct gendisk *disk = dev_to_disk(dev);
	struct vblk *vblk = disk->private_data;
	u16 batch;
	int err;

	err = kstrtou16(buf, 0, &batch);
	if (err)
		return err;
	mutex_lock(&vblk->lock);
	WRITE_ONCE(vblk->interrupt_batch, batch);
	/* Without queues: the next ones will be told. */
	if (vblk->queues[0].vq)
		vblk_queues_moderate(vblk);
	mutex_unlock(&vblk->lock);
	return count;
}
static DEVICE_ATTR_RW(interrupt_batch);

static struct attribute *vblk_attrs[] = {
	&dev_attr_cache_type.attr,
	&dev_attr_interrupt_batch.attr,
	&dev_attr_queue_size.attr,
	&dev_attr_serial.attr,
	NULL,
};

/*
 * cache_type can be written only where the device can be told, and where what
 * it caches can be flushed.  interrupt_batch is there where it can be had.
 */
static umode_t vblk_attr_mode(struct kobject *kobj, struct attribute *attr,
			      int n)
{
	struct gendisk *disk = dev_to_disk(kobj_to_dev(kobj));
	struct vblk *vblk = disk->private_data;

	if (attr == &dev_attr_cache_type.attr &&
	    !(vblk->has_wce && vblk->has_flush))
		return 0444;
	if (attr == &dev_attr_interrupt_batch.attr &&
	    !virtio_mq_can_moderate(vblk->vdev))
		return 0;
	return attr->mode;
}

static const struct attribute_group vblk_attr_group = {
	.attrs = vblk_attrs,
	.is_visible = vblk_attr_mode,
};

/* Names, order and size of the answer to GET_LIFETIME: VIRTIO 1.4, 5.2.6. */
struct vblk_lifetime {
	__virtio16 pre_eol_info;
	__virtio16 device_lifetime_est_typ_a;
	__virtio16 device_lifetime_est_typ_b;
};

static_assert(sizeof(struct vblk_lifetime) == 6);

/* @attr: @var is where in struct vblk_lifetime its value stands. */
static ssize_t vblk_lifetime_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	size_t offset = (size_t)container_of(attr, struct dev_ext_attribute,
					     attr)->var;
	struct gendisk *disk = dev_to_disk(dev);
	struct vblk *vblk = disk->private_data;
	struct vblk_lifetime *life;
	__virtio16 *field;
	ssize_t ret;

	life = kzalloc(sizeof(*life), GFP_KERNEL);
	if (!life)
		return -ENOMEM;
	ret = vblk_own_request(vblk, VIRTIO_BLK_T_GET_LIFETIME, 0, life,
			       sizeof(*life));
	field = (void *)life + offset;
	if (!ret)
		ret = sysfs_emit(buf, "%u\n",
				 virtio16_to_cpu(vblk->vdev, *field));
	kfree(life);
	return ret;
}

static struct dev_ext_attribute vblk_pre_eol_info = {
	__ATTR(pre_eol_info, 0444, vblk_lifetime_show, NULL),
	(void *)offsetof(struct vblk_lifetime, pre_eol_info),
};

static struct dev_ext_attribute vblk_est_typ_a = {
	__ATTR(device_lifetime_est_typ_a, 0444, vblk_lifetime_show, NULL),
	(void *)offsetof(struct vblk_lifetime, device_lifetime_est_typ_a),
};

static struct dev_ext_attribute vblk_est_typ_b = {
	__ATTR(device_lifetime_est_typ_b, 0444, vblk_lifetime_show, NULL),
	(void *)offsetof(struct vblk_lifetime, device_lifetime_est_typ_b),
};

static struct attribute *vblk_lifetime_attrs[] = {
	&vblk_pre_eol_info.attr.attr,
	&vblk_est_typ_a.attr.attr,
	&vblk_est_typ_b.attr.attr,
	NULL,
};

static umode_t vblk_lifetime_mode(struct kobject *kobj, struct attribute *attr,
				  int n)
{
	struct gendisk *disk = dev_to_disk(kobj_to_dev(kobj));
	struct vblk *vblk = disk->private_data;

	if (!virtio_has_feature(vblk->vdev, VIRTIO_BLK_F_LIFETIME))
		return 0;
	return attr->mode;
}

static const struct attribute_group vblk_lifetime_group = {
	.name = "lifetime",
	.attrs = vblk_lifetime_attrs,
	.is_visible = vblk_lifetime_mode,
};

const struct attribute_group *vblk_attr_groups[] = {
	&vblk_attr_group,
	&vblk_lifetime_group,
	NULL,
};
