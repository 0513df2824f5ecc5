// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: system sleep
 *
 * The driver freezes its device and gives queues and interrupt back; on the
 * way up the device is initialized from the start (VIRTIO 1.4, 3.1.1).  So for
 * suspend, and for hibernation.
 *
 * A device that may wake the system up (the property "wakeup-source", or
 * power/wakeup in sysfs) is left running in a suspend, with its interrupt
 * armed: it could not wake anybody without its queues.  Should it have lost
 * its state meanwhile, it is taken down and up after the sleep.
 *
 * A device that could not be brought up stays frozen, and is not taken down
 * again in the next sleep: its driver has given back what it had.
 */
#include <linux/interrupt.h>
#include <linux/pm.h>
#include <virtio_recovery.h>
#include "vm.h"

static int vm_freeze(struct device *dev)
{
	struct vm_device *vm = dev_get_drvdata(dev);
	int err;

	if (vm->frozen)
		return 0;
	err = virtio_device_freeze(&vm->vdev);
	vm->frozen = !err;
	return err;
}

static int vm_restore(struct device *dev)
{
	struct vm_device *vm = dev_get_drvdata(dev);
	int err = virtio_device_restore(&vm->vdev);

	vm->frozen = err;
	return err;
}

/* Is it alive, and may it wake us?  Then its interrupt is armed. */
static bool vm_stays_awake(struct vm_device *vm)
{
	if (!vm->irq_requested || !device_may_wakeup(&vm->pdev->dev))
		return false;
	return !enable_irq_wake(vm->irq);
}

static int vm_suspend(struct device *dev)
{
	struct vm_device *vm = dev_get_drvdata(dev);

	vm->awake = vm_stays_awake(vm);
	return vm->awake ? 0 : vm_freeze(dev);
}

/* Is the device as we have left it? */
static bool vm_still_live(struct vm_device *vm)
{
	u32 status = vm_read(vm, VIRTIO_MMIO_STATUS);

	return status != VM_GONE && status & VIRTIO_CONFIG_S_DRIVER_OK;
}

static int vm_resume(struct device *dev)
{
	struct vm_device *vm = dev_get_drvdata(dev);
	int err;

	if (!vm->awake)
		return vm_restore(dev);
	vm->awake = false;
	disable_irq_wake(vm->irq);
	if (vm_still_live(vm))
		return 0;
	dev_warn(&vm->vdev.dev, "lost its state in the sleep\n");
	err = vm_freeze(dev);
	if (err) {
		virtio_break_device(&vm->vdev);
		virtio_report_failure(&vm->vdev, VIRTIO_FAILURE_NEEDS_RESET);
		return err;
	}
	return vm_restore(dev);
}

const struct dev_pm_ops vm_pm_ops = {
	.suspend	= vm_suspend,
	.resume		= vm_resume,
	.freeze		= vm_freeze,
	.thaw		= vm_restore,
	.poweroff	= vm_freeze,
	.restore	= vm_restore,
};
