/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Lead a transport's accesses to the recorded register file
 *
 * To be included after every other header and before the sources of a
 * transport: from here on each access to the hardware is a call into regfile.c.
 * The headers below come first, because their inline functions must stay as
 * they are.  A call that is missing here is linked against the kernel's, and
 * oopses at the address that it is given: add it.
 *
 * A module's own declarations (exports, device table, init) would make the
 * suite one more driver: they are dropped, and module_pci_driver() and
 * module_platform_driver() become rf_pci_driver() and rf_platform_driver().
 */
#ifndef _KUNIT_REGFILE_REDIRECT_H
#define _KUNIT_REGFILE_REDIRECT_H

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include "regfile.h"

/* Registers. */
static inline u8 rf_io_read8(const void __iomem *addr)
{
	return rf_io_read(addr, 1);
}

static inline u16 rf_io_read16(const void __iomem *addr)
{
	return rf_io_read(addr, 2);
}

#undef ioread8
#undef ioread16
#undef ioread32
#undef iowrite8
#undef iowrite16
#undef iowrite32
#undef readb
#undef readw
#undef readl
#undef readq
#undef writeb
#undef writew
#undef writel
#undef writeq
#define ioread8(addr)		rf_io_read8(addr)
#define ioread16(addr)		rf_io_read16(addr)
#define ioread32(addr)		rf_io_read(addr, 4)
#define iowrite8(value, addr)	rf_io_write(value, addr, 1)
#define iowrite16(value, addr)	rf_io_write(value, addr, 2)
#define iowrite32(value, addr)	rf_io_write(value, addr, 4)
#define readb(addr)		rf_io_read8(addr)
#define readw(addr)		rf_io_read16(addr)
#define readl(addr)		rf_io_read(addr, 4)
#define readq(addr)		rf_io_read(addr, 8)
#define writeb(value, addr)	rf_io_write(value, addr, 1)
#define writew(value, addr)	rf_io_write(value, addr, 2)
#define writel(value, addr)	rf_io_write(value, addr, 4)
#define writeq(value, addr)	rf_io_write(value, addr, 8)

/* Interrupts. */
#define request_irq(irq, handler, flags, name, arg)			\
	rf_request_irq(irq, handler, flags, name, arg)
#define free_irq(irq, arg)			rf_free_irq(irq, arg)
#define synchronize_irq(irq)			rf_synchronize_irq(irq)
#define irq_update_affinity_hint(irq, mask)	rf_irq_hint(irq, mask)
#define irq_set_affinity_and_hint(irq, mask)	rf_irq_hint(irq, mask)

/* Time. */
#undef udelay
#undef jiffies
#define fsleep(usecs)			rf_sleep_us(usecs)
#define udelay(usecs)			rf_sleep_us(usecs)
#define usleep_range(least, most)	rf_sleep_us(least)
#define msleep(msecs)			rf_sleep_us(1000UL * (msecs))
#define ktime_get()			rf_ktime_get()
#define jiffies				rf_jiffies()

/* What only a module of its own may declare. */
#undef EXPORT_SYMBOL
#undef EXPORT_SYMBOL_GPL
#undef MODULE_DEVICE_TABLE
#undef MODULE_SOFTDEP
#undef MODULE_ALIAS
#undef module_platform_driver
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define MODULE_DEVICE_TABLE(type, name)
#define MODULE_SOFTDEP(text)
#define MODULE_ALIAS(text)
#define module_platform_driver(_drv)					\
	static inline struct platform_driver *rf_platform_driver(void)	\
	{								\
		return &(_drv);						\
	}

/*
 * A platform device: its memory resource N is what is in "BAR" N, its interrupt
 * N is vector N; the suite sets &regfile.vectors.
 */
static inline int rf_platform_irq(unsigned int index)
{
	return index < rf_current()->vectors ? RF_IRQ_BASE + index : -ENXIO;
}

#undef devm_platform_ioremap_resource
#undef devm_request_irq
#define devm_platform_ioremap_resource(pdev, index)			\
	(rf_map_range(rf_current(), index, 0, 0) ?:			\
	 IOMEM_ERR_PTR(-ENODEV))
#define platform_get_irq(pdev, index)		rf_platform_irq(index)
#define platform_get_irq_optional(pdev, index)	platform_get_irq(pdev, index)
#define devm_request_irq(dev, irq, handler, flags, name, arg)		\
	rf_request_irq(irq, handler, flags, name, arg)

#ifdef CONFIG_PCI
#include "regfile_pci.h"

#undef pci_iomap
#undef pci_iomap_range
#undef pci_iounmap
#undef module_pci_driver
#define pci_iomap(pdev, bar, max)					\
	rf_pci_iomap(pdev, bar, 0, max)
#define pci_iomap_range(pdev, bar, offset, max)				\
	rf_pci_iomap(pdev, bar, offset, max)
#define pci_iounmap(pdev, addr)			rf_unmap(addr)
#define pci_request_selected_regions(pdev, bars, name)			\
	rf_pci_claim(pdev, bars, true)
#define pci_release_selected_regions(pdev, bars)			\
	((void)rf_pci_claim(pdev, bars, false))
#define pci_request_region(pdev, bar, name)				\
	rf_pci_claim(pdev, BIT(bar), true)
#define pci_release_region(pdev, bar)					\
	((void)rf_pci_claim(pdev, BIT(bar), false))
#define pci_enable_device(pdev)			rf_pci_enable(pdev)
#define pci_disable_device(pdev)		rf_pci_disable(pdev)
#define pci_is_enabled(pdev)			rf_pci_is_enabled(pdev)
#define pci_set_master(pdev)			rf_pci_master(pdev, true)
#define pci_clear_master(pdev)			rf_pci_master(pdev, false)
/* Whether INTx may be raised shows in the vectors already. */
#define pci_intx(pdev, enable)			((void)(pdev), (void)(enable))
#define pci_device_is_present(pdev)		rf_pci_is_present(pdev)
#define pci_find_capability(pdev, id)		rf_pci_find_cap(pdev, 0, id)
#define pci_find_next_capability(pdev, pos, id)	rf_pci_find_cap(pdev, pos, id)
#define pci_alloc_irq_vectors_affinity(pdev, min, max, flags, spread)	\
	rf_pci_vectors(pdev, min, max, flags, spread)
#define pci_alloc_irq_vectors(pdev, min, max, flags)			\
	rf_pci_vectors(pdev, min, max, flags, NULL)
#define pci_free_irq_vectors(pdev)		rf_pci_free_vectors(pdev)
#define pci_irq_vector(pdev, vector)		rf_pci_irq(pdev, vector)
#define pci_irq_get_affinity(pdev, vector)	rf_pci_affinity(pdev, vector)
#define pci_enable_sriov(pdev, num)		rf_pci_sriov(pdev, num)
#define pci_disable_sriov(pdev)			((void)rf_pci_sriov(pdev, 0))
#define pci_num_vf(pdev)			rf_pci_num_vf(pdev)
#define pci_sriov_get_totalvfs(pdev)		rf_pci_total_vfs(pdev)
#define pci_vfs_assigned(pdev)			rf_pci_vfs_assigned(pdev)
#define pci_write_config_byte(pdev, pos, value)	rf_pci_write(pdev, pos, 1, value)
#define pci_write_config_word(pdev, pos, value)	rf_pci_write(pdev, pos, 2, value)
#define pci_write_config_dword(pdev, pos, value)			\
	rf_pci_write(pdev, pos, 4, value)
#define module_pci_driver(_drv)						\
	static inline struct pci_driver *rf_pci_driver(void)		\
	{								\
		return &(_drv);						\
	}

static inline int rf_pci_read8(struct pci_dev *pdev, int pos, u8 *to)
{
	u32 value;
	int err = rf_pci_read(pdev, pos, 1, &value);

	*to = value;
	return err;
}

static inline int rf_pci_read16(struct pci_dev *pdev, int pos, u16 *to)
{
	u32 value;
	int err = rf_pci_read(pdev, pos, 2, &value);

	*to = value;
	return err;
}

#define pci_read_config_byte(pdev, pos, to)	rf_pci_read8(pdev, pos, to)
#define pci_read_config_word(pdev, pos, to)	rf_pci_read16(pdev, pos, to)
#define pci_read_config_dword(pdev, pos, to)	rf_pci_read(pdev, pos, 4, to)
#endif /* CONFIG_PCI */

#endif /* _KUNIT_REGFILE_REDIRECT_H */
