// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: features and configuration
 *
 * What the bus and the drivers ask of the transport through struct
 * virtio_config_ops, and the table of all of it.
 *
 * A device with register version 1 is a legacy device.  It has 32 feature
 * bits, so that VIRTIO_F_VERSION_1 is never agreed on with one; its
 * configuration is in the byte order of the guest (VIRTIO 1.4, 2.5.3), has no
 * generation, so that a field is read until two reads agree, and is accessed by
 * bytes, as all drivers did then: in that way no access has a byte order.
 */
#include <linux/virtio_ring.h>
#include <virtqueue_ext.h>
#include "vm.h"

static u32 vm_offered(struct vm_device *vm, u32 word)
{
	vm_write(vm, word, VIRTIO_MMIO_DEVICE_FEATURES_SEL);
	return vm_read(vm, VIRTIO_MMIO_DEVICE_FEATURES);
}

static void vm_accept(struct vm_device *vm, u32 word, u32 features)
{
	vm_write(vm, word, VIRTIO_MMIO_DRIVER_FEATURES_SEL);
	vm_write(vm, features, VIRTIO_MMIO_DRIVER_FEATURES);
}

static bool vm_is_legacy(struct vm_device *vm)
{
	return vm->version == &vm_version_1;
}

/* Nothing answers: MagicValue never reads like that. */
static bool vm_is_gone(struct vm_device *vm)
{
	return vm_read(vm, VIRTIO_MMIO_MAGIC_VALUE) == VM_GONE;
}

/* Serves config->get_features.  A device that is gone offers none. */
static u64 vm_get_features(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);
	u64 features = vm_offered(vm, 0);

	if (features == VM_GONE && vm_is_gone(vm))
		return 0;
	if (!vm_is_legacy(vm))
		features |= (u64)vm_offered(vm, 1) << 32;
	return features;
}

/*
 * Between driver and transport (VIRTIO 1.4, 6), beside those of the ring; the
 * second also takes a ring that can tell where it stands.
 */
static u64 vm_own_features(void)
{
	return BIT_ULL(VIRTIO_F_RING_RESET) |
	       (virtqueue_ext_has(virtqueue_ext_notification_data) ?
		BIT_ULL(VIRTIO_F_NOTIFICATION_DATA) : 0);
}

/**
 * vm_finalize_features - agree on features with the device
 * @vdev: the device, @vdev->features what device and driver have in common
 *
 * Serves config->finalize_features.  VIRTIO 1.4, 3.1.1, step 4.
 *
 * Return: 0, or -EINVAL for a device with register version 2 that is no
 * device of VIRTIO 1.0 or later.
 */
static int vm_finalize_features(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);
	u64 mine = vdev->features & vm_own_features();

	vring_transport_features(vdev);
	vdev->features |= mine;

	if (vm_is_legacy(vm)) {
		vm_accept(vm, 0, lower_32_bits(vdev->features));
		return 0;
	}
	if (!__virtio_test_bit(vdev, VIRTIO_F_VERSION_1)) {
		dev_err(&vdev->dev,
			"register version 2 without VIRTIO_F_VERSION_1\n");
		return -EINVAL;
	}
	vm_accept(vm, 0, lower_32_bits(vdev->features));
	vm_accept(vm, 1, upper_32_bits(vdev->features));
	return 0;
}

/* Serves config->get; VIRTIO 1.4, 4.2.2.2. */
static void vm_get(struct virtio_device *vdev, unsigned int offset, void *buf,
		   unsigned int len)
{
	virtio_window_get(&to_vm(vdev)->config, vdev, offset, buf, len);
}

/* Serves config->set. */
static void vm_set(struct virtio_device *vdev, unsigned int offset,
		   const void *buf, unsigned int len)
{
	virtio_window_set(&to_vm(vdev)->config, vdev, offset, buf, len);
}

/* Serves config->generation; a legacy device has none (2.5.4). */
static u32 vm_generation(struct virtio_device *vdev)
{
	struct vm_device *vm = to_vm(vdev);

	if (vm_is_legacy(vm))
		return 0;
	return virtio_window_generation(&vm->config, vdev,
					vm_read(vm,
						VIRTIO_MMIO_CONFIG_GENERATION));
}

/* Serves config->bus_name. */
static const char *vm_bus_name(struct virtio_device *vdev)
{
	return to_vm(vdev)->pdev->name;
}

const struct virtio_config_ops vm_config_ops = {
	.get			= vm_get,
	.set			= vm_set,
	.generation		= vm_generation,
	.get_status		= vm_get_status,
	.set_status		= vm_set_status,
	.reset			= vm_reset,
	.find_vqs		= vm_find_vqs,
	.del_vqs		= vm_del_vqs,
	.synchronize_cbs	= vm_synchronize_cbs,
	.get_features		= vm_get_features,
	.finalize_features	= vm_finalize_features,
	.bus_name		= vm_bus_name,
	.get_shm_region		= vm_get_shm_region,
	.disable_vq_and_reset	= vm_disable_vq_and_reset,
	.enable_vq_after_reset	= vm_enable_vq_after_reset,
};
