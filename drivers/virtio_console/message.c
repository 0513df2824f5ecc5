// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What control messages mean, VIRTIO 1.4, 5.3.6.2
 *
 * Runs in the work of the control queues, with the device locked.  A message
 * that is too short, names a port that is not there, or says what nobody
 * knows, changes nothing but the log.
 *
 * The device forgets everything when it is reset: it announces its ports again
 * after DEVICE_READY, and is told again which are open.  Ports that it had
 * before are still there then, with their openers; those that it does not
 * announce within %VCON_RESYNC are removed.
 */
#include "vcon.h"

/* A batch, after which the work lets others run. */
#define VCON_BATCH	64

/**
 * struct vcon_resize - what follows the header of a RESIZE message
 * @cols: columns
 * @rows: rows
 */
struct vcon_resize {
	__virtio16 cols;
	__virtio16 rows;
};

static void vcon_port_ready(struct vcon *vcon, struct vcon_port *port)
{
	vcon_line_up(vcon, port->line);
	mutex_lock(&port->lock);
	vcon_ctrl_send(vcon, port->id, VIRTIO_CONSOLE_PORT_READY, 1);
	if (port->open)
		vcon_port_tell_open(port);
	mutex_unlock(&port->lock);
}

/* DEVICE_ADD (the kernel's header says PORT_ADD). */
static void vcon_message_add(struct vcon *vcon, u32 id)
{
	struct vcon_port *port = vcon_port_find(vcon, id);

	if (port && port->announced) {
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "port %u is added twice\n", id);
		return;
	}
	if (!port)
		port = vcon_port_add(vcon, id);
	if (IS_ERR(port)) {
		dev_err(&vcon->vdev->dev, "cannot add port %u: %ld\n", id,
			PTR_ERR(port));
		vcon_ctrl_send(vcon, id, VIRTIO_CONSOLE_PORT_READY, 0);
		return;
	}
	port->announced = true;
	vcon_port_ready(vcon, port);
}

/* An answer is due, whatever becomes of the console. */
static void vcon_message_console(struct vcon *vcon, struct vcon_port *port)
{
	int err = 0;

	mutex_lock(&port->lock);
	if (!port->console)
		err = vcon_console_start(port);
	if (err)
		dev_err(&vcon->vdev->dev, "port %u cannot be a console: %d\n",
			port->id, err);
	else
		port->host_open = true;
	vcon_ctrl_send(vcon, port->id, VIRTIO_CONSOLE_PORT_OPEN, 1);
	mutex_unlock(&port->lock);
}

static void vcon_message_resize(struct vcon *vcon, struct vcon_port *port,
				const u8 *body, size_t len)
{
	struct vcon_resize size;

	if (len < sizeof(size)) {
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "port %u: a size of %zu bytes\n",
				     port->id, len);
		return;
	}
	memcpy(&size, body, sizeof(size));
	vcon_console_resize(port, virtio16_to_cpu(vcon->vdev, size.cols),
			    virtio16_to_cpu(vcon->vdev, size.rows));
}

static void vcon_message_name(struct vcon *vcon, struct vcon_port *port,
			      const u8 *name, size_t len)
{
	int err = vcon_port_set_name(port, name, len);

	if (err)
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "port %u: name not taken: %d\n",
				     port->id, err);
}

/* To a port that is there. */
static void vcon_message_port(struct vcon *vcon, struct vcon_port *port,
			      u16 event, u16 value, size_t len)
{
	const u8 *body = vcon->ctrl->msg +
			 sizeof(struct virtio_console_control);

	switch (event) {
	case VIRTIO_CONSOLE_PORT_REMOVE:
		vcon_port_unplug(port);
		break;
	case VIRTIO_CONSOLE_CONSOLE_PORT:
		vcon_message_console(vcon, port);
		break;
	case VIRTIO_CONSOLE_RESIZE:
		vcon_message_resize(vcon, port, body, len);
		break;
	case VIRTIO_CONSOLE_PORT_OPEN:
		port->host_told = true;
		vcon_port_set_host(port, value);
		break;
	case VIRTIO_CONSOLE_PORT_NAME:
		vcon_message_name(vcon, port, body, len);
		break;
	default:
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "port %u: unknown event %u\n", port->id,
				     event);
	}
}

static void vcon_message(struct vcon *vcon, size_t len)
{
	struct virtio_console_control head;
	struct vcon_port *port;
	u16 event, value;
	u32 id;

	if (len < sizeof(head)) {
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "a control message of %zu bytes\n", len);
		return;
	}
	memcpy(&head, vcon->ctrl->msg, sizeof(head));
	id = virtio32_to_cpu(vcon->vdev, head.id);
	event = virtio16_to_cpu(vcon->vdev, head.event);
	value = virtio16_to_cpu(vcon->vdev, head.value);
	if (id >= vcon->nr_ports) {
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "event %u for port %u of %u\n", event, id,
				     vcon->nr_ports);
		return;
	}
	if (event == VIRTIO_CONSOLE_PORT_ADD) {
		vcon_message_add(vcon, id);
		return;
	}
	port = vcon_port_find(vcon, id);
	if (port)
		vcon_message_port(vcon, port, event, value, len - sizeof(head));
	else if (event != VIRTIO_CONSOLE_PORT_OPEN || value)
		/* Devices there are close a port that they have removed. */
		dev_warn_ratelimited(&vcon->vdev->dev,
				     "event %u for port %u, which is not there\n",
				     event, id);
}

/**
 * vcon_message_work - take messages in
 * @work: &vcon_ctrl.work
 */
void vcon_message_work(struct work_struct *work)
{
	struct vcon_ctrl *ctrl = container_of(work, struct vcon_ctrl, work);
	struct vcon *vcon = ctrl->vcon;
	int len, left = VCON_BATCH;

	mutex_lock(&vcon->lock);
	while (left && (len = vcon_ctrl_next(ctrl)) >= 0) {
		vcon_message(vcon, len);
		left--;
	}
	mutex_unlock(&vcon->lock);
	if (!left)
		vcon_ctrl_again(ctrl);
}

/**
 * vcon_resync_work - the device had its time after a reset
 * @work: &vcon.resync_work
 */
void vcon_resync_work(struct work_struct *work)
{
	struct vcon *vcon = container_of(to_delayed_work(work), struct vcon,
					 resync_work);
	struct vcon_port *port;
	u32 id;

	mutex_lock(&vcon->lock);
	for (id = 0; vcon->up && id < vcon->nr_ports; id++) {
		port = vcon_port_find(vcon, id);
		if (!port)
			continue;
		if (!port->announced) {
			dev_info(&vcon->vdev->dev,
				 "port %u has not come back\n", id);
			vcon_port_unplug(port);
		} else if (!port->host_told && !port->console) {
			vcon_port_set_host(port, false);
		}
	}
	mutex_unlock(&vcon->lock);
}
