// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_mmio.ko: what a string says of a device
 *
 * Reads the form <size>@<base>:<irq>[:<id>] of the parameter device.  Numbers
 * are decimal, octal (0...) or hexadecimal (0x...); the size may end in K, M
 * or G.  Pure functions, called by vm_cmdline.c.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "vm.h"

/* The longest form that makes sense has 20 + 20 + 10 + 10 digits. */
#define VM_SPEC_LEN	80

static bool vm_spec_size(char *text, u64 *size)
{
	static const char suffixes[] = "kmg";
	size_t len = strlen(text);
	const char *suffix;
	unsigned int shift = 0;

	suffix = len ? strchr(suffixes, tolower(text[len - 1])) : NULL;
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		text[len - 1] = '\0';
	}
	if (!isdigit(*text) || kstrtou64(text, 0, size) ||
	    *size > U64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

static const char *vm_spec_range(const struct vm_spec *spec)
{
	if (spec->size < VIRTIO_MMIO_CONFIG)
		return "the size is smaller than the registers (0x100)";
	if (spec->base % sizeof(u32))
		return "the base is not aligned to 4 bytes";
	if (spec->base > PHYS_ADDR_MAX ||
	    spec->size - 1 > PHYS_ADDR_MAX - spec->base)
		return "the range ends behind the last address";
	return NULL;
}

/* The parts of @text, which is taken apart. */
static const char *vm_spec_split(char *text, struct vm_spec *spec)
{
	char *size = strsep(&text, "@");
	char *base = strsep(&text, ":");
	char *irq = strsep(&text, ":");

	if (!base || !irq)
		return "not of the form <size>@<base>:<irq>[:<id>]";
	if (!vm_spec_size(size, &spec->size))
		return "the size is no number";
	if (!isdigit(*base) || kstrtou64(base, 0, &spec->base))
		return "the base is no number";
	if (!isdigit(*irq) || kstrtouint(irq, 0, &spec->irq) || !spec->irq ||
	    spec->irq > INT_MAX)
		return "the interrupt is no number above 0";
	spec->id = -1;
	if (text && (!isdigit(*text) || kstrtoint(text, 0, &spec->id)))
		return "the id is no number";
	return vm_spec_range(spec);
}

/**
 * vm_spec_parse - read the description of a device
 * @text: the description; white space around it does not count
 * @spec: filled in
 *
 * Context: any.
 *
 * Return: NULL, or what is wrong with @text.
 */
const char *vm_spec_parse(const char *text, struct vm_spec *spec)
{
	char copy[VM_SPEC_LEN];

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return "too long";
	return vm_spec_split(strim(copy), spec);
}

/**
 * vm_spec_overlap - do two devices claim the same?
 * @a: one
 * @b: another one, with ids of which both are known or one is not
 *
 * Return: true when they have a byte or the id in common.
 */
bool vm_spec_overlap(const struct vm_spec *a, const struct vm_spec *b)
{
	if (a->id == b->id)
		return true;
	return a->base <= b->base + (b->size - 1) &&
	       b->base <= a->base + (a->size - 1);
}
