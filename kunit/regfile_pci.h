/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A PCI function for the recorded register file
 *
 * What the PCI transports' suites add to regfile.h::
 *
 *	struct regfile *rf = rf_new(test);
 *	struct pci_dev *pdev = rf_pci_new(rf, 0x1042);
 *
 *	rf_region(rf, 4, 0x0000, &common_map);
 *	rf_pci_bar(rf, 4, IORESOURCE_MEM, 0x4000);
 *	rf_pci_cap(rf, 1, 4, 0x0000, 0x38);	// common configuration
 *	rf->vectors_max = 3;
 *
 * The driver's own struct pci_driver is what module_pci_driver() was given:
 * rf_pci_driver() returns it, for its probe and remove.
 */
#ifndef _KUNIT_REGFILE_PCI_H
#define _KUNIT_REGFILE_PCI_H

#include <linux/pci.h>
#include "regfile.h"

/**
 * struct rf_pci - a PCI function
 * @pdev: as its driver sees it; vendor 0x1af4, with a device on no bus
 * @cfg: configuration space
 * @tail: where the link to the next capability goes
 * @end: where the next capability goes
 * @enabled: calls of pci_enable_device() less those of pci_disable_device()
 * @master: bus mastering
 * @enable_err: what pci_enable_device() answers, 0 to succeed
 * @sriov_err: what pci_enable_sriov() answers, 0 to succeed
 * @vfs_total: virtual functions that it can have
 * @vfs: virtual functions
 * @vfs_assigned: they are in use by a guest
 */
struct rf_pci {
	struct pci_dev pdev;
	u8 cfg[256];
	u8 tail;
	u8 end;
	int enabled;
	bool master;
	int enable_err;
	int sriov_err;
	int vfs_total;
	int vfs;
	bool vfs_assigned;
};

struct pci_dev *rf_pci_new(struct regfile *rf, u16 device);
void rf_pci_bar(struct regfile *rf, unsigned int bar, unsigned long flags,
		u64 len);
u8 rf_pci_cap(struct regfile *rf, u8 cfg_type, u8 bar, u32 offset, u32 len);
u8 rf_pci_notify_cap(struct regfile *rf, u8 bar, u32 offset, u32 len,
		     u32 multiplier);

/* What regfile_redirect.h puts in the place of the PCI core's. */
int rf_pci_enable(struct pci_dev *pdev);
void rf_pci_disable(struct pci_dev *pdev);
bool rf_pci_is_enabled(struct pci_dev *pdev);
void rf_pci_master(struct pci_dev *pdev, bool on);
bool rf_pci_is_present(struct pci_dev *pdev);
int rf_pci_read(struct pci_dev *pdev, int pos, unsigned int width, u32 *value);
int rf_pci_write(struct pci_dev *pdev, int pos, unsigned int width, u32 value);
u8 rf_pci_find_cap(struct pci_dev *pdev, u8 from, int id);
int rf_pci_claim(struct pci_dev *pdev, int bars, bool on);
void __iomem *rf_pci_iomap(struct pci_dev *pdev, int bar, u64 offset, u64 len);
int rf_pci_vectors(struct pci_dev *pdev, unsigned int min, unsigned int max,
		   unsigned int flags, struct irq_affinity *spread);
void rf_pci_free_vectors(struct pci_dev *pdev);
int rf_pci_irq(struct pci_dev *pdev, unsigned int vector);
const struct cpumask *rf_pci_affinity(struct pci_dev *pdev, int vector);
int rf_pci_sriov(struct pci_dev *pdev, int num);
int rf_pci_num_vf(struct pci_dev *pdev);
int rf_pci_total_vfs(struct pci_dev *pdev);
int rf_pci_vfs_assigned(struct pci_dev *pdev);

#endif /* _KUNIT_REGFILE_PCI_H */
