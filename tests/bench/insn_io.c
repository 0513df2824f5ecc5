// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Which registers of devices a guest accesses
 *
 * Each access that QEMU would hand to a device model, from modules and from
 * the kernel's functions for registers, by the name that QEMU gives the
 * region.  Written down with a row:
 *
 *	io READS WRITES REGION
 */
#include <stdint.h>
#include "insn_plugin.h"

/* With nokaslr: what ioremap() makes is here, data that one may look at is not. */
#define VMALLOC_VADDR	0xffffc90000000000ULL
#define VMALLOC_END	0xffffe90000000000ULL
#define REGIONS		64

struct region {
	const char *name;
	uint64_t reads;
	uint64_t writes;
};

static struct region regions[REGIONS];
static unsigned int num_regions;
static bool io_on;

static struct region *region_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < num_regions; i++)
		if (!strcmp(regions[i].name, name))
			return &regions[i];
	if (num_regions == REGIONS)
		return &regions[REGIONS - 1];
	regions[num_regions].name = strdup(name);
	return &regions[num_regions++];
}

static void on_access(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t vaddr, void *data)
{
	struct qemu_plugin_hwaddr *haddr;
	struct region *region;

	(void)cpu;
	(void)data;
	if (!io_on || vaddr < VMALLOC_VADDR || vaddr >= VMALLOC_END)
		return;
	haddr = qemu_plugin_get_hwaddr(info, vaddr);
	if (!haddr || !qemu_plugin_hwaddr_is_io(haddr))
		return;
	region = region_of(qemu_plugin_hwaddr_device_name(haddr));
	if (qemu_plugin_mem_is_store(info))
		region->writes++;
	else
		region->reads++;
}

/* Have the accesses of an instruction looked at, if it may be one to a device. */
void io_translate(struct qemu_plugin_insn *insn)
{
	uint64_t vaddr = qemu_plugin_insn_vaddr(insn);

	if (vaddr >= MODULES_VADDR || calls_in_io(vaddr))
		qemu_plugin_register_vcpu_mem_cb(insn, on_access,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
}

/* A row begins. */
void io_clear(void)
{
	unsigned int i;

	io_on = true;
	for (i = 0; i < num_regions; i++)
		regions[i] = (struct region){ .name = regions[i].name };
}

/* A row ends. */
void io_write(FILE *out)
{
	unsigned int i;

	io_on = false;
	for (i = 0; i < num_regions; i++)
		if (regions[i].reads || regions[i].writes)
			fprintf(out, "io %" PRIu64 " %" PRIu64 " %s\n",
				regions[i].reads, regions[i].writes,
				regions[i].name);
}
