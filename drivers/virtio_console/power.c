// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Up and down: system sleep, resets, and the recovery of a failed device
 *
 * Ports and their openers outlive all of it.  While the device is down,
 * readers wait, writers fill the area and wait.  Up again, the device is told
 * DEVICE_READY, announces its ports anew, and each line goes up when its port
 * was announced (message.c).  Output that the device had not used is given to
 * it again.
 *
 * The bus calls freeze() and restore() around sleep and around a reset of the
 * function below us, and &vcon_recovery_ops when the device has failed.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <virtio_recovery.h>
#include "vcon.h"

/* What a host that reads needs for what is on its way, with room to spare. */
#define VCON_DRAIN_MS	200

/* VIRTIO 1.4, 5.3.2. */
static void vcon_fill_queue(unsigned int i, bool multiport, vq_callback_t **cb,
			    const char **name)
{
	if (multiport && i / 2 == 1) {
		*cb = i % 2 ? vcon_ctrl_out_done : vcon_ctrl_in_done;
		*name = i % 2 ? "control-o" : "control-i";
	} else {
		*cb = i % 2 ? vcon_line_out_done : vcon_line_in_done;
		*name = i % 2 ? "output" : "input";
	}
}

static int vcon_find_vqs(struct vcon *vcon)
{
	vq_callback_t **cbs;
	const char **names;
	unsigned int i;
	int err = -ENOMEM;

	cbs = kcalloc(vcon->nr_vqs, sizeof(*cbs), GFP_KERNEL);
	names = kcalloc(vcon->nr_vqs, sizeof(*names), GFP_KERNEL);
	if (cbs && names) {
		for (i = 0; i < vcon->nr_vqs; i++)
			vcon_fill_queue(i, vcon->multiport, &cbs[i], &names[i]);
		err = virtio_find_vqs(vcon->vdev, vcon->nr_vqs, vcon->vqs, cbs,
				      names, NULL);
	}
	kfree(names);
	kfree(cbs);
	return err;
}

/**
 * vcon_start - set the queues up, DRIVER_OK, and say so
 * @vcon: the device, with its features negotiated
 *
 * Lines of ports stay down until the ports are announced; without control
 * messages, port 0's goes up here when it is there.
 * Context: process.
 *
 * Return: 0 or what the transport says.
 */
int vcon_start(struct vcon *vcon)
{
	int err;

	err = vcon_find_vqs(vcon);
	if (err)
		return err;
	mutex_lock(&vcon->lock);
	virtio_device_ready(vcon->vdev);
	vcon->has_vqs = true;
	vcon->up = true;
	if (vcon->ctrl) {
		vcon_ctrl_up(vcon->ctrl, vcon->vqs[2], vcon->vqs[3]);
		/* What breaks this queue is a failure like any other. */
		if (vcon_ctrl_ready(vcon))
			dev_err(&vcon->vdev->dev, "cannot say DEVICE_READY\n");
	} else if (vcon->lines[0]) {
		vcon_line_up(vcon, vcon->lines[0]);
	}
	mutex_unlock(&vcon->lock);
	return 0;
}

/* The next line from number @id on, which is set to its own; NULL: no more. */
static struct vcon_line *vcon_next_line(struct vcon *vcon, u32 *id)
{
	lockdep_assert_held(&vcon->lock);
	for (; *id < vcon->nr_ports; (*id)++)
		if (vcon->lines[*id])
			return vcon->lines[*id];
	return NULL;
}

/**
 * vcon_halt - nobody touches the queues any more
 * @vcon: the device
 *
 * Context: process.  Does not wait for the device.
 */
void vcon_halt(struct vcon *vcon)
{
	struct vcon_line *line;
	u32 id;

	/* First: whoever waits for the device does not any more. */
	if (vcon->ctrl)
		vcon_ctrl_down(vcon->ctrl, false);
	cancel_delayed_work_sync(&vcon->resync_work);
	cancel_work_sync(&vcon->config_work);
	mutex_lock(&vcon->lock);
	vcon->up = false;
	for (id = 0; (line = vcon_next_line(vcon, &id)); id++) {
		vcon_in_down(&line->in);
		vcon_out_down(&line->out, false);
	}
	mutex_unlock(&vcon->lock);
}

/* What the device has to say again. */
static void vcon_forget(struct vcon *vcon, u32 id)
{
	struct vcon_port *port = vcon_port_find(vcon, id);

	if (port) {
		port->announced = false;
		port->host_told = false;
	}
}

/**
 * vcon_reclaim - take all buffers back, and delete the queues
 * @vcon: the device, halted and reset
 *
 * Does nothing when that was done before.  Context: process.
 */
void vcon_reclaim(struct vcon *vcon)
{
	struct vcon_line *line;
	unsigned int index;
	u32 id;

	if (!vcon->has_vqs)
		return;
	mutex_lock(&vcon->lock);
	vcon->has_vqs = false;
	for (id = 0; (line = vcon_next_line(vcon, &id)); id++) {
		index = vcon_line_queue(id);
		vcon_in_reclaim(&line->in, vcon->vqs[index]);
		vcon_out_reclaim(&line->out, vcon->vqs[index + 1]);
		vcon_forget(vcon, id);
	}
	if (vcon->ctrl)
		vcon_ctrl_reclaim(vcon->ctrl);
	mutex_unlock(&vcon->lock);
	vcon->vdev->config->del_vqs(vcon->vdev);
}

static int vcon_restart(struct vcon *vcon)
{
	int err = vcon_start(vcon);

	if (!err && vcon->multiport)
		queue_delayed_work(vcon_wq, &vcon->resync_work, VCON_RESYNC);
	return err;
}

/* Nothing will come or go any more. */
static void vcon_give_up(struct vcon *vcon)
{
	struct vcon_line *line;
	struct vcon_port *port;
	u32 id;

	if (vcon->ctrl)
		vcon_ctrl_down(vcon->ctrl, true);
	mutex_lock(&vcon->lock);
	vcon->dead = true;
	for (id = 0; (line = vcon_next_line(vcon, &id)); id++) {
		vcon_out_down(&line->out, true);
		port = vcon_port_find(vcon, id);
		if (port)
			vcon_port_give_up(port);
	}
	mutex_unlock(&vcon->lock);
}

static void vcon_recovery_stop(struct virtio_device *vdev)
{
	vcon_halt(vdev->priv);
}

static void vcon_recovery_reclaim(struct virtio_device *vdev)
{
	vcon_reclaim(vdev->priv);
}

static int vcon_recovery_restart(struct virtio_device *vdev)
{
	return vcon_restart(vdev->priv);
}

static void vcon_recovery_dead(struct virtio_device *vdev,
			       enum virtio_failure why)
{
	vcon_give_up(vdev->priv);
}

const struct virtio_recovery_ops vcon_recovery_ops = {
	.stop		= vcon_recovery_stop,
	.reclaim	= vcon_recovery_reclaim,
	.restart	= vcon_recovery_restart,
	.dead		= vcon_recovery_dead,
};

/**
 * vcon_drain - send what is held, and let the device use what it has
 * @vcon: the device, up
 *
 * Output on its way should get there, and once, not twice.  Waits no longer
 * than %VCON_DRAIN_MS.  Context: process.
 */
void vcon_drain(struct vcon *vcon)
{
	struct vcon_line *line;
	unsigned int ms;
	bool idle;
	u32 id;

	for (ms = 0; ms < VCON_DRAIN_MS; ms += 20) {
		idle = true;
		mutex_lock(&vcon->lock);
		for (id = 0; (line = vcon_next_line(vcon, &id)); id++)
			idle &= vcon_out_idle(&line->out);
		mutex_unlock(&vcon->lock);
		if (idle)
			return;
		msleep(20);
	}
}

#ifdef CONFIG_PM

/**
 * vcon_freeze - put the device to sleep
 * @vdev: the device; configuration changes are no longer delivered
 *
 * Context: process.
 *
 * Return: 0.
 */
int vcon_freeze(struct virtio_device *vdev)
{
	struct vcon *vcon = vdev->priv;

	vcon_drain(vcon);
	vcon_halt(vcon);
	virtio_reset_device(vdev);
	vcon_reclaim(vcon);
	return 0;
}

/**
 * vcon_restore - wake the device up
 * @vdev: the device, reset, with its features negotiated again
 *
 * If it cannot be set up again, everybody is told that it is gone.  One that
 * was given up before stays so.
 * Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vcon_restore(struct virtio_device *vdev)
{
	struct vcon *vcon = vdev->priv;
	int err;

	if (vcon->dead)
		return 0;
	err = vcon_restart(vcon);
	if (err)
		vcon_give_up(vcon);
	else if (vcon->has_size)
		queue_work(vcon_wq, &vcon->config_work);
	return err;
}

#endif /* CONFIG_PM */
