// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: the platform driver
 *
 * Platform devices for it come from the device tree (VIRTIO 1.4, 4.2.1), from
 * ACPI, or from vm_cmdline.c; vm_device.c does what is to be done with one.
 */
#include <linux/acpi.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include "vm.h"

static const struct of_device_id __maybe_unused vm_of_match[] = {
	{ .compatible = "virtio,mmio" },
	{ }
};
MODULE_DEVICE_TABLE(of, vm_of_match);

static const struct acpi_device_id __maybe_unused vm_acpi_match[] = {
	{ "LNRO0005" },
	{ }
};
MODULE_DEVICE_TABLE(acpi, vm_acpi_match);

static struct platform_driver vm_driver = {
	.probe	= vm_probe,
	.remove	= vm_remove,
	.driver	= {
		.name			= "virtio-mmio",
		.of_match_table		= of_match_ptr(vm_of_match),
		.acpi_match_table	= ACPI_PTR(vm_acpi_match),
		.pm			= VM_PM_OPS,
	},
};

static int __init vm_init(void)
{
	int err = platform_driver_register(&vm_driver);

	if (err)
		return err;
	err = vm_cmdline_start();
	if (err)
		platform_driver_unregister(&vm_driver);
	return err;
}

static void __exit vm_exit(void)
{
	vm_cmdline_stop();
	platform_driver_unregister(&vm_driver);
}

module_init(vm_init);
module_exit(vm_exit);

MODULE_DESCRIPTION("Virtio over memory-mapped registers");
MODULE_LICENSE("GPL");
