// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: shared memory regions
 *
 * Where a region is, the device alone says (VIRTIO 1.4, 2.10 and 4.2.2), by a
 * physical address and a length of 64 bits each: there is no BAR that would
 * bound them.  What cannot be a region of a device is refused here.
 */
#include <linux/ioport.h>
#include "vm.h"

#define VM_SHM_NONE	U64_MAX

static u64 vm_read64(struct vm_device *vm, unsigned int low)
{
	u32 half = vm_read(vm, low);

	return half | (u64)vm_read(vm, low + sizeof(u32)) << 32;
}

/* Do the registers of the device lie in there? */
static bool vm_shm_has_registers(struct vm_device *vm, u64 base, u64 last)
{
	struct resource *res = platform_get_resource(vm->pdev, IORESOURCE_MEM,
						     0);

	return res && base <= res->end && last >= res->start;
}

/**
 * vm_shm_fault - what is wrong with a region
 * @vm: the device
 * @base: its first byte
 * @len: its length in bytes
 *
 * A region in memory of this kernel would let the driver map, and the device
 * claim, what belongs to somebody else.
 *
 * Return: what is wrong with it, or NULL.
 */
static const char *vm_shm_fault(struct vm_device *vm, u64 base, u64 len)
{
	u64 last = base + (len - 1);

	if (!len)
		return "is empty";
	if (last < base || last > PHYS_ADDR_MAX)
		return "ends behind the last address";
	if (len > SIZE_MAX)
		return "is larger than what can be mapped";
	if (vm_shm_has_registers(vm, base, last))
		return "contains the registers of the device";
	if (region_intersects(base, len, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return "is in the memory of the guest";
	return NULL;
}

/**
 * vm_get_shm_region - find a shared memory region
 * @vdev: the device
 * @region: filled with its physical address and length
 * @id: shmid, as the device type defines it
 *
 * Serves config->get_shm_region.  No other function touches these registers
 * (VIRTIO 1.4, 4.2.3.1.1); version 1 does not have them.
 * Context: process, may sleep.
 *
 * Return: true when there is such a region, where one can be.
 */
bool vm_get_shm_region(struct virtio_device *vdev,
		       struct virtio_shm_region *region, u8 id)
{
	struct vm_device *vm = to_vm(vdev);
	const char *fault;
	u64 base, len;

	if (vm->version == &vm_version_1)
		return false;
	mutex_lock(&vm->select_lock);
	vm_write(vm, id, VIRTIO_MMIO_SHM_SEL);
	len = vm_read64(vm, VIRTIO_MMIO_SHM_LEN_LOW);
	base = vm_read64(vm, VIRTIO_MMIO_SHM_BASE_LOW);
	mutex_unlock(&vm->select_lock);
	if (len == VM_SHM_NONE || base == VM_SHM_NONE)
		return false;

	fault = vm_shm_fault(vm, base, len);
	if (fault) {
		dev_err_ratelimited(&vdev->dev,
				    "shared memory %u, %#llx bytes at %#llx, %s\n",
				    id, len, base, fault);
		return false;
	}
	region->addr = base;
	region->len = len;
	return true;
}
