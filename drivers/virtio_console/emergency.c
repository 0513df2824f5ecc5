// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Output when all else is dead
 *
 * A device with EMERG_WRITE takes a character written to its configuration at
 * any time, with no queue and no feature set up (VIRTIO 1.4, 5.3.5).  Each is
 * an exit to the host, so this is for the last words of a kernel, and for
 * consoles whose device was given up.
 */
#include "vcon.h"

/* Interrupts are off, and the hvc core comes back for the rest. */
#define VCON_EMERGENCY	64

/**
 * vcon_emergency_write - write characters one by one
 * @vcon: the device
 * @buf: the characters
 * @count: how many
 *
 * Not by virtio_cwrite(), which may only be called where one could sleep; the
 * transports' access is a register write.
 * Context: any.
 *
 * Return: characters written, -EIO when the device has no such thing.
 */
int vcon_emergency_write(struct vcon *vcon, const char *buf, int count)
{
	struct virtio_device *vdev = vcon->vdev;
	__virtio32 c;
	int i;

	if (!vcon->emergency)
		return -EIO;
	count = min(count, VCON_EMERGENCY);
	for (i = 0; i < count; i++) {
		c = cpu_to_virtio32(vdev, (u8)buf[i]);
		vdev->config->set(vdev, offsetof(struct virtio_console_config,
						 emerg_wr), &c, sizeof(c));
	}
	return count;
}
