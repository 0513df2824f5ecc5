// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_balloon.ko, memory balloons
 *
 * Registration, probe and removal; the bus (virtio.ko) calls them.
 *
 * The host says how much memory it wants, the driver hands it over page by
 * page and takes it back (VIRTIO 1.4, 5.5).  Beside that: statistics, free page
 * hints for a migration, free page reporting.
 *
 * Works with this project's virtio.ko and virtio_ring.ko and with the
 * kernel's own: nothing but the kernel's virtio API is needed.
 *
 * All memory that talking to the device needs is allocated at probe: pages
 * move when the guest has no memory to spare.
 */
#include <linux/module.h>
#include <linux/oom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/virtio_ids.h>
#include <virtio_live_reset.h>
#include "vbal.h"

/* What inflating leaves the guest: a part of its memory, in bounds. */
#define VBAL_RESERVE_PART	32
#define VBAL_RESERVE_MIN	(SZ_4M >> PAGE_SHIFT)
#define VBAL_RESERVE_MAX	(SZ_64M >> PAGE_SHIFT)

struct workqueue_struct *vbal_wq;

static int vbal_batch_init(struct vbal_batch *b, unsigned int max)
{
	INIT_LIST_HEAD(&b->pages);
	INIT_WORK(&b->fill, vbal_fill_work);
	b->max = max;
	b->pfns = kmalloc_array(max, sizeof(b->pfns[0]), GFP_KERNEL);
	return b->pfns ? 0 : -ENOMEM;
}

static int vbal_batches_init(struct vbal *vb)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < VBAL_BATCHES; i++)
		err = err ?: vbal_batch_init(&vb->batch[i], VBAL_BATCH);
	err = err ?: vbal_batch_init(&vb->oom_batch, VBAL_OOM_BATCH);
	err = err ?: vbal_batch_init(&vb->migrate_in, VBAL_UNITS);
	return err ?: vbal_batch_init(&vb->migrate_out, VBAL_UNITS);
}

static void vbal_release(struct vbal *vb)
{
	unsigned int i;

	vbal_hints_exit(vb);
	for (i = 0; i < VBAL_BATCHES; i++)
		kfree(vb->batch[i].pfns);
	kfree(vb->oom_batch.pfns);
	kfree(vb->migrate_in.pfns);
	kfree(vb->migrate_out.pfns);
	kfree(vb->stats);
	kfree(vb);
}

static void vbal_queues_init(struct vbal *vb)
{
	struct vbal_queue *q;

	for (q = vb->queues; q < vb->queues + VBAL_VQS; q++) {
		q->vb = vb;
		spin_lock_init(&q->lock);
		init_waitqueue_head(&q->wait);
	}
}

static void vbal_init(struct vbal *vb, struct virtio_device *vdev)
{
	vb->vdev = vdev;
	balloon_devinfo_init(&vb->info);
	vb->info.migratepage = vbal_migrate;
	vbal_queues_init(vb);
	INIT_DELAYED_WORK(&vb->work, vbal_work);
	INIT_DELAYED_WORK(&vb->stats_work, vbal_stats_work);
	INIT_WORK(&vb->fail_work, vbal_fail_work);
	INIT_LIST_HEAD(&vb->untold);
	mutex_init(&vb->migrate_lock);
	mutex_init(&vb->life);
	vb->oom_nb.notifier_call = vbal_oom_notify;
	vb->reserve = clamp_t(unsigned long,
			      totalram_pages() / VBAL_RESERVE_PART,
			      VBAL_RESERVE_MIN, VBAL_RESERVE_MAX);
	vb->has_stats = virtio_has_feature(vdev, VIRTIO_BALLOON_F_STATS_VQ);
	vb->has_oom = virtio_has_feature(vdev, VIRTIO_BALLOON_F_DEFLATE_ON_OOM);
	vb->has_hints = virtio_has_feature(vdev,
					   VIRTIO_BALLOON_F_FREE_PAGE_HINT);
	vb->has_poison = virtio_has_feature(vdev, VIRTIO_BALLOON_F_PAGE_POISON);
	vb->has_report = virtio_has_feature(vdev, VIRTIO_BALLOON_F_REPORTING);
}

static struct vbal *vbal_new(struct virtio_device *vdev)
{
	struct vbal *vb;
	int err;

	vb = kzalloc(sizeof(*vb), GFP_KERNEL);
	if (!vb)
		return ERR_PTR(-ENOMEM);
	vbal_init(vb, vdev);
	err = vbal_hints_init(vb) ?: vbal_batches_init(vb);
	vb->stats = kcalloc(VBAL_MAX_STATS, sizeof(*vb->stats), GFP_KERNEL);
	if (err || !vb->stats) {
		vbal_release(vb);
		return ERR_PTR(-ENOMEM);
	}
	return vb;
}

/**
 * vbal_start - set the device up and begin
 * @vb: the balloon, without queues; its device has its features
 *
 * VIRTIO 1.4, 5.5.5: queues, poison_val, DRIVER_OK, the first buffer of the
 * statistics queue.  Context: process.
 *
 * Return: 0 or what the transport says.
 */
int vbal_start(struct vbal *vb)
{
	u32 poison = vbal_poison_value();
	int err;

	err = vbal_queues_find(vb);
	if (err)
		return err;
	vb->next = 0;
	vb->unwritten = true;
	WRITE_ONCE(vb->changed, 1);
	WRITE_ONCE(vb->failed, false);
	if (vb->has_poison)
		virtio_cwrite_le(vb->vdev, struct virtio_balloon_config,
				 poison_val, &poison);
	virtio_device_ready(vb->vdev);
	vbal_queues_up(vb, true);
	if (vb->has_stats)
		vbal_stats_send(vb);
	mod_delayed_work(vbal_wq, &vb->work, 0);
	if (vb->has_hints)
		vbal_hints_changed(vb);
	return 0;
}

/**
 * vbal_take_down - the opposite of vbal_start()
 * @vb: the balloon
 *
 * Pages that are left are the guest's.  Context: process.
 */
void vbal_take_down(struct vbal *vb)
{
	/* Who still waits for the device need not report it: here is a reset. */
	WRITE_ONCE(vb->failed, 1);
	cancel_work_sync(&vb->fail_work);
	if (vb->dead)
		return;
	vbal_stop(vb);
	virtio_reset_device(vb->vdev);
	vbal_reclaim(vb);
	vbal_free(&vb->untold);
}

static int vbal_probe(struct virtio_device *vdev)
{
	struct vbal *vb;
	int err;

	if (!vdev->config->get) {
		dev_err(&vdev->dev, "no access to the configuration\n");
		return -EINVAL;
	}
	vb = vbal_new(vdev);
	if (IS_ERR(vb))
		return PTR_ERR(vb);
	vdev->priv = vb;
	err = virtio_join_recovery(vdev, &vbal_recovery_ops) ?: vbal_start(vb);
	if (err)
		goto err_release;
	if (vb->has_oom) {
		err = register_oom_notifier(&vb->oom_nb);
		if (err)
			goto err_down;
	}
	vbal_report_start(vb);
	return 0;

err_down:
	vbal_take_down(vb);
err_release:
	vbal_release(vb);
	return err;
}

/**
 * vbal_remove - the device goes, or the driver
 * @vdev: the device; configuration changes are no longer delivered
 *
 * The device is told of every page that it loses, as long as it answers; from
 * here, because the workqueue may be frozen.
 * Context: process; bounded as vbal_wait() says.
 */
static void vbal_remove(struct virtio_device *vdev)
{
	struct vbal *vb = vdev->priv;

	if (vb->has_oom)
		unregister_oom_notifier(&vb->oom_nb);
	vbal_report_stop(vb);
	WRITE_ONCE(vb->leaving, true);
	vbal_quiet(vb);
	vbal_empty(vb);
	virtio_leave_recovery(vdev);
	vbal_take_down(vb);
	vbal_release(vb);
}

/**
 * vbal_config_changed - the device wants something
 * @vdev: the device
 *
 * Any number of these make one run of each work item.  Context: any.
 */
static void vbal_config_changed(struct virtio_device *vdev)
{
	struct vbal *vb = vdev->priv;

	WRITE_ONCE(vb->changed, 1);
	mod_delayed_work(vbal_wq, &vb->work, 0);
	if (vb->has_hints)
		vbal_hints_changed(vb);
}

/**
 * vbal_validate - which features do not go with this kernel?
 * @vdev: the device, with what both sides know of
 *
 * Page numbers are of the guest's memory, and not what an IOMMU would make of
 * them.  A kernel that gives free pages no value has none to tell; one that
 * does cannot report them to a device that does not know it (VIRTIO 1.4,
 * 5.5.3).
 *
 * Return: 0.
 */
static int vbal_validate(struct virtio_device *vdev)
{
	__virtio_clear_bit(vdev, VIRTIO_F_ACCESS_PLATFORM);
	if (!vbal_kernel_poisons())
		__virtio_clear_bit(vdev, VIRTIO_BALLOON_F_PAGE_POISON);
	else if (!virtio_has_feature(vdev, VIRTIO_BALLOON_F_PAGE_POISON))
		__virtio_clear_bit(vdev, VIRTIO_BALLOON_F_REPORTING);
	return 0;
}

static const struct virtio_device_id vbal_ids[] = {
	{ VIRTIO_ID_BALLOON, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* VIRTIO 1.4, 5.5.3; on a legacy device the last one as well (6.3). */
static const unsigned int vbal_features[] = {
	VIRTIO_BALLOON_F_MUST_TELL_HOST,
	VIRTIO_BALLOON_F_STATS_VQ,
	VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
	VIRTIO_BALLOON_F_FREE_PAGE_HINT,
	VIRTIO_BALLOON_F_PAGE_POISON,
#ifdef CONFIG_PAGE_REPORTING
	VIRTIO_BALLOON_F_REPORTING,
#endif
	VIRTIO_F_ANY_LAYOUT,
};

/* Freezing keeps out, under the locks of the queues, whoever moves pages. */
static struct virtio_driver vbal_driver = {
	.driver.name			= "virtio_balloon",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vbal_ids,
	.feature_table			= vbal_features,
	.feature_table_size		= ARRAY_SIZE(vbal_features) - 1,
	.feature_table_legacy		= vbal_features,
	.feature_table_size_legacy	= ARRAY_SIZE(vbal_features),
	.validate			= vbal_validate,
	.probe				= vbal_probe,
	.remove				= vbal_remove,
	.config_changed			= vbal_config_changed,
#ifdef CONFIG_PM
	.freeze				= vbal_freeze,
	.restore			= vbal_restore,
#endif
};

static int __init vbal_module_init(void)
{
	int err;

	/* Pages do not move while the system goes to sleep. */
	vbal_wq = alloc_workqueue("balloon-wq", WQ_FREEZABLE | WQ_UNBOUND, 0);
	if (!vbal_wq)
		return -ENOMEM;
	err = register_virtio_driver(&vbal_driver);
	if (err)
		destroy_workqueue(vbal_wq);
	return err;
}

static void __exit vbal_module_exit(void)
{
	unregister_virtio_driver(&vbal_driver);
	destroy_workqueue(vbal_wq);
}

module_init(vbal_module_init);
module_exit(vbal_module_exit);

MODULE_DEVICE_TABLE(virtio, vbal_ids);
MODULE_DESCRIPTION("Virtio memory balloon driver");
MODULE_LICENSE("GPL");
