/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: What the two PCI transports share
 *
 * virtio_pci.ko holds everything about a virtio PCI function that does not
 * depend on where its registers are: which transport takes it, interrupts,
 * the table of queues, reset, system sleep, removal.  A transport (the modern
 * one of VIRTIO 1.4, 4.1.4, or the legacy one of 4.1.4.10) embeds a struct
 * vp_device as the first member of its own, and gives it a struct vp_ops: the
 * few register accesses that differ.
 *
 * Life of a device, as a transport sees it::
 *
 *	probe:	pci_enable_device(), request and map the registers,
 *		kzalloc() its struct, fill in @vdev.id, @vdev.config, @pdev, @ops
 *		vp_register()			... the driver core takes over ...
 *	remove:	vp_unregister()
 *		unmap and release the registers, pci_disable_device()
 *		put_device()			the struct may be gone now
 *
 * Bus mastering belongs to vp_reset(): it is switched on when a reset is
 * complete, so that a function that still follows orders of an earlier owner
 * cannot write to this kernel's memory, and off when a reset does not
 * complete.
 *
 * Locking: @queues and the vectors change in find_vqs and del_vqs only, which
 * the driver core serialises (probe, remove, freeze, restore).  Interrupt
 * handlers read @queues without a lock: the table is complete before a handler
 * is requested and freed after the handler is.
 */
#ifndef _VP_H
#define _VP_H

#include <linux/pci.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>

struct vp_device;

/**
 * struct vp_queue_request - a queue that a transport shall set up
 * @index: queue index at the device
 * @vector: MSI-X vector for its notifications, or VIRTIO_MSI_NO_VECTOR
 * @ctx: the driver keeps a context per buffer
 * @callback: the driver's callback, may be NULL
 * @name: the driver's name for it
 */
struct vp_queue_request {
	u16 index;
	u16 vector;
	bool ctx;
	vq_callback_t *callback;
	const char *name;
};

/**
 * struct vp_ops - register accesses in which the transports differ
 * @read_status: read the device status; process context
 * @write_status: write the device status; process context
 * @read_isr: read and thereby clear the ISR status (VIRTIO 1.4, 4.1.4.5);
 *	hard interrupt context
 * @set_config_vector: map configuration changes to an MSI-X vector and return
 *	what the register reads afterwards (4.1.5.1.2); process context
 * @setup_vq: create a queue, program its registers, map its vector and enable
 *	it.  Returns the queue, or ERR_PTR(): -ENOENT when the device has no
 *	such queue, -EBUSY when the vector was refused; the queue is not
 *	enabled then
 * @del_vq: undo @setup_vq in memory; the device has been reset or was never
 *	set to DRIVER_OK
 */
struct vp_ops {
	u8 (*read_status)(struct vp_device *vp);
	void (*write_status)(struct vp_device *vp, u8 status);
	u8 (*read_isr)(struct vp_device *vp);
	u16 (*set_config_vector)(struct vp_device *vp, u16 vector);
	struct virtqueue *(*setup_vq)(struct vp_device *vp,
				      const struct vp_queue_request *req);
	void (*del_vq)(struct vp_device *vp, struct virtqueue *vq);
};

/**
 * enum vp_irq_mode - how interrupts are delivered
 * @VP_IRQ_NONE: no queues, no interrupts
 * @VP_IRQ_PER_QUEUE: MSI-X, vector 0 for configuration changes and one for
 *	each queue with a callback
 * @VP_IRQ_SHARED: MSI-X, vector 0 for configuration changes and vector 1 for
 *	all queues
 * @VP_IRQ_SINGLE: MSI-X, vector 0 for everything
 * @VP_IRQ_INTX: one INTx line for everything
 */
enum vp_irq_mode {
	VP_IRQ_NONE,
	VP_IRQ_PER_QUEUE,
	VP_IRQ_SHARED,
	VP_IRQ_SINGLE,
	VP_IRQ_INTX,
};

#define VP_IRQ_NAME	64

/**
 * struct vp_queue - what the transport knows of one queue
 * @vq: the queue
 * @vector: its MSI-X vector or VIRTIO_MSI_NO_VECTOR
 * @notify_data: for the transport: what the device wants to be notified with
 * @own_irq: a handler for this queue alone is requested
 * @affinity: storage for the affinity hint, allocated when first set
 * @has_affinity: @affinity is allocated
 * @name: of the interrupt
 */
struct vp_queue {
	struct virtqueue *vq;
	u16 vector;
	u16 notify_data;
	bool own_irq;
	bool has_affinity;
	cpumask_var_t affinity;
	char name[VP_IRQ_NAME];
};

/**
 * struct vp_device - a virtio device behind a PCI function
 * @vdev: the device on the virtio bus
 * @pdev: the function; set by the transport
 * @ops: register accesses; set by the transport
 * @queues: table of queues, by queue index
 * @nqueues: its length
 * @kept: between freeze and restore: the table of before, for the affinity
 *	that it holds; no queue in it exists
 * @nkept: its length
 * @irq_mode: how interrupts are delivered
 * @config_irq: the handler of vector 0 or of INTx is requested
 * @shared_irq: the handler of vector 1 is requested (VP_IRQ_SHARED)
 * @cut_off: the last reset did not complete: bus mastering is off
 * @sleeping: frozen, and about to be restored
 * @down: its driver was frozen and not restored since
 * @lost: it could not be frozen for a reset of the function
 * @rebind: its driver was unbound for that reset
 * @config_name: name of vector 0
 * @shared_name: name of vector 1
 */
struct vp_device {
	struct virtio_device vdev;
	struct pci_dev *pdev;
	const struct vp_ops *ops;
	struct vp_queue *queues;
	unsigned int nqueues;
	struct vp_queue *kept;
	unsigned int nkept;
	enum vp_irq_mode irq_mode;
	bool config_irq;
	bool shared_irq;
	bool cut_off;
	bool sleeping;
	bool down;
	bool lost;
	bool rebind;
	char config_name[VP_IRQ_NAME];
	char shared_name[VP_IRQ_NAME];
};

#define to_vp(_vdev) container_of(_vdev, struct vp_device, vdev)

/**
 * enum vp_transport - which transport a function belongs to
 * @VP_TRANSPORT_NONE: it is not a virtio device
 * @VP_TRANSPORT_MODERN: virtio_pci_modern.ko
 * @VP_TRANSPORT_LEGACY: virtio_pci_legacy.ko
 */
enum vp_transport {
	VP_TRANSPORT_NONE,
	VP_TRANSPORT_MODERN,
	VP_TRANSPORT_LEGACY,
};

struct vp_caps;
struct vp_caps_reader;

/* pci_detect.c */
enum vp_transport vp_transport(struct pci_dev *pdev, struct vp_caps *caps);
void vp_caps_reader(struct pci_dev *pdev, struct vp_caps_reader *rd);

/* pci_common.c */
int vp_register(struct vp_device *vp);
void vp_unregister(struct vp_device *vp);
u8 vp_get_status(struct virtio_device *vdev);
void vp_set_status(struct virtio_device *vdev, u8 status);
void vp_reset(struct virtio_device *vdev);
const char *vp_bus_name(struct virtio_device *vdev);

/* pci_queues.c */
int vp_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
		struct virtqueue *vqs[], vq_callback_t *callbacks[],
		const char * const names[], const bool *ctx,
		struct irq_affinity *desc);
void vp_del_vqs(struct virtio_device *vdev);
void vp_forget_kept(struct vp_device *vp);

/* pci_sriov.c */
bool vp_has_sriov(struct vp_device *vp);
int vp_sriov_configure(struct pci_dev *pdev, int num);

/* pci_irq.c; the first four are for pci_queues.c */
int vp_irq_alloc(struct vp_device *vp, enum vp_irq_mode mode,
		 unsigned int vectors, const struct irq_affinity *desc);
u16 vp_irq_vector(struct vp_device *vp, unsigned int nth);
int vp_irq_request_queues(struct vp_device *vp);
void vp_irq_free(struct vp_device *vp);
void vp_synchronize_cbs(struct virtio_device *vdev);
void vp_synchronize_vq(struct virtqueue *vq);
int vp_set_vq_affinity(struct virtqueue *vq, const struct cpumask *mask);
const struct cpumask *vp_get_vq_affinity(struct virtio_device *vdev,
					 int index);

/* pci_pm.c */
#ifdef CONFIG_PM_SLEEP
extern const struct dev_pm_ops vp_pm_ops;
extern const struct pci_error_handlers vp_err_handler;
#define VP_PM_OPS	(&vp_pm_ops)
#define VP_ERR_HANDLER	(&vp_err_handler)
#else
#define VP_PM_OPS	NULL
#define VP_ERR_HANDLER	NULL
#endif

#endif /* _VP_H */
