// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The bus "virtio"
 *
 * Matching of devices with drivers, what user space sees of a device
 * (uevent, sysfs), and the registration of drivers.  Transports and drivers
 * call it through <linux/virtio.h>.
 *
 * The symbol versions of the exports depend on the headers included here:
 * do not add pci.h, interrupt.h or debugfs.h.
 */
#include <linux/module.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/of.h>
#include "core.h"

#define VIRTIO_FEATURE_BITS	64

static ssize_t device_show(struct device *_d, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "0x%04x\n", dev_to_virtio(_d)->id.device);
}
static DEVICE_ATTR_RO(device);

static ssize_t vendor_show(struct device *_d, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "0x%04x\n", dev_to_virtio(_d)->id.vendor);
}
static DEVICE_ATTR_RO(vendor);

static ssize_t status_show(struct device *_d, struct device_attribute *attr,
			   char *buf)
{
	struct virtio_device *dev = dev_to_virtio(_d);

	return sysfs_emit(buf, "0x%08x\n", dev->config->get_status(dev));
}
static DEVICE_ATTR_RO(status);

static ssize_t modalias_show(struct device *_d, struct device_attribute *attr,
			     char *buf)
{
	struct virtio_device *dev = dev_to_virtio(_d);

	return sysfs_emit(buf, "virtio:d%08Xv%08X\n", dev->id.device,
			  dev->id.vendor);
}
static DEVICE_ATTR_RO(modalias);

/* One character per bit, bit 0 first: user space indexes the string. */
static ssize_t features_show(struct device *_d, struct device_attribute *attr,
			     char *buf)
{
	u64 features = READ_ONCE(dev_to_virtio(_d)->features);
	unsigned int i;

	for (i = 0; i < VIRTIO_FEATURE_BITS; i++)
		buf[i] = features & BIT_ULL(i) ? '1' : '0';
	buf[i++] = '\n';
	return i;
}
static DEVICE_ATTR_RO(features);

static struct attribute *virtio_dev_attrs[] = {
	&dev_attr_device.attr,
	&dev_attr_vendor.attr,
	&dev_attr_status.attr,
	&dev_attr_modalias.attr,
	&dev_attr_features.attr,
	NULL,
};
ATTRIBUTE_GROUPS(virtio_dev);

static bool virtio_id_match(const struct virtio_device *dev,
			    const struct virtio_device_id *id)
{
	return (id->device == VIRTIO_DEV_ANY_ID ||
		id->device == dev->id.device) &&
	       (id->vendor == VIRTIO_DEV_ANY_ID ||
		id->vendor == dev->id.vendor);
}

/* The table ends at device 0, which is a reserved id (VIRTIO 1.4, 5). */
static int virtio_bus_match(struct device *_d, struct device_driver *_drv)
{
	const struct virtio_device_id *id = drv_to_virtio(_drv)->id_table;

	for (; id->device; id++)
		if (virtio_id_match(dev_to_virtio(_d), id))
			return 1;
	return 0;
}

static int virtio_bus_uevent(struct device *_d, struct kobj_uevent_env *env)
{
	struct virtio_device *dev = dev_to_virtio(_d);

	return add_uevent_var(env, "MODALIAS=virtio:d%08Xv%08X",
			      dev->id.device, dev->id.vendor);
}

static int virtio_bus_probe(struct device *_d)
{
	return virtio_device_probe(dev_to_virtio(_d));
}

static void virtio_bus_remove(struct device *_d)
{
	virtio_device_remove(dev_to_virtio(_d));
}

static void virtio_bus_shutdown(struct device *_d)
{
	virtio_device_shutdown(dev_to_virtio(_d));
}

struct bus_type virtio_bus = {
	.name		= "virtio",
	.match		= virtio_bus_match,
	.dev_groups	= virtio_dev_groups,
	.uevent		= virtio_bus_uevent,
	.probe		= virtio_bus_probe,
	.remove		= virtio_bus_remove,
	.shutdown	= virtio_bus_shutdown,
};

/**
 * register_virtio_driver - add a driver to the bus
 * @driver: the driver; must have a probe function, an id table, and a
 *	feature table wherever it names a size for one
 *
 * Devices on the bus that it matches are probed before this returns.
 * Context: process, may sleep.
 *
 * Return: 0, -EINVAL for a driver that lacks what the bus needs, or the
 * driver core's error.
 */
int register_virtio_driver(struct virtio_driver *driver)
{
	if (WARN_ON_ONCE(!driver->probe || !driver->id_table))
		return -EINVAL;
	if (WARN_ON_ONCE(driver->feature_table_size && !driver->feature_table))
		return -EINVAL;
	if (WARN_ON_ONCE(driver->feature_table_size_legacy &&
			 !driver->feature_table_legacy))
		return -EINVAL;

	driver->driver.bus = &virtio_bus;
	return driver_register(&driver->driver);
}
EXPORT_SYMBOL_GPL(register_virtio_driver);

/**
 * unregister_virtio_driver - take a driver off the bus
 * @driver: the driver
 *
 * Unbinds it from all its devices first.  Context: process, may sleep.
 */
void unregister_virtio_driver(struct virtio_driver *driver)
{
	driver_unregister(&driver->driver);
}
EXPORT_SYMBOL_GPL(unregister_virtio_driver);

/**
 * is_virtio_device - is this a device of this bus?
 * @dev: any device
 *
 * Context: any.  Return: true when dev_to_virtio() may be used on it.
 */
bool is_virtio_device(struct device *dev)
{
	return dev->bus == &virtio_bus;
}
EXPORT_SYMBOL_GPL(is_virtio_device);

static int __init virtio_bus_init(void)
{
	int err = virtio_recovery_init();

	if (err)
		return err;
	err = bus_register(&virtio_bus);
	if (err)
		virtio_recovery_exit();
	return err;
}
module_init(virtio_bus_init);

static void __exit virtio_bus_exit(void)
{
	bus_unregister(&virtio_bus);
	virtio_recovery_exit();
}
module_exit(virtio_bus_exit);

MODULE_DESCRIPTION("Virtio bus");
MODULE_LICENSE("GPL");
