// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_console.ko, consoles and ports
 *
 * Registration, probe and removal; the bus (virtio.ko) calls them.  The same
 * driver serves the serial port of a remote processor (device type 11), whose
 * one port is no console.
 *
 * Nothing but the kernel's virtio API is needed, so the driver loads on the
 * kernel's own bus and ring as well.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/virtio_ids.h>
#include <virtio_live_reset.h>
#include <virtio_recovery.h>
#include "vcon.h"

struct workqueue_struct *vcon_wq;

/* The size of port 0, VIRTIO 1.4, 5.3.6. */
static void vcon_config_work(struct work_struct *work)
{
	struct vcon *vcon = container_of(work, struct vcon, config_work);
	struct vcon_port *port;
	u16 cols, rows;

	mutex_lock(&vcon->lock);
	port = vcon->up ? vcon_port_find(vcon, 0) : NULL;
	if (port) {
		virtio_cread(vcon->vdev, struct virtio_console_config, cols,
			     &cols);
		virtio_cread(vcon->vdev, struct virtio_console_config, rows,
			     &rows);
		vcon_console_resize(port, cols, rows);
	}
	mutex_unlock(&vcon->lock);
}

static void vcon_config_changed(struct virtio_device *vdev)
{
	struct vcon *vcon = vdev->priv;

	if (vcon->has_size)
		queue_work(vcon_wq, &vcon->config_work);
}

/**
 * vcon_read_ports - how many ports there may be
 * @vcon: the device, with its features known
 *
 * Return: 0, or -EINVAL when there is none.
 */
static int vcon_read_ports(struct vcon *vcon)
{
	u32 max;

	vcon->nr_ports = 1;
	vcon->nr_vqs = 2;
	if (!vcon->multiport)
		return 0;
	virtio_cread(vcon->vdev, struct virtio_console_config, max_nr_ports,
		     &max);
	if (!max) {
		dev_err(&vcon->vdev->dev, "a device without ports\n");
		return -EINVAL;
	}
	if (max > VCON_MAX_PORTS)
		dev_warn(&vcon->vdev->dev, "of %u ports, %u can be used\n", max,
			 VCON_MAX_PORTS);
	vcon->nr_ports = min_t(u32, max, VCON_MAX_PORTS);
	vcon->nr_vqs = 2 * vcon->nr_ports + 2;
	return 0;
}

/* Without its lines. */
static void vcon_free(struct vcon *vcon)
{
	kfree(vcon->ctrl);
	kfree(vcon->vqs);
	kfree(vcon->lines);
	kfree(vcon);
}

static int vcon_alloc_parts(struct vcon *vcon)
{
	vcon->vqs = kcalloc(vcon->nr_vqs, sizeof(*vcon->vqs), GFP_KERNEL);
	vcon->lines = kcalloc(vcon->nr_ports, sizeof(*vcon->lines),
			      GFP_KERNEL);
	if (vcon->multiport)
		vcon->ctrl = vcon_ctrl_alloc(vcon);
	if (!vcon->vqs || !vcon->lines || (vcon->multiport && !vcon->ctrl))
		return -ENOMEM;
	return 0;
}

static void vcon_init(struct vcon *vcon, struct virtio_device *vdev)
{
	vcon->vdev = vdev;
	mutex_init(&vcon->lock);
	INIT_WORK(&vcon->config_work, vcon_config_work);
	INIT_DELAYED_WORK(&vcon->resync_work, vcon_resync_work);
	vcon->recovers = virtqueue_ext_has(virtio_recovery_join);
	vcon->rproc = vdev->id.device == VIRTIO_ID_RPROC_SERIAL;
	if (vcon->rproc)
		return;
	vcon->multiport = virtio_has_feature(vdev, VIRTIO_CONSOLE_F_MULTIPORT);
	vcon->has_size = virtio_has_feature(vdev, VIRTIO_CONSOLE_F_SIZE);
	vcon->emergency = virtio_has_feature(vdev,
					     VIRTIO_CONSOLE_F_EMERG_WRITE);
}

static struct vcon *vcon_new(struct virtio_device *vdev)
{
	struct vcon *vcon = kzalloc(sizeof(*vcon), GFP_KERNEL);
	int err;

	if (!vcon)
		return ERR_PTR(-ENOMEM);
	vcon_init(vcon, vdev);
	err = vcon_read_ports(vcon);
	if (!err)
		err = vcon_alloc_parts(vcon);
	if (!err)
		return vcon;
	vcon_free(vcon);
	return ERR_PTR(err);
}

/**
 * vcon_dispose - remove the ports, and forget the device
 * @vcon: the device, reset, without queues
 *
 * Context: process.
 */
static void vcon_dispose(struct vcon *vcon)
{
	struct vcon_port *port;
	u32 id;

	cancel_work_sync(&vcon->config_work);
	cancel_delayed_work_sync(&vcon->resync_work);
	mutex_lock(&vcon->lock);
	for (id = 0; id < vcon->nr_ports; id++) {
		port = vcon_port_find(vcon, id);
		if (port)
			vcon_port_unplug(port);
		if (vcon->lines[id])
			vcon_line_put(vcon->lines[id]);
	}
	mutex_unlock(&vcon->lock);
	vcon_free(vcon);
}

static void vcon_stop(struct vcon *vcon)
{
	vcon_halt(vcon);
	virtio_reset_device(vcon->vdev);
	vcon_reclaim(vcon);
}

/* Without control messages the one port is there, and a console (5.3.5). */
static int vcon_add_only_port(struct vcon *vcon)
{
	struct vcon_port *port;
	int err = 0;

	mutex_lock(&vcon->lock);
	port = vcon_port_add(vcon, 0);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
		goto out;
	}
	vcon_line_up(vcon, port->line);
	mutex_lock(&port->lock);
	if (!vcon->rproc)
		err = vcon_console_start(port);
	mutex_unlock(&port->lock);
out:
	mutex_unlock(&vcon->lock);
	return err;
}

static int vcon_probe(struct virtio_device *vdev)
{
	struct vcon *vcon;
	int err;

	if (!vdev->config->get || !vdev->config->set) {
		dev_err(&vdev->dev, "no access to the configuration\n");
		return -EINVAL;
	}
	vcon = vcon_new(vdev);
	if (IS_ERR(vcon))
		return PTR_ERR(vcon);
	vdev->priv = vcon;
	err = virtio_join_recovery(vdev, &vcon_recovery_ops);
	if (!err)
		err = vcon_start(vcon);
	if (err)
		goto err_free;
	if (!vcon->multiport)
		err = vcon_add_only_port(vcon);
	if (err)
		goto err_stop;
	if (vcon->has_size)
		queue_work(vcon_wq, &vcon->config_work);
	return 0;

err_stop:
	vcon_stop(vcon);
err_free:
	vcon_dispose(vcon);
	return err;
}

/**
 * vcon_remove - the device goes, or the driver
 * @vdev: the device; configuration changes are no longer delivered
 *
 * Who waits for a port gets -ENODEV, ttys are hung up.  Context: process.
 */
static void vcon_remove(struct virtio_device *vdev)
{
	struct vcon *vcon = vdev->priv;

	if (!virtio_leave_recovery(vdev)) {
		vcon_drain(vcon);
		vcon_stop(vcon);
	}
	vcon_dispose(vcon);
}

static const struct virtio_device_id vcon_ids[] = {
	{ VIRTIO_ID_CONSOLE, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* VIRTIO 1.4, 5.3.3; a buffer is one descriptor: any layout will do (6.3). */
static const unsigned int vcon_features[] = {
	VIRTIO_CONSOLE_F_SIZE,
	VIRTIO_CONSOLE_F_MULTIPORT,
	VIRTIO_CONSOLE_F_EMERG_WRITE,
	VIRTIO_F_ANY_LAYOUT,
};

static const struct virtio_device_id vcon_rproc_ids[] = {
	{ VIRTIO_ID_RPROC_SERIAL, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* Readers and writers wait, by our own locks, while the device is frozen. */
static struct virtio_driver vcon_driver = {
	.driver.name			= "virtio_console",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vcon_ids,
	.feature_table			= vcon_features,
	.feature_table_size		= ARRAY_SIZE(vcon_features) - 1,
	.feature_table_legacy		= vcon_features,
	.feature_table_size_legacy	= ARRAY_SIZE(vcon_features),
	.probe				= vcon_probe,
	.remove				= vcon_remove,
	.config_changed			= vcon_config_changed,
#ifdef CONFIG_PM
	.freeze				= vcon_freeze,
	.restore			= vcon_restore,
#endif
};

static struct virtio_driver vcon_rproc_driver = {
	.driver.name			= "virtio_rproc_serial",
	.driver.owner			= THIS_MODULE,
	.id_table			= vcon_rproc_ids,
	.probe				= vcon_probe,
	.remove				= vcon_remove,
};

static int __init vcon_module_init(void)
{
	int err;

	vcon_wq = alloc_workqueue("virtio-console", 0, 0);
	if (!vcon_wq)
		return -ENOMEM;
	err = vcon_ports_init();
	if (err)
		goto err_wq;
	vcon_debugfs_init();
	err = register_virtio_driver(&vcon_driver);
	if (err)
		goto err_ports;
	err = register_virtio_driver(&vcon_rproc_driver);
	if (!err)
		return 0;

	unregister_virtio_driver(&vcon_driver);
	vcon_console_exit();
err_ports:
	vcon_debugfs_exit();
	vcon_ports_exit();
err_wq:
	destroy_workqueue(vcon_wq);
	return err;
}

static void __exit vcon_module_exit(void)
{
	unregister_virtio_driver(&vcon_rproc_driver);
	unregister_virtio_driver(&vcon_driver);
	vcon_console_exit();
	vcon_debugfs_exit();
	vcon_ports_exit();
	destroy_workqueue(vcon_wq);
}

module_init(vcon_module_init);
module_exit(vcon_module_exit);

MODULE_DEVICE_TABLE(virtio, vcon_ids);
MODULE_DEVICE_TABLE(virtio, vcon_rproc_ids);
MODULE_DESCRIPTION("Virtio console driver");
MODULE_LICENSE("GPL");
