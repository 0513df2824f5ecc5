// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The fixture of the bus suites
 *
 * See bus_fix.h.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "bus_fix.h"

static const struct virtio_device_id bus_ids[] = {
	{ BUS_DEVICE_ID, MOCK_VENDOR },
	{ 0 },
};

static struct bus_fix *bus_of(struct virtio_device *vdev)
{
	return container_of(drv_to_virtio(vdev->dev.driver), struct bus_fix,
			    drv);
}

static int bus_find_vq(struct bus_fix *f, struct virtio_device *vdev)
{
	struct virtqueue *vq;

	if (f->no_vqs)
		return 0;
	vq = virtio_find_single_vq(vdev, NULL, "bus");
	if (IS_ERR(vq))
		return PTR_ERR(vq);
	f->vq = vq;
	return 0;
}

static void bus_del_vqs(struct bus_fix *f, struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
	if (f->vq)
		vdev->config->del_vqs(vdev);
	f->vq = NULL;
}

static int bus_probe(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);
	int err = f->probe_err;

	f->probed++;
	if (!err)
		err = bus_find_vq(f, vdev);
	if (!err && f->on_probe)
		f->on_probe(f);
	f->changed_in_probe = f->changed;
	return err;
}

static void bus_remove(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);

	f->removed++;
	bus_del_vqs(f, vdev);
}

static void bus_config_changed(struct virtio_device *vdev)
{
	bus_of(vdev)->changed++;
}

#ifdef CONFIG_PM
static int bus_freeze(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);

	f->frozen++;
	if (f->freeze_err)
		return f->freeze_err;
	bus_del_vqs(f, vdev);
	return 0;
}

static int bus_restore(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);

	f->restored++;
	return f->restore_err ?: bus_find_vq(f, vdev);
}
#endif

/**
 * bus_validate - for a driver's validate
 * @vdev: the device
 *
 * Return: what the fixture says.
 */
int bus_validate(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);

	vdev->features &= ~f->validate_clears;
	return f->validate_err;
}
EXPORT_SYMBOL_GPL(bus_validate);

/**
 * bus_scan - for a driver's scan
 * @vdev: the device
 */
void bus_scan(struct virtio_device *vdev)
{
	struct bus_fix *f = bus_of(vdev);

	f->scanned++;
	if (!(f->m->status & ST_DRIVER_OK))
		KUNIT_FAIL(f->test, "scan before DRIVER_OK");
}
EXPORT_SYMBOL_GPL(bus_scan);

static int bus_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void bus_resource_free(struct kunit_resource *res)
{
	struct bus_fix *f = res->data;

	f->m->ignore_reset = false;
	f->m->dead = false;
	bus_unregister_driver(f);
	kfree(f);
}

/**
 * bus_new - make device and driver, with neither on the bus
 * @test: the test
 * @offered: features that the device offers
 *
 * Context: process.  Return: the fixture, gone with the test.
 */
struct bus_fix *bus_new(struct kunit *test, u64 offered)
{
	struct bus_fix *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->m = mock_new(test, BUS_DEVICE_ID, offered);
	f->drv.driver.name = "virtio-kunit-bus";
	f->drv.driver.owner = THIS_MODULE;
	f->drv.id_table = bus_ids;
	f->drv.probe = bus_probe;
	f->drv.remove = bus_remove;
	f->drv.config_changed = bus_config_changed;
#ifdef CONFIG_PM
	f->drv.freeze = bus_freeze;
	f->drv.restore = bus_restore;
#endif
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  bus_resource_init,
							  bus_resource_free,
							  GFP_KERNEL, f));
	return f;
}
EXPORT_SYMBOL_GPL(bus_new);

/**
 * bus_register_driver - put the driver on the bus
 * @f: the fixture
 *
 * The test ends here when the bus refuses it.
 */
void bus_register_driver(struct bus_fix *f)
{
	KUNIT_ASSERT_EQ(f->test, register_virtio_driver(&f->drv), 0);
	f->drv_registered = true;
}
EXPORT_SYMBOL_GPL(bus_register_driver);

/**
 * bus_unregister_driver - take the driver off the bus
 * @f: the fixture; nothing happens when it is not there
 */
void bus_unregister_driver(struct bus_fix *f)
{
	if (f->drv_registered)
		unregister_virtio_driver(&f->drv);
	f->drv_registered = false;
}
EXPORT_SYMBOL_GPL(bus_unregister_driver);

/**
 * bus_start - driver first, then the device
 * @f: the fixture
 *
 * Says nothing about whether they came together: see bus_bound().
 */
void bus_start(struct bus_fix *f)
{
	bus_register_driver(f);
	KUNIT_ASSERT_EQ(f->test, mock_register(f->m), 0);
}
EXPORT_SYMBOL_GPL(bus_start);

/**
 * bus_bound - is the driver bound to the device?
 * @f: the fixture
 *
 * Return: true when it is.
 */
bool bus_bound(const struct bus_fix *f)
{
	return f->m->vdev.dev.driver == &f->drv.driver;
}
EXPORT_SYMBOL_GPL(bus_bound);
