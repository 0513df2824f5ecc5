/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private to virtio_mmio.ko
 *
 * Virtio devices whose registers are a range of memory (VIRTIO 1.4, 4.2):
 *
 * - vm_main.c is the platform driver, vm_device.c identifies a device and puts
 *   it on the virtio bus; vm_cmdline.c makes platform devices out of strings,
 *   which vm_spec.c reads;
 * - vm_regs.c works status and reset, vm_config.c features and configuration;
 * - vm_queues.c has the table of queues, vm_queue_v1.c and vm_queue_v2.c what
 *   the two register layouts make of a queue (struct vm_version);
 * - vm_irq.c, vm_shm.c and vm_pm.c: the interrupt, shared memory, sleep.
 *
 * Life of a device::
 *
 *	vm_probe():	map the registers, identify the device (4.2.3.1.1)
 *			register_virtio_device()	... the bus takes over ...
 *	vm_remove():	unregister_virtio_device(), put_device()
 *			the driver core unmaps the registers
 *
 * Locking: @vqs and the interrupt change in find_vqs and del_vqs only, which
 * the driver core serialises (probe, remove, suspend, resume).  The interrupt
 * handler reads @vqs without a lock: the table is complete before the handler
 * is requested and is freed after free_irq() has waited for it.
 */
#ifndef _VM_H
#define _VM_H

#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_mmio.h>
#include <virtio_window.h>

/* What a register reads when nothing answers; no register has this value. */
#define VM_GONE		0xffffffff

struct vm_device;

/**
 * struct vm_version - in what the register layouts differ
 * @number: what the register Version reads
 * @live_reg: reads 0 unless the selected queue is in use, and takes a 0 to
 *	stop it: QueuePFN (VIRTIO 1.4, 4.2.4) or QueueReady (4.2.2)
 * @align: of the used ring, in bytes
 * @prepare: called before the first queue is set up; may be NULL
 * @start: tell the device of the selected queue, which is not in use, and
 *	let it begin.  Returns 0 or an error with the queue not in use
 */
struct vm_version {
	u32 number;
	unsigned int live_reg;
	unsigned long align;
	void (*prepare)(struct vm_device *vm);
	int (*start)(struct vm_device *vm, struct virtqueue *vq);
};

/**
 * struct vm_device - a virtio device with memory-mapped registers
 * @vdev: the device on the virtio bus
 * @pdev: where it was found
 * @base: its registers
 * @version: their layout
 * @config: device-specific configuration
 * @irq: its only interrupt
 * @irq_requested: the handler is in place
 * @irq_edge: the interrupt is told by an edge, not by a level
 * @awake: it was left running in system sleep, to wake the system up
 * @frozen: it was taken down for system sleep, and did not come up since
 * @dead: it has not answered to a reset
 * @no_queue_reset: it has shown that it cannot reset a single queue
 * @vqs: table of queues, by queue index
 * @nvqs: its length
 * @select_lock: from a choice by QueueSel or SHMSel to the last access to
 *	what was chosen
 */
struct vm_device {
	struct virtio_device vdev;
	struct platform_device *pdev;
	void __iomem *base;
	const struct vm_version *version;
	struct virtio_window config;
	int irq;
	bool irq_requested;
	bool irq_edge;
	bool awake;
	bool frozen;
	bool dead;
	bool no_queue_reset;
	struct virtqueue **vqs;
	unsigned int nvqs;
	struct mutex select_lock;	/* QueueSel, SHMSel */
};

#define to_vm(_vdev) container_of(_vdev, struct vm_device, vdev)

/*
 * All control registers are 32 bits wide and little-endian (VIRTIO 1.4,
 * 4.2.2); the accessors convert.
 */
static inline u32 vm_read(struct vm_device *vm, unsigned int reg)
{
	return ioread32(vm->base + reg);
}

static inline void vm_write(struct vm_device *vm, u32 value, unsigned int reg)
{
	iowrite32(value, vm->base + reg);
}

/* vm_device.c */
int vm_probe(struct platform_device *pdev);
int vm_remove(struct platform_device *pdev);

/* vm_regs.c */
u8 vm_get_status(struct virtio_device *vdev);
void vm_set_status(struct virtio_device *vdev, u8 status);
void vm_reset(struct virtio_device *vdev);

/* vm_config.c */
extern const struct virtio_config_ops vm_config_ops;

/* vm_queues.c */
int vm_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
		struct virtqueue *vqs[], vq_callback_t *callbacks[],
		const char * const names[], const bool *ctx,
		struct irq_affinity *desc);
void vm_del_vqs(struct virtio_device *vdev);
void vm_stop_queues(struct vm_device *vm);

/* vm_queue_v1.c */
extern const struct vm_version vm_version_1;

/* vm_queue_v2.c */
extern const struct vm_version vm_version_2;
int vm_disable_vq_and_reset(struct virtqueue *vq);
int vm_enable_vq_after_reset(struct virtqueue *vq);

/* vm_irq.c */
int vm_irq_request(struct vm_device *vm);
void vm_irq_free(struct vm_device *vm);
void vm_synchronize_cbs(struct virtio_device *vdev);

/* vm_shm.c */
bool vm_get_shm_region(struct virtio_device *vdev,
		       struct virtio_shm_region *region, u8 id);

/* vm_pm.c */
#ifdef CONFIG_PM_SLEEP
extern const struct dev_pm_ops vm_pm_ops;
#define VM_PM_OPS	(&vm_pm_ops)
#else
#define VM_PM_OPS	NULL
#endif

/**
 * struct vm_spec - a device that someone has described by a string
 * @base: physical address of its registers
 * @size: how many bytes they take
 * @irq: number of its interrupt
 * @id: number in the platform device's name, or -1 for the next one
 */
struct vm_spec {
	u64 base;
	u64 size;
	unsigned int irq;
	int id;
};

/* vm_spec.c */
const char *vm_spec_parse(const char *text, struct vm_spec *spec);
bool vm_spec_overlap(const struct vm_spec *a, const struct vm_spec *b);

/* vm_cmdline.c */
int vm_cmdline_start(void);
void vm_cmdline_stop(void);

#endif /* _VM_H */
