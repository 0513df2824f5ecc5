// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: devices that somebody has to name
 *
 * The parameter device makes a platform device out of each string that it is
 * given: at insmod, in the kernel's command line as virtio_mmio.device=, or
 * written to /sys/module/virtio_mmio/parameters/device later, which also shows
 * them.  vm_main.c drives them like any other.
 *
 * What comes at insmod comes before the module is initialized, and has to
 * leave nothing behind should the insmod fail: it is kept in a list, and
 * becomes devices in vm_cmdline_start().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include "vm.h"

/**
 * struct vm_named - a device that was named
 * @node: in the list
 * @spec: what was said of it, with an id
 * @pdev: its platform device, or NULL
 */
struct vm_named {
	struct list_head node;
	struct vm_spec spec;
	struct platform_device *pdev;
};

/* Protects what follows; held over the probe of the devices. */
static DEFINE_MUTEX(vm_named_lock);
static LIST_HEAD(vm_named_list);
static int vm_named_next_id;
static struct device *vm_named_parent;

static struct vm_named *vm_named_find(const struct vm_spec *spec)
{
	struct vm_named *n;

	list_for_each_entry(n, &vm_named_list, node)
		if (vm_spec_overlap(&n->spec, spec))
			return n;
	return NULL;
}

static int vm_named_register(struct vm_named *n)
{
	const struct resource res[] = {
		DEFINE_RES_MEM(n->spec.base, n->spec.size),
		DEFINE_RES_IRQ(n->spec.irq),
	};
	struct platform_device *pdev;

	pdev = platform_device_register_resndata(vm_named_parent, "virtio-mmio",
						 n->spec.id, res,
						 ARRAY_SIZE(res), NULL, 0);
	if (IS_ERR(pdev)) {
		pr_err("device %d at %#llx: error %ld\n", n->spec.id,
		       n->spec.base, PTR_ERR(pdev));
		return PTR_ERR(pdev);
	}
	n->pdev = pdev;
	return 0;
}

/* Under the lock. */
static int vm_named_add(const struct vm_spec *spec)
{
	struct vm_named *n = vm_named_find(spec);
	int err;

	if (n) {
		pr_err("device %d at %#llx: number or range are those of device %d\n",
		       spec->id, spec->base, n->spec.id);
		return -EEXIST;
	}
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return -ENOMEM;
	n->spec = *spec;
	if (vm_named_parent) {
		err = vm_named_register(n);
		if (err) {
			kfree(n);
			return err;
		}
	}
	list_add_tail(&n->node, &vm_named_list);
	vm_named_next_id = max(vm_named_next_id, spec->id + 1);
	return 0;
}

/* One string: at insmod, or written to sysfs. */
static int vm_cmdline_set(const char *text, const struct kernel_param *kp)
{
	struct vm_spec spec;
	const char *fault;
	int err;

	fault = vm_spec_parse(text, &spec);
	if (fault) {
		pr_err("device=%.*s: %s\n", (int)strcspn(text, "\n"), text,
		       fault);
		return -EINVAL;
	}
	mutex_lock(&vm_named_lock);
	if (spec.id < 0)
		spec.id = vm_named_next_id;
	err = spec.id < INT_MAX ? vm_named_add(&spec) : -ERANGE;
	mutex_unlock(&vm_named_lock);
	return err;
}

/* One line for each device, in the form in which it can be written. */
static int vm_cmdline_get(char *buf, const struct kernel_param *kp)
{
	struct vm_named *n;
	int len = 0;

	mutex_lock(&vm_named_lock);
	list_for_each_entry(n, &vm_named_list, node)
		len += scnprintf(buf + len, PAGE_SIZE - len,
				 "0x%llx@0x%llx:%u:%d\n", n->spec.size,
				 n->spec.base, n->spec.irq, n->spec.id);
	mutex_unlock(&vm_named_lock);
	return len;
}

/* After the module is gone, or when its insmod failed. */
static void vm_cmdline_free(void *arg)
{
	struct vm_named *n, *next;

	list_for_each_entry_safe(n, next, &vm_named_list, node) {
		list_del(&n->node);
		kfree(n);
	}
}

static const struct kernel_param_ops vm_cmdline_ops = {
	.set	= vm_cmdline_set,
	.get	= vm_cmdline_get,
	.free	= vm_cmdline_free,
};
module_param_cb(device, &vm_cmdline_ops, NULL, 0600);
MODULE_PARM_DESC(device,
		 "Device at a known place: <size>@<base>:<irq>[:<id>], any number of times");

/**
 * vm_cmdline_start - make platform devices of what was named at insmod
 *
 * One that cannot be made is reported and left out, the others are there.
 * Context: process, may sleep; the driver is registered.
 *
 * Return: 0, or an error when there can be no such devices at all.
 */
int vm_cmdline_start(void)
{
	struct vm_named *n, *next;
	struct device *parent = root_device_register("virtio-mmio-cmdline");

	if (IS_ERR(parent))
		return PTR_ERR(parent);
	mutex_lock(&vm_named_lock);
	vm_named_parent = parent;
	list_for_each_entry_safe(n, next, &vm_named_list, node) {
		if (vm_named_register(n)) {
			list_del(&n->node);
			kfree(n);
		}
	}
	mutex_unlock(&vm_named_lock);
	return 0;
}

/**
 * vm_cmdline_stop - remove these platform devices
 *
 * Context: process, may sleep.
 */
void vm_cmdline_stop(void)
{
	struct device *parent;
	struct vm_named *n;

	mutex_lock(&vm_named_lock);
	list_for_each_entry(n, &vm_named_list, node) {
		platform_device_unregister(n->pdev);
		n->pdev = NULL;
	}
	parent = vm_named_parent;
	vm_named_parent = NULL;
	mutex_unlock(&vm_named_lock);
	root_device_unregister(parent);
}
