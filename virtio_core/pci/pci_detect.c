// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_pci.ko: which transport takes a function
 *
 * Shows the capability parser (vp_caps.h) the configuration space of a PCI
 * function, and decides from what it finds.  Called by the transports' probe;
 * the modern one uses the reader for shared memory as well.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <asm/unaligned.h>
#include "vp.h"
#include "vp_caps.h"

/* PCI device ids: VIRTIO 1.4, 4.1.2. */
#define VP_ID_FIRST		0x1000
#define VP_ID_TRANSITIONAL_LAST	0x103f
#define VP_ID_LAST		0x107f

static bool vp_force_legacy;
module_param_named(force_legacy, vp_force_legacy, bool, 0444);
MODULE_PARM_DESC(force_legacy,
		 "Use the legacy interface of transitional devices");

/* struct vp_caps_reader.read for a PCI function. */
static int vp_read_config(void *ctx, unsigned int pos, void *buf,
			  unsigned int len)
{
	struct pci_dev *pdev = ctx;
	unsigned int step;
	u32 value;
	int err;

	for (; len; pos += step, buf += step, len -= step) {
		step = pos % 4 || len < 4 ? 1 : 4;
		if (step == 4) {
			err = pci_read_config_dword(pdev, pos, &value);
			put_unaligned_le32(value, buf);
		} else {
			err = pci_read_config_byte(pdev, pos, buf);
		}
		if (err)
			return pcibios_err_to_errno(err);
	}
	return 0;
}

static void vp_cap_refused(void *ctx, unsigned int pos, u8 cfg_type,
			   enum vp_cap_fault why)
{
	struct pci_dev *pdev = ctx;

	dev_warn(&pdev->dev, "ignoring capability at 0x%02x, type %u: %s\n",
		 pos, cfg_type, vp_cap_fault_name(why));
}

static u64 vp_bar_len(struct pci_dev *pdev, int bar)
{
	unsigned long flags = pci_resource_flags(pdev, bar);

	if (!(flags & (IORESOURCE_IO | IORESOURCE_MEM)) ||
	    flags & IORESOURCE_UNSET)
		return 0;
	return pci_resource_len(pdev, bar);
}

/**
 * vp_caps_reader - let the capability parser look at a PCI function
 * @pdev: the function
 * @rd: filled in; nobody is told about refused capabilities
 *
 * Context: any; the callback needs process context.
 */
void vp_caps_reader(struct pci_dev *pdev, struct vp_caps_reader *rd)
{
	int bar;

	rd->read = vp_read_config;
	rd->refused = NULL;
	rd->ctx = pdev;
	for (bar = 0; bar < VP_CAPS_BARS; bar++)
		rd->bar_len[bar] = vp_bar_len(pdev, bar);
}
EXPORT_SYMBOL_GPL(vp_caps_reader);

/**
 * vp_find_caps - look for the structures of a modern device
 * @pdev: the function
 * @caps: filled on success
 * @tell: log each structure that is refused
 *
 * Return: as vp_caps_parse().
 */
static int vp_find_caps(struct pci_dev *pdev, struct vp_caps *caps, bool tell)
{
	struct vp_caps_reader rd;

	vp_caps_reader(pdev, &rd);
	if (tell)
		rd.refused = vp_cap_refused;
	return vp_caps_parse(&rd, caps);
}

/*
 * Can there be a legacy interface?  VIRTIO 1.4, 4.1.2.3: an id below 0x1040 and
 * revision 0; 4.1.4.10: the registers are in BAR 0.
 */
static bool vp_may_be_legacy(struct pci_dev *pdev)
{
	return pdev->device <= VP_ID_TRANSITIONAL_LAST && !pdev->revision &&
	       vp_bar_len(pdev, 0);
}

/* The structures of a modern device are missing, or some of them. */
static bool vp_caps_missing(struct pci_dev *pdev, int err)
{
	return (err == -ENODEV || err == -EINVAL) &&
	       pci_device_is_present(pdev);
}

/**
 * vp_transport - which transport takes this function?
 * @pdev: a function with the vendor id of virtio
 * @caps: filled for VP_TRANSPORT_MODERN; NULL for a caller that only wants to
 *	know, who is told nothing in the log either
 *
 * The answer does not depend on which module asks or is loaded first, only on
 * the device and the parameter force_legacy.  The modern interface is used
 * where there is one; a transitional device whose structures are absent, or
 * not fit for use as a whole, is used through its legacy interface, and any
 * transitional device with force_legacy.  VIRTIO 1.4, 4.1.2 and 4.1.5.1.1.1.
 * Context: process, may sleep.
 *
 * Return: the transport, or VP_TRANSPORT_NONE for a function that neither can
 * use.
 */
enum vp_transport vp_transport(struct pci_dev *pdev, struct vp_caps *caps)
{
	bool legacy = vp_may_be_legacy(pdev);
	struct vp_caps unused;
	int err;

	if (pdev->device < VP_ID_FIRST || pdev->device > VP_ID_LAST)
		return VP_TRANSPORT_NONE;
	if (vp_force_legacy && legacy)
		return VP_TRANSPORT_LEGACY;
	err = vp_find_caps(pdev, caps ?: &unused, caps);
	if (!err)
		return VP_TRANSPORT_MODERN;
	if (legacy && vp_caps_missing(pdev, err))
		return VP_TRANSPORT_LEGACY;
	if (caps)
		dev_err(&pdev->dev, "no usable virtio structures: error %d\n",
			err);
	return VP_TRANSPORT_NONE;
}
EXPORT_SYMBOL_GPL(vp_transport);
