/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private to virtio.ko
 *
 * The life of a device on the bus, and which file serves which part of it:
 *
 * 1. register_virtio_device() (device.c) resets it, sets ACKNOWLEDGE and adds
 *    it to the bus;
 * 2. bus.c finds a driver by its id table;
 * 3. virtio_device_probe() (device.c) sets DRIVER, negotiates features, sets
 *    FEATURES_OK and reads it back, lets the driver set up, sets DRIVER_OK
 *    and opens the gate for configuration changes;
 * 4. pm.c takes it down and up again around system sleep;
 * 5. virtio_device_remove() closes the gate, lets the driver go, and leaves
 *    the device reset with ACKNOWLEDGE set, ready for step 2;
 * 6. unregister_virtio_device() takes it off the bus.
 *
 * recovery.c takes a device down and up between 3 and 5 when it fails, if its
 * driver joined; the others tell it where in their life devices are.
 *
 * Between 5, or 1, and 3 a device is fresh: reset, ACKNOWLEDGE set.  @failed of
 * struct virtio_device says that it is not, because its reset did not complete
 * or its probe failed, and has to be reset before a driver gets it.
 *
 * The gate for configuration changes is @config_enabled of struct
 * virtio_device, under @config_lock.  While it is closed a change is noted in
 * @config_change_pending, and delivered when it opens: so a driver never gets
 * the callback before its probe or restore is through, nor during or after its
 * remove or freeze, and no change is lost.
 */
#ifndef _VIRTIO_CORE_H
#define _VIRTIO_CORE_H

#include <linux/virtio.h>
#include <linux/virtio_config.h>

extern struct bus_type virtio_bus;

/* The driver bound to a device, or NULL.  Stable under the device lock. */
static inline struct virtio_driver *virtio_driver_of(struct virtio_device *dev)
{
	return dev->dev.driver ? drv_to_virtio(dev->dev.driver) : NULL;
}

int virtio_device_probe(struct virtio_device *dev);
void virtio_device_remove(struct virtio_device *dev);
void virtio_device_shutdown(struct virtio_device *dev);

int virtio_device_start(struct virtio_device *dev);
int virtio_device_again(struct virtio_device *dev);
void virtio_device_live(struct virtio_device *dev);
void virtio_device_give_up(struct virtio_device *dev);

void virtio_config_gate_close(struct virtio_device *dev);
void virtio_config_gate_open(struct virtio_device *dev);
void virtio_config_missed(struct virtio_device *dev);

int virtio_recovery_init(void);
void virtio_recovery_exit(void);
void virtio_recovery_look(struct virtio_device *dev);
bool virtio_recovery_begun(struct virtio_device *dev);
void virtio_recovery_probed(struct virtio_device *dev);
void virtio_recovery_removing(struct virtio_device *dev);
void virtio_recovery_forget(struct virtio_device *dev);
void virtio_recovery_stop(struct virtio_device *dev);
bool virtio_recovery_sleep(struct virtio_device *dev);
void virtio_recovery_frozen(struct virtio_device *dev, int err);
bool virtio_recovery_wake(struct virtio_device *dev);
void virtio_recovery_awake(struct virtio_device *dev, int err);

#endif /* _VIRTIO_CORE_H */
