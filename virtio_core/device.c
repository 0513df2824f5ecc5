// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The life of a virtio device
 *
 * Registration by its transport, the initialization sequence of VIRTIO 1.4,
 * 3.1, the gate for configuration changes, removal and shutdown.
 *
 * All but virtio_config_changed() run in process context.  What the driver
 * core serialises by the device lock (probe, remove, shutdown, and freeze and
 * restore in pm.c) needs no lock of its own.
 *
 * The symbol versions of the exports depend on the headers included here:
 * do not add pci.h, interrupt.h or debugfs.h.
 */
#include <linux/module.h>
#include <linux/idr.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_anchor.h>
#include <linux/of.h>
#include "core.h"

/* Bits that belong to the queue and the transport: VIRTIO 1.4, 2.2 and 6. */
#define VIRTIO_TRANSPORT_FEATURES \
	GENMASK_ULL(VIRTIO_TRANSPORT_F_END - 1, VIRTIO_TRANSPORT_F_START)

static DEFINE_IDA(virtio_index_ida);

static bool virtio_table_has(const unsigned int *table, unsigned int size,
			     unsigned int fbit)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		if (table[i] == fbit)
			return true;
	return false;
}

/**
 * virtio_check_driver_offered_feature - catch a question about a feature that
 *	the driver's tables do not list
 * @vdev: a device with a driver
 * @fbit: the feature bit asked for
 *
 * Such a feature is never negotiated, so the question is a mistake in the
 * driver.  It is reported once and answered with "no" by virtio_has_feature().
 * Context: any.
 */
void virtio_check_driver_offered_feature(const struct virtio_device *vdev,
					 unsigned int fbit)
{
	const struct virtio_driver *drv;

	if (WARN_ON_ONCE(!vdev->dev.driver))
		return;

	drv = drv_to_virtio(vdev->dev.driver);
	if (virtio_table_has(drv->feature_table, drv->feature_table_size, fbit))
		return;
	if (virtio_table_has(drv->feature_table_legacy,
			     drv->feature_table_size_legacy, fbit))
		return;
	WARN_ONCE(1, "virtio: driver %s asks for feature %u, not in its tables\n",
		  drv->driver.name, fbit);
}
EXPORT_SYMBOL_GPL(virtio_check_driver_offered_feature);

/* Under config_lock, with the gate open: the driver is bound and set up. */
static void virtio_config_deliver(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);

	lockdep_assert_held(&dev->config_lock);
	if (drv && drv->config_changed)
		drv->config_changed(dev);
}

/**
 * virtio_config_changed - the device says that its configuration changed
 * @dev: the device
 *
 * For transports.  Calls the driver, or notes the change while the gate is
 * closed.  It may also say that the device needs a reset.  VIRTIO 1.4, 2.1.2
 * and 2.3.  Context: any, also hard interrupt; takes @dev->config_lock.
 */
void virtio_config_changed(struct virtio_device *dev)
{
	unsigned long flags;

	spin_lock_irqsave(&dev->config_lock, flags);
	if (dev->config_enabled)
		virtio_config_deliver(dev);
	else
		dev->config_change_pending = true;
	spin_unlock_irqrestore(&dev->config_lock, flags);
	virtio_recovery_look(dev);
}
EXPORT_SYMBOL_GPL(virtio_config_changed);

/**
 * virtio_config_gate_close - stop telling the driver of changes
 * @dev: the device
 *
 * When it returns no config_changed() callback runs and none will start.
 * Context: process; takes @dev->config_lock.
 */
void virtio_config_gate_close(struct virtio_device *dev)
{
	spin_lock_irq(&dev->config_lock);
	dev->config_enabled = false;
	spin_unlock_irq(&dev->config_lock);
}

/**
 * virtio_config_gate_open - tell the driver of changes from now on
 * @dev: the device
 *
 * Delivers a change that came while the gate was closed.
 * Context: process; takes @dev->config_lock.
 */
void virtio_config_gate_open(struct virtio_device *dev)
{
	spin_lock_irq(&dev->config_lock);
	dev->config_enabled = true;
	if (dev->config_change_pending)
		virtio_config_deliver(dev);
	dev->config_change_pending = false;
	spin_unlock_irq(&dev->config_lock);
}

/**
 * virtio_config_missed - the driver may have missed a change
 * @dev: the device, its gate closed
 *
 * One is delivered when the gate opens.  Context: process; takes
 * @dev->config_lock.
 */
void virtio_config_missed(struct virtio_device *dev)
{
	spin_lock_irq(&dev->config_lock);
	dev->config_change_pending = true;
	spin_unlock_irq(&dev->config_lock);
}

/* A device after reset has nothing to report yet. */
static void virtio_config_gate_forget(struct virtio_device *dev)
{
	spin_lock_irq(&dev->config_lock);
	dev->config_change_pending = false;
	spin_unlock_irq(&dev->config_lock);
}

/**
 * virtio_add_status - set bits in the device status
 * @dev: the device
 * @status: bits to add
 *
 * No bit that stands is cleared (VIRTIO 1.4, 2.1.1).
 * Context: process, may sleep; serialised by the caller.
 */
void virtio_add_status(struct virtio_device *dev, unsigned int status)
{
	might_sleep();
	dev->config->set_status(dev, dev->config->get_status(dev) | status);
}
EXPORT_SYMBOL_GPL(virtio_add_status);

/**
 * virtio_reset_device - reset a device
 * @dev: the device
 *
 * When it returns the device uses no queue any more (VIRTIO 1.4, 2.4), or its
 * transport has reported that it does not answer and cut it off.  The queues
 * are broken first and their callbacks waited for: whatever the device does
 * later, it reaches no driver that is being torn down.  What was outstanding
 * comes back through virtqueue_detach_unused_buf().
 * Context: process, may sleep; not from a callback of a queue or of the
 * configuration.
 */
void virtio_reset_device(struct virtio_device *dev)
{
	might_sleep();
	if (!list_empty(&dev->vqs)) {
		virtio_break_device(dev);
		virtio_synchronize_cbs(dev);
	}
	dev->config->reset(dev);
}
EXPORT_SYMBOL_GPL(virtio_reset_device);

/* The device is reset, and its driver, on its way out, has left its queues. */
static void virtio_drop_queues(struct virtio_device *dev)
{
	if (list_empty(&dev->vqs))
		return;
	dev_warn(&dev->dev, "driver left its queues behind\n");
	dev->config->del_vqs(dev);
}

/**
 * virtio_device_acknowledge - the device was reset, if it was
 * @dev: the device
 *
 * Nothing may be initialized before a reset is seen to be complete (VIRTIO 1.4,
 * 2.4.2), and nothing ever may that still shows FAILED (2.1.1).
 *
 * Return: 0, or -EIO when the device did not complete the reset; it is marked
 * FAILED then.
 */
static int virtio_device_acknowledge(struct virtio_device *dev)
{
	u8 status = dev->config->get_status(dev);

	if (status) {
		dev_err(&dev->dev, "reset is not complete: status 0x%02x\n",
			status);
		dev->config->set_status(dev, status | VIRTIO_CONFIG_S_FAILED);
		dev->failed = true;
		return -EIO;
	}
	dev->config->set_status(dev, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	dev->failed = false;
	return 0;
}

/**
 * virtio_device_start - first steps of the initialization sequence
 * @dev: the device, in any state
 *
 * Reset and ACKNOWLEDGE (VIRTIO 1.4, 3.1.1 steps 1 and 2).
 *
 * Return: 0, or -EIO as virtio_device_acknowledge().
 */
int virtio_device_start(struct virtio_device *dev)
{
	virtio_reset_device(dev);
	return virtio_device_acknowledge(dev);
}

/**
 * virtio_device_give_up - a step of the initialization went wrong
 * @dev: the device
 *
 * The reset makes sure that the device uses nothing that the driver has freed
 * on its way out; then FAILED tells it why (VIRTIO 1.4, 3.1.1).  The next
 * attempt begins with virtio_device_start().  A device that does not complete
 * the reset is told no more than FAILED.
 */
void virtio_device_give_up(struct virtio_device *dev)
{
	unsigned int status = VIRTIO_CONFIG_S_FAILED;

	virtio_reset_device(dev);
	if (!dev->config->get_status(dev))
		status |= VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER;
	virtio_add_status(dev, status);
	dev->failed = true;
}

static int virtio_table_mask(struct virtio_device *dev,
			     const unsigned int *table, unsigned int size,
			     u64 *mask)
{
	unsigned int i;

	*mask = 0;
	for (i = 0; i < size; i++) {
		if (WARN_ON_ONCE(table[i] >= 64)) {
			dev_err(&dev->dev, "driver lists feature bit %u\n",
				table[i]);
			return -EINVAL;
		}
		*mask |= BIT_ULL(table[i]);
	}
	return 0;
}

/**
 * virtio_driver_features - the features that the driver understands
 * @dev: the device
 * @drv: its driver
 * @offered: features offered by the device
 * @mask: the answer
 *
 * A device without VERSION_1 is used through the legacy interface
 * (VIRTIO 1.4, 2.2.3), for which a driver may have a table of its own.
 *
 * Return: 0, or -EINVAL for a table with bits out of range.
 */
static int virtio_driver_features(struct virtio_device *dev,
				  struct virtio_driver *drv, u64 offered,
				  u64 *mask)
{
	if (!(offered & BIT_ULL(VIRTIO_F_VERSION_1)) &&
	    drv->feature_table_legacy)
		return virtio_table_mask(dev, drv->feature_table_legacy,
					 drv->feature_table_size_legacy, mask);
	return virtio_table_mask(dev, drv->feature_table,
				 drv->feature_table_size, mask);
}

/* The driver looks at the offer: it may read the configuration, not write. */
static int virtio_validate(struct virtio_device *dev,
			   struct virtio_driver *drv)
{
	u64 before = dev->features;
	int err;

	if (!drv->validate)
		return 0;
	err = drv->validate(dev);
	if (err || dev->features == before)
		return err;
	if (WARN_ON_ONCE(dev->features & ~before))
		dev->features &= before;
	return dev->config->finalize_features(dev);
}

/* May the device be given memory of this guest at all? */
static int virtio_check_restricted(struct virtio_device *dev)
{
#ifdef CONFIG_VIRTIO_ANCHOR
	if (!virtio_check_mem_acc_cb(dev))
		return 0;
	if (!__virtio_test_bit(dev, VIRTIO_F_VERSION_1)) {
		dev_err(&dev->dev,
			"memory is restricted: needs VIRTIO_F_VERSION_1\n");
		return -ENODEV;
	}
	if (!__virtio_test_bit(dev, VIRTIO_F_ACCESS_PLATFORM)) {
		dev_err(&dev->dev,
			"memory is restricted: needs VIRTIO_F_ACCESS_PLATFORM\n");
		return -ENODEV;
	}
#endif
	return 0;
}

/**
 * virtio_device_features_ok - steps 5 and 6 of the initialization sequence
 * @dev: the device, whose features have been written
 *
 * Sets FEATURES_OK and reads it back (VIRTIO 1.4, 3.1.1); omitted for a legacy
 * device (3.1.2).  On a platform that restricts memory, a device that cannot
 * live with it is refused before.
 *
 * Return: 0, or -ENODEV when either side refuses.
 */
static int virtio_device_features_ok(struct virtio_device *dev)
{
	int err = virtio_check_restricted(dev);

	if (err || !__virtio_test_bit(dev, VIRTIO_F_VERSION_1))
		return err;

	virtio_add_status(dev, VIRTIO_CONFIG_S_FEATURES_OK);
	if (dev->config->get_status(dev) & VIRTIO_CONFIG_S_FEATURES_OK)
		return 0;
	dev_err(&dev->dev, "device refuses features 0x%llx\n", dev->features);
	return -ENODEV;
}

/**
 * virtio_negotiate - steps 4 to 6 of the initialization sequence
 * @dev: the device, with DRIVER set
 * @drv: its driver
 *
 * Accepts what is offered and understood: by the driver for the bits of the
 * device type, by the ring and the transport (finalize_features()) for those
 * in between.  VIRTIO 1.4, 2.2.1 and 3.1.1.
 *
 * Return: 0, or an error when no acceptable set of features was found.
 */
static int virtio_negotiate(struct virtio_device *dev,
			    struct virtio_driver *drv)
{
	u64 offered = dev->config->get_features(dev);
	u64 understood;
	int err;

	err = virtio_driver_features(dev, drv, offered, &understood);
	if (err)
		return err;
	dev->features = offered & (understood | VIRTIO_TRANSPORT_FEATURES);

	err = dev->config->finalize_features(dev);
	if (!err)
		err = virtio_validate(dev, drv);
	if (!err)
		err = virtio_device_features_ok(dev);
	return err;
}

/**
 * virtio_renegotiate - give the device the same features again
 * @dev: the device, with DRIVER set
 *
 * A device that came back as another one is refused: the driver still counts
 * on what it was promised, and a feature that is not offered must not be
 * accepted (VIRTIO 1.4, 2.2.1).
 *
 * Return: 0 or an error.
 */
static int virtio_renegotiate(struct virtio_device *dev)
{
	u64 features = dev->features;
	u64 lost = features & ~dev->config->get_features(dev);
	int err;

	if (lost) {
		dev_err(&dev->dev, "features 0x%llx are gone\n", lost);
		return -ENODEV;
	}
	err = dev->config->finalize_features(dev);
	if (err)
		return err;
	if (dev->features != features)
		return -ENODEV;
	return virtio_device_features_ok(dev);
}

/**
 * virtio_device_again - initialize a device that had a driver before
 * @dev: the device, reset
 *
 * The initialization sequence from ACKNOWLEDGE to FEATURES_OK, with the
 * features of before (VIRTIO 1.4, 2.2 and 3.1.1).  For system sleep and after
 * a failure.
 *
 * Return: 0, -EIO when the reset is not complete, or an error when the
 * features cannot be had.
 */
int virtio_device_again(struct virtio_device *dev)
{
	int err = virtio_device_acknowledge(dev);

	if (err)
		return err;
	dev->config->set_status(dev, VIRTIO_CONFIG_S_ACKNOWLEDGE |
				     VIRTIO_CONFIG_S_DRIVER);
	return virtio_renegotiate(dev);
}

/**
 * virtio_device_live - last step of the initialization sequence
 * @dev: the device
 *
 * Sets DRIVER_OK unless the driver did.  VIRTIO 1.4, 3.1.1 step 8.
 */
void virtio_device_live(struct virtio_device *dev)
{
	u8 status = dev->config->get_status(dev);

	if (!(status & VIRTIO_CONFIG_S_DRIVER_OK))
		dev->config->set_status(dev,
					status | VIRTIO_CONFIG_S_DRIVER_OK);
}

/**
 * virtio_device_probe - bring a device up with the driver that matched
 * @dev: the device
 *
 * Context: process, device lock held.
 *
 * Return: 0 with the device live, or an error with the device reset and marked
 * FAILED.
 */
int virtio_device_probe(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	int err = 0;

	/* Otherwise fresh from registration or removal. */
	if (dev->failed)
		err = virtio_device_start(dev);
	if (err)
		return err;
	virtio_config_gate_forget(dev);
	dev->config->set_status(dev, VIRTIO_CONFIG_S_ACKNOWLEDGE |
				     VIRTIO_CONFIG_S_DRIVER);

	err = virtio_negotiate(dev, drv);
	if (!err)
		err = drv->probe(dev);
	if (err) {
		virtio_recovery_forget(dev);
		virtio_device_give_up(dev);
		virtio_drop_queues(dev);
		return err;
	}

	if (!virtio_recovery_begun(dev))
		virtio_device_live(dev);
	if (drv->scan)
		drv->scan(dev);
	virtio_recovery_probed(dev);
	return 0;
}

/**
 * virtio_device_remove - take the driver off a device
 * @dev: the device
 *
 * A driver resets its device before it frees what the device may use.  One
 * that has no remove function, or forgets, leaves it to the bus.  The device
 * ends as virtio_device_probe() likes to find it.
 * Context: process, device lock held.
 */
void virtio_device_remove(struct virtio_device *dev)
{
	struct virtio_driver *drv = virtio_driver_of(dev);
	u8 status;

	virtio_config_gate_close(dev);
	virtio_recovery_removing(dev);
	if (drv->remove)
		drv->remove(dev);
	virtio_recovery_forget(dev);
	if (dev->config->get_status(dev))
		virtio_reset_device(dev);
	virtio_drop_queues(dev);
	status = dev->config->get_status(dev);
	dev->config->set_status(dev, status | VIRTIO_CONFIG_S_ACKNOWLEDGE);
	dev->failed = status;
}

/**
 * virtio_device_shutdown - silence a device before reboot or kexec
 * @dev: the device
 *
 * The next kernel owns the memory that the device still knows: stop new work,
 * wait for the callbacks that run, reset.  Drivers need no part in it.
 * Context: process, device lock held.
 */
void virtio_device_shutdown(struct virtio_device *dev)
{
	if (!virtio_driver_of(dev))
		return;
	virtio_recovery_stop(dev);
	virtio_config_gate_close(dev);
	virtio_break_device(dev);
	virtio_synchronize_cbs(dev);
	virtio_reset_device(dev);
}

/**
 * virtio_device_of_init - find the device's node in the device tree
 * @dev: the device
 *
 * A transport's node may have one child, compatible with "virtio,deviceN"
 * where N is the device id in hexadecimal.
 *
 * Return: 0 with or without a node, -EINVAL for a child that is not it.
 */
static int virtio_device_of_init(struct virtio_device *dev)
{
	struct device_node *parent = dev_of_node(dev->dev.parent);
	char compat[] = "virtio,deviceXXXXXXXX";
	struct device_node *node;

	if (!parent || !of_get_available_child_count(parent))
		return 0;

	snprintf(compat, sizeof(compat), "virtio,device%x", dev->id.device);
	node = of_get_next_available_child(parent, NULL);
	if (of_get_available_child_count(parent) > 1 ||
	    !of_device_is_compatible(node, compat)) {
		dev_err(&dev->dev, "%pOF: not exactly one child \"%s\"\n",
			parent, compat);
		of_node_put(node);
		return -EINVAL;
	}
	dev->dev.of_node = node;
	return 0;
}

/* After device_del(): nobody looks at the node through this device. */
static void virtio_device_of_exit(struct virtio_device *dev)
{
	of_node_put(dev->dev.of_node);
	dev->dev.of_node = NULL;
}

static void virtio_device_init(struct virtio_device *dev)
{
	spin_lock_init(&dev->config_lock);
	dev->config_enabled = false;
	dev->config_change_pending = false;
	dev->failed = false;
	INIT_LIST_HEAD(&dev->vqs);
	spin_lock_init(&dev->vqs_list_lock);
}

/* The device is reset, acknowledged and on the bus, or nothing happened. */
static int virtio_device_add(struct virtio_device *dev)
{
	int err = virtio_device_of_init(dev);

	if (err)
		return err;
	err = virtio_device_start(dev);
	if (err)
		goto no_node;
	err = device_add(&dev->dev);
	if (err)
		goto failed;
	return 0;

failed:
	virtio_add_status(dev, VIRTIO_CONFIG_S_FAILED);
no_node:
	virtio_device_of_exit(dev);
	return err;
}

/**
 * register_virtio_device - put a device on the bus
 * @dev: the device; its transport has set dev.parent, dev.release, id and
 *	config, and zeroed the rest
 *
 * Resets and acknowledges it, and probes a driver that matches.  VIRTIO 1.4,
 * 3.1.1.  Context: process, may sleep.
 *
 * Return: 0 or an error.  After an error too the caller must drop the device
 * with put_device(), not free it.
 */
int register_virtio_device(struct virtio_device *dev)
{
	int err;

	dev->dev.bus = &virtio_bus;
	device_initialize(&dev->dev);
	virtio_device_init(dev);

	err = ida_alloc(&virtio_index_ida, GFP_KERNEL);
	if (err < 0)
		return err;
	dev->index = err;

	err = dev_set_name(&dev->dev, "virtio%u", dev->index);
	if (!err)
		err = virtio_device_add(dev);
	if (err)
		ida_free(&virtio_index_ida, dev->index);
	return err;
}
EXPORT_SYMBOL_GPL(register_virtio_device);

/**
 * unregister_virtio_device - take a device off the bus
 * @dev: the device
 *
 * Unbinds its driver and drops the reference that registration took: @dev may
 * be gone afterwards.  Context: process, may sleep.
 */
void unregister_virtio_device(struct virtio_device *dev)
{
	device_del(&dev->dev);
	virtio_device_of_exit(dev);
	ida_free(&virtio_index_ida, dev->index);
	put_device(&dev->dev);
}
EXPORT_SYMBOL_GPL(unregister_virtio_device);
