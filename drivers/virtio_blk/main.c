// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_blk.ko, block devices
 *
 * Registration, probe and removal; the bus (virtio.ko) calls them.
 *
 * Works with this project's virtio.ko and virtio_ring.ko and with the
 * kernel's own: nothing but the kernel's virtio API is needed, and descriptor
 * tables (virtqueue_ext.h) are used where the ring offers them.
 *
 * Life of a disk: probe reads the configuration, sets the queues up,
 * allocates all memory that requests will need, sets DRIVER_OK and adds the
 * disk.  Remove takes the disk away, which waits for its requests, resets the
 * device and frees all but &struct vblk: that one lives until the last opener
 * has closed the disk.
 */
#include <linux/blkdev.h>
#include <linux/hdreg.h>
#include <linux/idr.h>
#include <linux/kdev_t.h>
#include <linux/log2.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/virtio_ids.h>
#include <virtio_live_reset.h>
#include "vblk.h"

/* A disk and its partitions; user space knows the number. */
#define VBLK_PART_BITS	4
#define VBLK_MINORS	BIT(VBLK_PART_BITS)

/* What a request may take unless io_timeout in sysfs says otherwise. */
#define VBLK_TIMEOUT	(30 * HZ)

struct workqueue_struct *vblk_wq;
static int vblk_major;
static DEFINE_IDA(vblk_ida);

/**
 * vblk_disk_name - vda, vdb, ... vdz, vdaa, ...
 * @buf: where to, DISK_NAME_LEN bytes
 * @index: number of the disk, from 0
 *
 * Letters are digits without a zero: "a" follows nothing, "aa" follows "z".
 */
static void vblk_disk_name(char *buf, unsigned int index)
{
	char letters[8];
	unsigned int n = sizeof(letters);

	letters[--n] = '\0';
	do {
		letters[--n] = 'a' + index % 26;
		index /= 26;
	} while (index-- && n);
	snprintf(buf, DISK_NAME_LEN, "vd%s", &letters[n]);
}

static int vblk_getgeo(struct block_device *bdev, struct hd_geometry *geo)
{
	struct vblk *vblk = bdev->bd_disk->private_data;
	const struct vblk_limits *lim = &vblk->limits;

	if (lim->cylinders) {
		geo->cylinders = lim->cylinders;
		geo->heads = lim->heads;
		geo->sectors = lim->sectors;
		return 0;
	}
	/* No geometry: one of 1 MiB cylinders. */
	geo->heads = 64;
	geo->sectors = 32;
	geo->cylinders = get_capacity(bdev->bd_disk) >> 11;
	return 0;
}

/* The last user of the disk is gone. */
static void vblk_free_disk(struct gendisk *disk)
{
	struct vblk *vblk = disk->private_data;

	ida_free(&vblk_ida, vblk->index);
	kfree(vblk);
}

static const struct block_device_operations vblk_fops = {
	.owner		= THIS_MODULE,
	.getgeo		= vblk_getgeo,
#ifdef CONFIG_BLK_DEV_ZONED
	.report_zones	= vblk_report_zones,
#endif
	.free_disk	= vblk_free_disk,
};

static struct vblk *vblk_alloc(struct virtio_device *vdev)
{
	struct vblk *vblk;
	int index;

	vblk = kzalloc(sizeof(*vblk), GFP_KERNEL);
	if (!vblk)
		return ERR_PTR(-ENOMEM);
	index = ida_alloc_max(&vblk_ida, MINORMASK >> VBLK_PART_BITS,
			      GFP_KERNEL);
	if (index < 0) {
		kfree(vblk);
		return ERR_PTR(index);
	}
	vblk->index = index;
	vblk->vdev = vdev;
	mutex_init(&vblk->lock);
	mutex_init(&vblk->cache_lock);
	mutex_init(&vblk->zone_lock);
	INIT_WORK(&vblk->config_work, vblk_config_work);
	INIT_WORK(&vblk->zone_work, vblk_zone_work);
	INIT_WORK(&vblk->fail_work, vblk_fail_work);
	vblk->has_flush = virtio_has_feature(vdev, VIRTIO_BLK_F_FLUSH);
	vblk->has_wce = virtio_has_feature(vdev, VIRTIO_BLK_F_CONFIG_WCE);
	vblk->legacy = !virtio_has_feature(vdev, VIRTIO_F_VERSION_1);
	return vblk;
}

/**
 * vblk_size_requests - how long requests may be, and how many there are
 * @vblk: the disk; its limits are read and its queues set up
 *
 * A chain is never longer than the ring (VIRTIO 1.4, 2.7.5.3.1).  Without
 * indirect descriptors a request takes three ring entries at the least.
 *
 * Return: 0, or -EINVAL when not even a page fits a request.
 */
static int vblk_size_requests(struct vblk *vblk)
{
	const struct vblk_limits *lim = &vblk->limits;
	unsigned int depth = vblk->min_ring;

	vblk->max_data_descs = min3(lim->seg_max,
				    vblk->min_ring - VBLK_FIXED_DESCS,
				    (u32)VBLK_MAX_DATA_DESCS);
	vblk->max_desc_len = min_t(size_t, lim->size_max,
				   virtio_max_dma_size(vblk->vdev));
	vblk->max_ranges = clamp_t(u32, vblk->max_desc_len /
				   sizeof(struct vblk_range), 1,
				   lim->discard_segs);
	if (vblk->max_desc_len < DIV_ROUND_UP(PAGE_SIZE, vblk->max_data_descs)) {
		dev_err(&vblk->vdev->dev, "a page does not fit %u segments of %u bytes\n",
			vblk->max_data_descs, vblk->max_desc_len);
		return -EINVAL;
	}
	if (!virtio_has_feature(vblk->vdev, VIRTIO_RING_F_INDIRECT_DESC))
		depth = max(depth / (VBLK_FIXED_DESCS + 1), 1U);
	if (vblk_param_depth)
		depth = min(depth, vblk_param_depth);
	vblk->depth = min_t(unsigned int, depth, BLK_MQ_MAX_DEPTH);
	return 0;
}

/* All queues take descriptor tables, or none does. */
static void vblk_choose_xfer(struct vblk *vblk)
{
	bool tables = true;
	unsigned int i;

	for (i = 0; i < vblk->nr_queues; i++)
		tables &= vblk_tags_try_tables(&vblk->queues[i]);
	for (i = 0; i < vblk->nr_queues; i++)
		vblk->queues[i].use_table = tables;
}

/* Everything up to the tags' memory; undone by vblk_release_device(). */
static int vblk_setup_device(struct vblk *vblk)
{
	int err;

	err = vblk_config_read(vblk->vdev, &vblk->limits);
	if (err)
		return err;
	vblk->capacity = vblk->limits.capacity;
	vblk->writeback = vblk->limits.writeback;
	vblk->wanted = vblk->limits.writeback;
	err = vblk_queues_alloc(vblk);
	if (err)
		return err;
	err = vblk_queues_find(vblk);
	if (err)
		goto err_free;
	err = vblk_size_requests(vblk);
	if (err)
		goto err_delete;
	vblk_choose_xfer(vblk);
	err = vblk_tags_alloc(vblk);
	if (err)
		goto err_delete;
	return 0;

err_delete:
	vblk_queues_delete(vblk);
err_free:
	kvfree(vblk->queues);
	return err;
}

/**
 * vblk_release_device - take everything away from the device
 * @vblk: the disk, without requests; nobody else takes its queues down
 *
 * Context: process.
 */
static void vblk_release_device(struct vblk *vblk)
{
	mutex_lock(&vblk->lock);
	vblk_queues_up(vblk, false);
	/* In any case: the kernel's own bus wants FAILED gone as well. */
	virtio_reset_device(vblk->vdev);
	if (vblk->queues[0].vq)
		vblk_queues_delete(vblk);
	mutex_unlock(&vblk->lock);
	vblk_tags_free(vblk);
	kvfree(vblk->queues);
	vblk->queues = NULL;
}

static int vblk_alloc_disk(struct vblk *vblk)
{
	struct blk_mq_tag_set *set = &vblk->set;
	struct gendisk *disk;
	int err;

	set->ops = &vblk_mq_ops;
	set->nr_hw_queues = vblk->nr_queues;
	set->nr_maps = vblk->nr_poll ? HCTX_MAX_TYPES : 1;
	set->queue_depth = vblk->depth;
	set->numa_node = dev_to_node(&vblk->vdev->dev);
	set->timeout = VBLK_TIMEOUT;
	set->flags = BLK_MQ_F_SHOULD_MERGE;
	set->cmd_size = sizeof(struct vblk_pdu);
	set->driver_data = vblk;
	err = blk_mq_alloc_tag_set(set);
	if (err)
		return err;
	disk = blk_mq_alloc_disk(set, vblk);
	if (IS_ERR(disk)) {
		blk_mq_free_tag_set(set);
		return PTR_ERR(disk);
	}
	vblk->disk = disk;
	vblk_disk_name(disk->disk_name, vblk->index);
	disk->major = vblk_major;
	disk->first_minor = vblk->index << VBLK_PART_BITS;
	disk->minors = VBLK_MINORS;
	disk->private_data = vblk;
	disk->fops = &vblk_fops;
	vblk_limits_apply(vblk);
	return 0;
}

static void vblk_announce(struct vblk *vblk)
{
	dev_info(&vblk->vdev->dev,
		 "[%s] %llu %u-byte logical blocks, %u+%u queues of %u requests\n",
		 vblk->disk->disk_name,
		 vblk->capacity >> (ilog2(vblk->limits.blk_size) - SECTOR_SHIFT),
		 vblk->limits.blk_size, vblk->nr_queues - vblk->nr_poll,
		 vblk->nr_poll, vblk->depth);
}

static int vblk_probe(struct virtio_device *vdev)
{
	struct vblk *vblk;
	int err;

	if (!vdev->config->get) {
		dev_err(&vdev->dev, "no access to the configuration\n");
		return -EINVAL;
	}
	vblk = vblk_alloc(vdev);
	if (IS_ERR(vblk))
		return PTR_ERR(vblk);
	vdev->priv = vblk;
	err = vblk_setup_device(vblk);
	if (err)
		goto err_free;
	err = vblk_alloc_disk(vblk);
	if (err)
		goto err_release;

	vblk_announce(vblk);
	err = virtio_join_recovery(vdev, &vblk_recovery);
	if (err)
		goto err_disk;
	vblk_queues_up(vblk, true);
	virtio_device_ready(vdev);
	virtio_begin_recovery(vdev);
	err = vblk_zoned_revalidate(vblk);
	if (err)
		goto err_leave;
	/* Reads the partition table; the timeout ends that if need be. */
	err = device_add_disk(&vdev->dev, vblk->disk, vblk_attr_groups);
	if (err)
		goto err_leave;
	return 0;

err_leave:
	virtio_leave_recovery(vdev);
err_disk:
	cancel_work_sync(&vblk->fail_work);
	cancel_work_sync(&vblk->config_work);
	cancel_work_sync(&vblk->zone_work);
	vblk_release_device(vblk);
	put_disk(vblk->disk);
	blk_mq_free_tag_set(&vblk->set);
	goto err_free;
err_release:
	vblk_release_device(vblk);
err_free:
	ida_free(&vblk_ida, vblk->index);
	kfree(vblk);
	return err;
}

/* On the kernel's own bus: a device that is gone shows by its broken queues. */
static void vblk_removing(struct vblk *vblk)
{
	bool asleep, broken;

	cancel_work_sync(&vblk->fail_work);
	mutex_lock(&vblk->lock);
	asleep = vblk->held;
	/* Not while a resize has them broken. */
	broken = vblk_queues_broken(vblk);
	mutex_unlock(&vblk->lock);
	if (asleep)
		vblk_dead(vblk->vdev, VIRTIO_FAILURE_ASLEEP);
	else if (broken)
		vblk_fail(vblk);
}

/**
 * vblk_remove - the device goes, or the driver
 * @vdev: the device; configuration changes are no longer delivered
 *
 * With the device at work, what is dirty is written first.  From one that is
 * gone the bus has taken everything before; one that fails, or does not
 * answer, while the disk is taken away, is given up.
 * Context: process.
 */
static void vblk_remove(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;
	struct gendisk *disk = vblk->disk;

	flush_work(&vblk->config_work);
	if (!virtio_has_recovery())
		vblk_removing(vblk);
	vblk_zones_stop(vblk);
	/* Waits for requests, and for submitters that are about to notify. */
	del_gendisk(disk);
	virtio_leave_recovery(vdev);
	cancel_work_sync(&vblk->fail_work);
	/* The last restart may have queued it, and that the other. */
	cancel_work_sync(&vblk->config_work);
	cancel_work_sync(&vblk->zone_work);
	vblk_release_device(vblk);
	blk_mq_free_tag_set(&vblk->set);
	put_disk(disk);
}

/* Interrupts may bring many of these; the work runs once for all pending. */
static void vblk_config_changed(struct virtio_device *vdev)
{
	struct vblk *vblk = vdev->priv;

	queue_work(vblk_wq, &vblk->config_work);
}

static const struct virtio_device_id vblk_ids[] = {
	{ VIRTIO_ID_BLOCK, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/*
 * VIRTIO 1.4, 5.2.3; the same bits on a legacy device, and the last one (6.3).
 * Our requests are framed as a legacy device without ANY_LAYOUT wants them
 * (5.2.6.4), so that accepting it promises nothing new.
 */
static const unsigned int vblk_features[] = {
	VIRTIO_BLK_F_SIZE_MAX,
	VIRTIO_BLK_F_SEG_MAX,
	VIRTIO_BLK_F_GEOMETRY,
	VIRTIO_BLK_F_RO,
	VIRTIO_BLK_F_BLK_SIZE,
	VIRTIO_BLK_F_FLUSH,
	VIRTIO_BLK_F_TOPOLOGY,
	VIRTIO_BLK_F_CONFIG_WCE,
	VIRTIO_BLK_F_MQ,
	VIRTIO_BLK_F_DISCARD,
	VIRTIO_BLK_F_WRITE_ZEROES,
	VIRTIO_BLK_F_SECURE_ERASE,
	VIRTIO_BLK_F_LIFETIME,
#ifdef CONFIG_BLK_DEV_ZONED
	VIRTIO_BLK_F_ZONED,
#endif
	VIRTIO_F_ANY_LAYOUT,
};

/* Freezing drains the disk's queue and holds what comes meanwhile. */
static struct virtio_driver vblk_driver = {
	.driver.name			= "virtio_blk",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vblk_ids,
	.feature_table			= vblk_features,
	.feature_table_size		= ARRAY_SIZE(vblk_features) - 1,
	.feature_table_legacy		= vblk_features,
	.feature_table_size_legacy	= ARRAY_SIZE(vblk_features),
	.validate			= vblk_config_validate,
	.probe				= vblk_probe,
	.remove				= vblk_remove,
	.config_changed			= vblk_config_changed,
#ifdef CONFIG_PM
	.freeze				= vblk_freeze,
	.restore			= vblk_restore,
#endif
};

static int __init vblk_init(void)
{
	int err;

	vblk_wq = alloc_workqueue("virtio-blk", WQ_MEM_RECLAIM, 0);
	if (!vblk_wq)
		return -ENOMEM;
	vblk_major = register_blkdev(0, "virtblk");
	if (vblk_major < 0) {
		err = vblk_major;
		goto err_wq;
	}
	err = register_virtio_driver(&vblk_driver);
	if (err)
		goto err_major;
	return 0;

err_major:
	unregister_blkdev(vblk_major, "virtblk");
err_wq:
	destroy_workqueue(vblk_wq);
	return err;
}

static void __exit vblk_exit(void)
{
	unregister_virtio_driver(&vblk_driver);
	unregister_blkdev(vblk_major, "virtblk");
	destroy_workqueue(vblk_wq);
	ida_destroy(&vblk_ida);
}

module_init(vblk_init);
module_exit(vblk_exit);

MODULE_DEVICE_TABLE(virtio, vblk_ids);
MODULE_DESCRIPTION("Virtio block driver");
MODULE_LICENSE("GPL");
