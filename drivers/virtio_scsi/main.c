// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_scsi.ko, SCSI hosts
 *
 * Registration, probe and removal; the bus (virtio.ko) calls them.
 *
 * Works with this project's virtio.ko and virtio_ring.ko and with the
 * kernel's own: nothing but the kernel's virtio API is needed; descriptor
 * tables (virtqueue_ext.h) and recovery (virtio_recovery.h) are used where they
 * are there.
 *
 * Life of a host: probe reads the configuration, sets the queues up, adds the
 * host to the middle layer, which allocates all memory that commands will
 * need, sets DRIVER_OK and has the host scanned, without waiting for it.
 * Remove takes the host away, which waits for its commands, resets the device
 * and frees the rest.
 */
#include <linux/async.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/virtio_ids.h>
#include <virtio_live_reset.h>
#include "vscsi.h"

/* The first scans; loading the module waits for them, probe does not. */
static ASYNC_DOMAIN(vscsi_scans);

static struct vscsi *vscsi_alloc(struct virtio_device *vdev)
{
	struct Scsi_Host *shost;
	struct vscsi *vs;

	shost = scsi_host_alloc(&vscsi_template, sizeof(*vs));
	if (!shost)
		return NULL;
	vs = shost_priv(shost);
	vs->shost = shost;
	vs->vdev = vdev;
	mutex_init(&vs->lock);
	mutex_init(&vs->books_lock);
	INIT_LIST_HEAD(&vs->books);
	init_waitqueue_head(&vs->reset_wait);
	INIT_WORK(&vs->fail_work, vscsi_fail_work);
	vs->legacy = !virtio_has_feature(vdev, VIRTIO_F_VERSION_1);
	vs->little_endian = virtio_is_little_endian(vdev);
	/* The bus warns of a question after a feature not in our table. */
	vs->pi_layout = IS_ENABLED(CONFIG_BLK_DEV_INTEGRITY) &&
			virtio_has_feature(vdev, VIRTIO_SCSI_F_T10_PI);
	vs->req_size = vs->pi_layout ? sizeof(struct virtio_scsi_cmd_req_pi) :
				       sizeof(struct virtio_scsi_cmd_req);
	return vs;
}

/* What vscsi_setup_memory() got; harmless when that failed half-way. */
static void vscsi_free_memory(struct vscsi *vs)
{
	vscsi_tags_destroy(vs);
	vscsi_events_free(vs);
	vscsi_ctrl_free(vs);
	kvfree(vs->queues);
	vs->queues = NULL;
}

static int vscsi_setup_memory(struct vscsi *vs)
{
	int err;

	err = vscsi_queues_alloc(vs);
	if (err)
		return err;
	err = vscsi_ctrl_alloc(vs);
	if (err)
		return err;
	return vscsi_events_alloc(vs);
}

/* Everything up to the middle layer; undone by vscsi_release_device(). */
static int vscsi_setup_device(struct vscsi *vs)
{
	int err;

	err = vscsi_config_read(vs->vdev, &vs->limits);
	if (!err)
		err = vscsi_config_sizes(vs->vdev);
	if (!err)
		err = vscsi_setup_memory(vs);
	if (!err)
		err = vscsi_queues_find(vs);
	if (err)
		return err;
	vscsi_choose_xfer(vs);
	err = vscsi_host_limits(vs);
	if (err)
		return err;
	return vscsi_tags_create(vs);
}

/**
 * vscsi_release_device - take everything away from the device
 * @vs: the host; the middle layer has none of its commands
 *
 * Context: process.
 */
static void vscsi_release_device(struct vscsi *vs)
{
	mutex_lock(&vs->lock);
	if (vs->set_up) {
		vscsi_queues_up(vs, false);
		virtio_reset_device(vs->vdev);
		virtio_synchronize_cbs(vs->vdev);
	}
	mutex_unlock(&vs->lock);
	/* Nobody queues them any more: the queues are down. */
	cancel_work_sync(&vs->fail_work);
	if (vs->events.mem)
		vscsi_events_stop(vs);
	mutex_lock(&vs->lock);
	vscsi_take_back(vs);
	mutex_unlock(&vs->lock);
	vscsi_free_memory(vs);
}

static void vscsi_announce(struct vscsi *vs)
{
	dev_info(&vs->vdev->dev,
		 "host%u: %u+%u queues of %d commands, %d per LUN, %u segments%s\n",
		 vs->shost->host_no, vs->nr_queues - vs->nr_poll, vs->nr_poll,
		 vs->shost->can_queue, vs->shost->cmd_per_lun,
		 vs->shost->sg_tablesize,
		 vs->pi ? ", protection information" : "");
}

/* Look for logical units; a device that does not answer hangs nobody else. */
static void vscsi_first_scan(void *data, async_cookie_t cookie)
{
	struct vscsi *vs = data;

	scsi_scan_host(vs->shost);
	scsi_host_put(vs->shost);
}

static void vscsi_start(struct vscsi *vs)
{
	mutex_lock(&vs->lock);
	virtio_device_ready(vs->vdev);
	vscsi_queues_up(vs, true);
	mutex_unlock(&vs->lock);
	if (scsi_host_get(vs->shost))
		async_schedule_domain(vscsi_first_scan, vs, &vscsi_scans);
}

static int vscsi_probe(struct virtio_device *vdev)
{
	struct vscsi *vs;
	int err;

	if (!vdev->config->get) {
		dev_err(&vdev->dev, "no access to the configuration\n");
		return -EINVAL;
	}
	vs = vscsi_alloc(vdev);
	if (!vs)
		return -ENOMEM;
	vdev->priv = vs;
	err = vscsi_setup_device(vs);
	if (err)
		goto err_release;
	err = virtio_join_recovery(vdev, &vscsi_recovery);
	if (err)
		goto err_release;
	/* Whoever maps data is told how long a segment may be. */
	err = scsi_add_host_with_dma(vs->shost, &vdev->dev,
				     vs->dma_dev ?: &vdev->dev);
	if (err)
		goto err_release;
	vscsi_announce(vs);
	vscsi_start(vs);
	return 0;

err_release:
	vscsi_release_device(vs);
	scsi_host_put(vs->shost);
	return err;
}

/**
 * vscsi_remove - the device goes, or the driver
 * @vdev: the device; configuration changes are no longer delivered
 *
 * With the device at work, what is dirty is written first.  A device that is
 * gone shows by its broken queues: everything outstanding ends in an error
 * before the host is taken away.  One that merely does not answer is reset by
 * error handling.
 * Context: process.
 */
static void vscsi_remove(struct virtio_device *vdev)
{
	struct vscsi *vs = vdev->priv;
	bool broken;

	vscsi_thaw(vs);
	mutex_lock(&vs->lock);
	broken = vscsi_queues_broken(vs);
	mutex_unlock(&vs->lock);
	/* First of all: scans are waited for, and may wait for the device. */
	if (broken)
		vscsi_report(vs, VIRTIO_FAILURE_GONE);
	vscsi_events_stop(vs);
	async_synchronize_full_domain(&vscsi_scans);
	/* Waits for commands. */
	scsi_remove_host(vs->shost);
	virtio_leave_recovery(vdev);
	vscsi_release_device(vs);
	scsi_host_put(vs->shost);
}

/**
 * vscsi_config_changed - the device changed its configuration
 * @vdev: the device
 *
 * None of the fields is said to change; but a device that needs a reset says
 * so this way too (VIRTIO 1.4, 2.1.1), and a bus without recovery leaves that
 * to its drivers.
 * Context: as the transport calls it, maybe hard interrupt.
 */
static void vscsi_config_changed(struct virtio_device *vdev)
{
	if (virtqueue_ext_has(virtio_recovery_report))
		return;
	if (vdev->config->get_status(vdev) & VIRTIO_CONFIG_S_NEEDS_RESET)
		vscsi_report(vdev->priv, VIRTIO_FAILURE_NEEDS_RESET);
}

static const struct virtio_device_id vscsi_ids[] = {
	{ VIRTIO_ID_SCSI, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/*
 * VIRTIO 1.4, 5.6.3; the same bits on a legacy device, and the last one (6.3).
 * Our requests are framed as a legacy device without ANY_LAYOUT wants them
 * (5.6.6.4), so that accepting it promises nothing new.
 */
static const unsigned int vscsi_features[] = {
	VIRTIO_SCSI_F_HOTPLUG,
	VIRTIO_SCSI_F_CHANGE,
#ifdef CONFIG_BLK_DEV_INTEGRITY
	VIRTIO_SCSI_F_T10_PI,
#endif
	VIRTIO_F_ANY_LAYOUT,
};

/* Freezing lets commands end, and holds what comes meanwhile. */
static struct virtio_driver vscsi_driver = {
	.driver.name			= "virtio_scsi",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vscsi_ids,
	.feature_table			= vscsi_features,
	.feature_table_size		= ARRAY_SIZE(vscsi_features) - 1,
	.feature_table_legacy		= vscsi_features,
	.feature_table_size_legacy	= ARRAY_SIZE(vscsi_features),
	.probe				= vscsi_probe,
	.remove				= vscsi_remove,
	.config_changed			= vscsi_config_changed,
#ifdef CONFIG_PM
	.freeze				= vscsi_freeze,
	.restore			= vscsi_restore,
#endif
};

static int __init vscsi_init(void)
{
	int err;

	vscsi_wq = alloc_workqueue("virtio-scsi", WQ_MEM_RECLAIM, 0);
	if (!vscsi_wq)
		return -ENOMEM;
	err = register_virtio_driver(&vscsi_driver);
	if (err)
		destroy_workqueue(vscsi_wq);
	return err;
}

static void __exit vscsi_exit(void)
{
	unregister_virtio_driver(&vscsi_driver);
	destroy_workqueue(vscsi_wq);
}

module_init(vscsi_init);
module_exit(vscsi_exit);

MODULE_DEVICE_TABLE(virtio, vscsi_ids);
MODULE_DESCRIPTION("Virtio SCSI host driver");
MODULE_LICENSE("GPL");
