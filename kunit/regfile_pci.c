// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A PCI function for the recorded register file
 *
 * See regfile_pci.h.  The function is a struct pci_dev that the PCI core does
 * not know; regfile_redirect.h leads every call that would need the core to
 * here.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <asm/unaligned.h>

#include "regfile_pci.h"

/* Where BARs are: not an address that anything has. */
#define RF_BAR_BASE(bar)	(0x100000000ULL * ((bar) + 1))

/* The first capability, behind the standard header. */
#define RF_FIRST_CAP		0x40

/* A vendor capability of VIRTIO 1.4, 4.1.4: its lengths. */
#define RF_CAP_LEN		16
#define RF_NOTIFY_CAP_LEN	20

static struct rf_pci *to_rf_pci(struct pci_dev *pdev)
{
	return container_of(pdev, struct rf_pci, pdev);
}

static void rf_pci_release(struct device *dev)
{
	kfree(to_rf_pci(to_pci_dev(dev)));
}

static void rf_pci_exit(struct kunit_resource *res)
{
	struct rf_pci *pci = res->data;

	device_unregister(&pci->pdev.dev);
}

static int rf_pci_init(struct kunit_resource *res, void *context)
{
	struct rf_pci *pci = kzalloc(sizeof(*pci), GFP_KERNEL);
	struct device *dev;
	int err;

	if (!pci)
		return -ENOMEM;
	dev = &pci->pdev.dev;
	device_initialize(dev);
	dev->release = rf_pci_release;
	dev->dma_mask = &pci->pdev.dma_mask;
	dev->coherent_dma_mask = DMA_BIT_MASK(32);
	pci->pdev.dma_mask = DMA_BIT_MASK(32);
	err = dev_set_name(dev, "regfile");
	if (!err)
		err = device_add(dev);
	if (err) {
		put_device(dev);
		return err;
	}
	res->data = pci;
	((struct regfile *)context)->pci = pci;
	return 0;
}

/**
 * rf_pci_new - make a PCI function
 * @rf: the register file; its regions are in the BARs of the function
 * @device: PCI device id; the subsystem's is 0x40 less than 0x1040, so that a
 *	transitional device is one of type 1 until the test says otherwise
 *
 * Return: the function; the test is ended when it cannot be had.
 */
struct pci_dev *rf_pci_new(struct regfile *rf, u16 device)
{
	struct pci_dev *pdev;

	kunit_alloc_resource(rf->test, rf_pci_init, rf_pci_exit, GFP_KERNEL,
			     rf);
	KUNIT_ASSERT_NOT_NULL(rf->test, rf->pci);
	pdev = &rf->pci->pdev;
	pdev->vendor = PCI_VENDOR_ID_REDHAT_QUMRANET;
	pdev->device = device;
	pdev->subsystem_vendor = PCI_VENDOR_ID_REDHAT_QUMRANET;
	pdev->subsystem_device = 1;
	rf->pci->tail = PCI_CAPABILITY_LIST;
	rf->pci->end = RF_FIRST_CAP;
	return pdev;
}
EXPORT_SYMBOL_GPL(rf_pci_new);

/**
 * rf_pci_bar - give the function a BAR
 * @rf: the register file
 * @bar: its number
 * @flags: IORESOURCE_MEM or IORESOURCE_IO
 * @len: its length in bytes
 */
void rf_pci_bar(struct regfile *rf, unsigned int bar, unsigned long flags,
		u64 len)
{
	struct resource *res = &rf->pci->pdev.resource[bar];

	KUNIT_ASSERT_LT(rf->test, bar, PCI_STD_NUM_BARS);
	res->flags = flags;
	res->start = RF_BAR_BASE(bar);
	res->end = res->start + len - 1;
}
EXPORT_SYMBOL_GPL(rf_pci_bar);

static u8 rf_pci_add_cap(struct regfile *rf, u8 cfg_type, u8 bar, u32 offset,
			 u32 len, u8 cap_len)
{
	struct rf_pci *pci = rf->pci;
	u8 pos = pci->end;

	KUNIT_ASSERT_LE(rf->test, pos + cap_len, sizeof(pci->cfg));
	pci->cfg[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	pci->cfg[pci->tail] = pos;
	pci->tail = pos + PCI_CAP_LIST_NEXT;
	pci->end = pos + cap_len;
	pci->cfg[pos] = PCI_CAP_ID_VNDR;
	pci->cfg[pos + 2] = cap_len;
	pci->cfg[pos + 3] = cfg_type;
	pci->cfg[pos + 4] = bar;
	put_unaligned_le32(offset, &pci->cfg[pos + 8]);
	put_unaligned_le32(len, &pci->cfg[pos + 12]);
	return pos;
}

/**
 * rf_pci_cap - add a structure's capability (VIRTIO 1.4, 4.1.4)
 * @rf: the register file
 * @cfg_type: which structure
 * @bar: the BAR that it is in
 * @offset: and where
 * @len: its length
 *
 * Return: the capability's place in configuration space.
 */
u8 rf_pci_cap(struct regfile *rf, u8 cfg_type, u8 bar, u32 offset, u32 len)
{
	return rf_pci_add_cap(rf, cfg_type, bar, offset, len, RF_CAP_LEN);
}
EXPORT_SYMBOL_GPL(rf_pci_cap);

/**
 * rf_pci_notify_cap - add the capability of the notification area (4.1.4.4)
 * @rf: the register file
 * @bar: the BAR that it is in
 * @offset: and where
 * @len: its length
 * @multiplier: notify_off_multiplier
 *
 * Return: the capability's place in configuration space.
 */
u8 rf_pci_notify_cap(struct regfile *rf, u8 bar, u32 offset, u32 len,
		     u32 multiplier)
{
	u8 pos = rf_pci_add_cap(rf, 2, bar, offset, len, RF_NOTIFY_CAP_LEN);

	put_unaligned_le32(multiplier, &rf->pci->cfg[pos + 16]);
	return pos;
}
EXPORT_SYMBOL_GPL(rf_pci_notify_cap);

/**
 * rf_pci_enable - what pci_enable_device() becomes
 * @pdev: the function
 *
 * Return: what the test says.
 */
int rf_pci_enable(struct pci_dev *pdev)
{
	struct rf_pci *pci = to_rf_pci(pdev);

	rf_record(rf_current(), RF_ENABLE, 0, 1);
	if (!pci->enable_err)
		pci->enabled++;
	return pci->enable_err;
}
EXPORT_SYMBOL_GPL(rf_pci_enable);

/**
 * rf_pci_disable - what pci_disable_device() becomes
 * @pdev: the function
 *
 * As the PCI core does, it also switches bus mastering off.
 */
void rf_pci_disable(struct pci_dev *pdev)
{
	struct rf_pci *pci = to_rf_pci(pdev);

	rf_record(rf_current(), RF_ENABLE, 0, 0);
	if (--pci->enabled < 0)
		rf_violation(rf_current(), "disabled without being enabled");
	pci->master = false;
	pdev->is_busmaster = 0;
}
EXPORT_SYMBOL_GPL(rf_pci_disable);

/**
 * rf_pci_is_enabled - what pci_is_enabled() becomes
 * @pdev: the function
 *
 * Return: is it?
 */
bool rf_pci_is_enabled(struct pci_dev *pdev)
{
	return to_rf_pci(pdev)->enabled > 0;
}
EXPORT_SYMBOL_GPL(rf_pci_is_enabled);

/**
 * rf_pci_master - what pci_set_master() and pci_clear_master() become
 * @pdev: the function
 * @on: which
 */
void rf_pci_master(struct pci_dev *pdev, bool on)
{
	rf_record(rf_current(), RF_MASTER, 0, on);
	to_rf_pci(pdev)->master = on;
	pdev->is_busmaster = on;
}
EXPORT_SYMBOL_GPL(rf_pci_master);

/**
 * rf_pci_is_present - what pci_device_is_present() becomes
 * @pdev: the function
 *
 * Return: false once the device is gone.
 */
bool rf_pci_is_present(struct pci_dev *pdev)
{
	return !rf_current()->gone;
}
EXPORT_SYMBOL_GPL(rf_pci_is_present);

/**
 * rf_pci_read - what pci_read_config_dword() and its like become
 * @pdev: the function
 * @pos: where
 * @width: bytes
 * @value: what is read
 *
 * Return: 0, or PCIBIOS_BAD_REGISTER_NUMBER.
 */
int rf_pci_read(struct pci_dev *pdev, int pos, unsigned int width, u32 *value)
{
	struct rf_pci *pci = to_rf_pci(pdev);
	struct regfile *rf = rf_current();
	unsigned int i;

	*value = ~0U;
	if (pos < 0 || pos % width || pos + width > sizeof(pci->cfg)) {
		rf_violation(rf, "configuration space: read of %u at %#x",
			     width, pos);
		return PCIBIOS_BAD_REGISTER_NUMBER;
	}
	if (!rf->gone)
		for (i = 0, *value = 0; i < width; i++)
			*value |= (u32)pci->cfg[pos + i] << 8 * i;
	rf_record(rf, RF_CFG_READ, pos, *value);
	return PCIBIOS_SUCCESSFUL;
}
EXPORT_SYMBOL_GPL(rf_pci_read);

/**
 * rf_pci_write - what pci_write_config_dword() and its like become
 * @pdev: the function
 * @pos: where; a write into a vendor capability is a violation (VIRTIO 1.4,
 *	4.1.4.1), as the transports do without the one that may be written
 * @width: bytes
 * @value: what is written
 *
 * Return: 0, or PCIBIOS_BAD_REGISTER_NUMBER.
 */
int rf_pci_write(struct pci_dev *pdev, int pos, unsigned int width, u32 value)
{
	struct rf_pci *pci = to_rf_pci(pdev);
	struct regfile *rf = rf_current();
	unsigned int i;

	rf_record(rf, RF_CFG_WRITE, pos, value);
	if (pos < 0 || pos % width || pos + width > sizeof(pci->cfg) ||
	    (pos >= RF_FIRST_CAP && pos < pci->end)) {
		rf_violation(rf, "configuration space: write of %u at %#x",
			     width, pos);
		return PCIBIOS_BAD_REGISTER_NUMBER;
	}
	for (i = 0; i < width; i++)
		pci->cfg[pos + i] = value >> 8 * i;
	return PCIBIOS_SUCCESSFUL;
}
EXPORT_SYMBOL_GPL(rf_pci_write);

/**
 * rf_pci_find_cap - what pci_find_capability() and its next become
 * @pdev: the function
 * @from: capability to go on from, or 0 for the first
 * @id: what is looked for
 *
 * Return: its place, or 0.
 */
u8 rf_pci_find_cap(struct pci_dev *pdev, u8 from, int id)
{
	struct rf_pci *pci = to_rf_pci(pdev);
	u8 at = from ? from + PCI_CAP_LIST_NEXT : PCI_CAPABILITY_LIST;
	int left = sizeof(pci->cfg) / 4;

	if (rf_current()->gone || !(pci->cfg[PCI_STATUS] & PCI_STATUS_CAP_LIST))
		return 0;
	while (left-- && (at = pci->cfg[at] & ~3)) {
		if (pci->cfg[at] == id)
			return at;
		at += PCI_CAP_LIST_NEXT;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(rf_pci_find_cap);

/**
 * rf_pci_claim - what requests and releases of regions become
 * @pdev: the function
 * @bars: mask of BARs
 * @on: request, not release
 *
 * Return: 0.
 */
int rf_pci_claim(struct pci_dev *pdev, int bars, bool on)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (bars & BIT(bar))
			rf_record(rf_current(), RF_CLAIM, bar, on);
	return 0;
}
EXPORT_SYMBOL_GPL(rf_pci_claim);

/**
 * rf_pci_iomap - what pci_iomap() and pci_iomap_range() become
 * @pdev: the function
 * @bar: the BAR
 * @offset: where in it
 * @len: most bytes, 0 for the rest
 *
 * Return: an address, or NULL.
 */
void __iomem *rf_pci_iomap(struct pci_dev *pdev, int bar, u64 offset, u64 len)
{
	if (bar < 0 || bar >= PCI_STD_NUM_BARS ||
	    offset >= pci_resource_len(pdev, bar))
		return NULL;
	return rf_map_range(rf_current(), bar, offset, len);
}
EXPORT_SYMBOL_GPL(rf_pci_iomap);

/**
 * rf_pci_vectors - what pci_alloc_irq_vectors_affinity() becomes
 * @pdev: the function
 * @min: fewest vectors
 * @max: most vectors
 * @flags: PCI_IRQ_*
 * @spread: how to spread them, or NULL
 *
 * Return: how many, or -ENOSPC.
 */
int rf_pci_vectors(struct pci_dev *pdev, unsigned int min, unsigned int max,
		   unsigned int flags, struct irq_affinity *spread)
{
	struct regfile *rf = rf_current();

	rf_record(rf, RF_VECTORS, flags, max);
	if (rf->vectors)
		rf_violation(rf, "vectors allocated twice");
	rf->spread = flags & PCI_IRQ_AFFINITY && spread ? spread->pre_vectors
							: -1;
	rf->msix = flags & PCI_IRQ_MSIX && rf->vectors_max >= min;
	pdev->msix_enabled = rf->msix;
	if (rf->msix)
		rf->vectors = min(max, rf->vectors_max);
	else if (flags & PCI_IRQ_LEGACY && rf->intx && min == 1)
		rf->vectors = 1;
	return rf->vectors ?: -ENOSPC;
}
EXPORT_SYMBOL_GPL(rf_pci_vectors);

/**
 * rf_pci_free_vectors - what pci_free_irq_vectors() becomes
 * @pdev: the function
 *
 * A handler that is left is a violation, as the kernel stops for it.
 */
void rf_pci_free_vectors(struct pci_dev *pdev)
{
	struct regfile *rf = rf_current();
	unsigned int i;

	rf_record(rf, RF_VECTORS, 0, 0);
	for (i = 0; i < RF_IRQS; i++)
		if (rf->irqs[i].handler)
			rf_violation(rf, "vector %u freed with a handler", i);
	rf->vectors = 0;
	rf->msix = false;
	pdev->msix_enabled = false;
}
EXPORT_SYMBOL_GPL(rf_pci_free_vectors);

/**
 * rf_pci_irq - what pci_irq_vector() becomes
 * @pdev: the function
 * @vector: the vector
 *
 * Return: the interrupt's number, or -EINVAL.
 */
int rf_pci_irq(struct pci_dev *pdev, unsigned int vector)
{
	return vector < rf_current()->vectors ? RF_IRQ_BASE + vector : -EINVAL;
}
EXPORT_SYMBOL_GPL(rf_pci_irq);

/**
 * rf_pci_affinity - what pci_irq_get_affinity() becomes
 * @pdev: the function
 * @vector: the vector
 *
 * Return: the mask that the test gave.
 */
const struct cpumask *rf_pci_affinity(struct pci_dev *pdev, int vector)
{
	return rf_current()->mask;
}
EXPORT_SYMBOL_GPL(rf_pci_affinity);

/**
 * rf_pci_sriov - what pci_enable_sriov() and pci_disable_sriov() become
 * @pdev: the function
 * @num: virtual functions, 0 to disable them
 *
 * Return: what the test says.
 */
int rf_pci_sriov(struct pci_dev *pdev, int num)
{
	struct rf_pci *pci = to_rf_pci(pdev);

	rf_record(rf_current(), RF_SRIOV, 0, num);
	if (!num || !pci->sriov_err)
		pci->vfs = num;
	return num ? pci->sriov_err : 0;
}
EXPORT_SYMBOL_GPL(rf_pci_sriov);

/**
 * rf_pci_num_vf - what pci_num_vf() becomes
 * @pdev: the function
 *
 * Return: how many virtual functions there are.
 */
int rf_pci_num_vf(struct pci_dev *pdev)
{
	return to_rf_pci(pdev)->vfs;
}
EXPORT_SYMBOL_GPL(rf_pci_num_vf);

/**
 * rf_pci_total_vfs - what pci_sriov_get_totalvfs() becomes
 * @pdev: the function
 *
 * Return: how many virtual functions it can have.
 */
int rf_pci_total_vfs(struct pci_dev *pdev)
{
	return to_rf_pci(pdev)->vfs_total;
}
EXPORT_SYMBOL_GPL(rf_pci_total_vfs);

/**
 * rf_pci_vfs_assigned - what pci_vfs_assigned() becomes
 * @pdev: the function
 *
 * Return: how many of them are in use by guests.
 */
int rf_pci_vfs_assigned(struct pci_dev *pdev)
{
	return to_rf_pci(pdev)->vfs_assigned ? to_rf_pci(pdev)->vfs : 0;
}
EXPORT_SYMBOL_GPL(rf_pci_vfs_assigned);
