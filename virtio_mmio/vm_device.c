// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: one device
 *
 * Its way onto the virtio bus and off it, for the platform driver in
 * vm_main.c.  The first three registers tell whether there is a device at all
 * (VIRTIO 1.4, 4.2.3.1.1).
 *
 * There is no shutdown function: the driver core shuts children down before
 * parents, and the virtio bus resets each device that has a driver.
 */
#include <linux/dma-mapping.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/slab.h>
#include "vm.h"

/* "virt": VIRTIO 1.4, 4.2.2. */
#define VM_MAGIC	0x74726976

static const struct vm_version *vm_find_version(u32 number)
{
	if (number == vm_version_1.number)
		return &vm_version_1;
	if (number == vm_version_2.number)
		return &vm_version_2;
	return NULL;
}

/**
 * vm_identify - find out which device this is, if any
 * @vm: the device, with its registers mapped
 *
 * VIRTIO 1.4, 4.2.3.1.1: nothing else is touched before this.  A place that
 * is kept for a device, and has none, is no error and not reported.
 *
 * Return: 0 with @vm->version and the ids set, or -ENODEV.
 */
static int vm_identify(struct vm_device *vm)
{
	struct device *dev = &vm->pdev->dev;
	u32 magic = vm_read(vm, VIRTIO_MMIO_MAGIC_VALUE);
	u32 version;

	if (magic != VM_MAGIC) {
		dev_err(dev, "no virtio device: magic value 0x%08x\n", magic);
		return -ENODEV;
	}
	version = vm_read(vm, VIRTIO_MMIO_VERSION);
	vm->version = vm_find_version(version);
	if (!vm->version) {
		dev_err(dev, "register version %u is not known\n", version);
		return -ENODEV;
	}
	vm->vdev.id.device = vm_read(vm, VIRTIO_MMIO_DEVICE_ID);
	if (!vm->vdev.id.device)
		return -ENODEV;
	vm->vdev.id.vendor = vm_read(vm, VIRTIO_MMIO_VENDOR_ID);
	return 0;
}

static int vm_map(struct vm_device *vm)
{
	struct device *dev = &vm->pdev->dev;
	struct resource *res;

	vm->base = devm_platform_ioremap_resource(vm->pdev, 0);
	if (IS_ERR(vm->base))
		return PTR_ERR(vm->base);
	res = platform_get_resource(vm->pdev, IORESOURCE_MEM, 0);
	if (resource_size(res) < VIRTIO_MMIO_CONFIG) {
		dev_err(dev, "%pR is too small for the registers\n", res);
		return -EINVAL;
	}
	vm->config.base = vm->base + VIRTIO_MMIO_CONFIG;
	vm->config.len = min_t(resource_size_t, UINT_MAX,
			       resource_size(res) - VIRTIO_MMIO_CONFIG);
	return 0;
}

/* The last reference is gone. */
static void vm_release(struct device *dev)
{
	kfree(to_vm(dev_to_virtio(dev)));
}

static struct vm_device *vm_alloc(struct platform_device *pdev)
{
	struct vm_device *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return NULL;
	vm->pdev = pdev;
	vm->vdev.config = &vm_config_ops;
	vm->vdev.dev.parent = &pdev->dev;
	vm->vdev.dev.release = vm_release;
	mutex_init(&vm->select_lock);
	virtio_window_init(&vm->config);
	return vm;
}

/*
 * Only a device with VIRTIO_F_ACCESS_PLATFORM is bound to it.  With version 1
 * the rings are found by 32 bits of page number.
 */
static void vm_set_dma_mask(struct vm_device *vm)
{
	struct device *dev = &vm->pdev->dev;
	int err;

	if (vm->version == &vm_version_1) {
		err = dma_set_mask(dev, DMA_BIT_MASK(64));
		if (!err)
			err = dma_set_coherent_mask(dev, DMA_BIT_MASK(32 +
								PAGE_SHIFT));
	} else {
		err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	}
	if (err)
		err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (err)
		dev_warn(dev, "no DMA mask fits: error %d\n", err);
}

/* All that can fail before the device is on the bus. */
static int vm_setup(struct vm_device *vm)
{
	int err = vm_map(vm);

	if (!err)
		err = vm_identify(vm);
	if (err)
		return err;
	vm->config.bytewise = vm->version == &vm_version_1;
	vm->config.no_generation = vm->config.bytewise;
	vm->irq = platform_get_irq(vm->pdev, 0);
	return vm->irq < 0 ? vm->irq : 0;
}

/**
 * vm_probe - put a device on the virtio bus
 * @pdev: where it shall be
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENODEV when there is no device that this driver knows; another
 * error.
 */
int vm_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct vm_device *vm = vm_alloc(pdev);
	int err;

	if (!vm)
		return -ENOMEM;
	err = vm_setup(vm);
	if (err) {
		kfree(vm);
		return err;
	}
	vm_set_dma_mask(vm);
	platform_set_drvdata(pdev, vm);
	/* Each may wake the system up; the tree says which does by default. */
	device_set_wakeup_capable(dev, true);
	if (device_property_read_bool(dev, "wakeup-source"))
		device_wakeup_enable(dev);

	err = register_virtio_device(&vm->vdev);
	if (err) {
		device_init_wakeup(dev, false);
		put_device(&vm->vdev.dev);
	}
	return err;
}

/**
 * vm_remove - take a device off the virtio bus
 * @pdev: where it is
 *
 * The registers are unmapped after this, and whoever holds a reference to the
 * virtio device may keep its struct: nothing reaches the registers from there.
 * Context: process, may sleep.
 *
 * Return: 0.
 */
int vm_remove(struct platform_device *pdev)
{
	struct vm_device *vm = platform_get_drvdata(pdev);

	get_device(&vm->vdev.dev);
	unregister_virtio_device(&vm->vdev);
	/* Should its driver have left any. */
	vm_del_vqs(&vm->vdev);
	device_init_wakeup(&pdev->dev, false);
	put_device(&vm->vdev.dev);
	return 0;
}
