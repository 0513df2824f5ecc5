// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The recorded register file
 *
 * See regfile.h.  Registers and their map are here; the record, the clock and
 * interrupts in regfile_log.c, a PCI function in regfile_pci.c.  It links
 * against nothing of this tree.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/unaligned.h>

#include "regfile.h"

/*
 * Addresses: a base that is no memory, and a range for each region.  Twice as
 * long as a region, so that an access behind one is not in the next.
 */
#define RF_BASE		((unsigned long)POISON_POINTER_DELTA + 0x1000000UL)
#define RF_STRIDE	(2 * RF_REGION_LEN)

static struct regfile *rf_active;

/**
 * rf_current - the register file of the case that runs
 *
 * Return: it, or NULL.
 */
struct regfile *rf_current(void)
{
	return rf_active;
}
EXPORT_SYMBOL_GPL(rf_current);

static int rf_init(struct kunit_resource *res, void *context)
{
	rf_active = kvzalloc(sizeof(*rf_active), GFP_KERNEL);
	if (!rf_active)
		return -ENOMEM;
	rf_active->test = context;
	rf_active->logged = RF_LOG_REGS;
	rf_active->irq_refused = -1;
	rf_active->spread = -1;
	rf_active->now_ns = NSEC_PER_SEC;
	return 0;
}

static void rf_exit(struct kunit_resource *res)
{
	kvfree(rf_active);
	rf_active = NULL;
}

/**
 * rf_new - make a register file
 * @test: the test that plays the device; its end is that of the register file
 *
 * Return: it, without regions; the test is ended when there is no memory.
 */
struct regfile *rf_new(struct kunit *test)
{
	KUNIT_ASSERT_NULL(test, rf_active);
	kunit_alloc_resource(test, rf_init, rf_exit, GFP_KERNEL, test);
	KUNIT_ASSERT_NOT_NULL(test, rf_active);
	return rf_active;
}
EXPORT_SYMBOL_GPL(rf_new);

/**
 * rf_record - note that something was done
 * @rf: the register file
 * @op: what, not a register access
 * @offset: see &enum rf_op
 * @value: see &enum rf_op
 */
void rf_record(struct regfile *rf, enum rf_op op, u32 offset, u32 value)
{
	if (!(rf->logged & BIT(op)))
		return;
	if (rf->log_num == RF_LOG_LEN) {
		rf->log_lost++;
		return;
	}
	rf->log[rf->log_num++] = (struct rf_access)RF_CALL(op, offset, value);
}
EXPORT_SYMBOL_GPL(rf_record);

static void rf_record_reg(struct regfile *rf, const struct rf_access *access)
{
	unsigned int before = rf->log_num;

	rf->accesses++;
	rf_record(rf, access->op, access->offset, access->value);
	if (rf->log_num != before)
		rf->log[before] = *access;
}

/**
 * rf_violation - the code under test did what it must not
 * @rf: the register file
 * @fmt: what, as for printk()
 */
void rf_violation(struct regfile *rf, const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	rf->violations++;
	if (!rf->tolerate)
		KUNIT_FAIL(rf->test, "forbidden: %s", text);
}
EXPORT_SYMBOL_GPL(rf_violation);

/**
 * rf_region - add a region; they are numbered from 0 in the order of the calls
 * @rf: the register file
 * @bar: base address register that it is in
 * @bar_offset: and where in it
 * @map: its registers; all read as 0 at first
 *
 * It counts as mapped until the code under test maps a part of its BAR: from
 * then on only what it has mapped.
 */
void rf_region(struct regfile *rf, unsigned int bar, u64 bar_offset,
	       const struct rf_map *map)
{
	struct rf_region *r = rf->regions;

	while (r->map && r < rf->regions + RF_REGIONS - 1)
		r++;
	KUNIT_ASSERT_NULL(rf->test, r->map);
	KUNIT_ASSERT_LE(rf->test, map->len, RF_REGION_LEN);
	r->map = map;
	r->bar = bar;
	r->bar_offset = bar_offset;
	r->mapped_to = map->len;
}
EXPORT_SYMBOL_GPL(rf_region);

/**
 * rf_remap - give a region other registers
 * @rf: the register file
 * @region: its number
 * @map: the registers; of the same length as before or less
 */
void rf_remap(struct regfile *rf, unsigned int region,
	      const struct rf_map *map)
{
	KUNIT_ASSERT_LE(rf->test, map->len, rf->regions[region].map->len);
	rf->regions[region].map = map;
}
EXPORT_SYMBOL_GPL(rf_remap);

/**
 * rf_iomem - an address of a region
 * @rf: the register file
 * @region: its number
 * @offset: from its start
 *
 * Return: the address, for the code under test.
 */
void __iomem *rf_iomem(struct regfile *rf, unsigned int region, u32 offset)
{
	return (void __iomem *)(RF_BASE + region * RF_STRIDE + offset);
}
EXPORT_SYMBOL_GPL(rf_iomem);

/* The region with these bytes of a BAR, or RF_REGIONS. */
static unsigned int rf_region_at(const struct regfile *rf, unsigned int bar,
				 u64 offset)
{
	const struct rf_region *r;
	unsigned int i;

	for (i = 0; i < RF_REGIONS; i++) {
		r = &rf->regions[i];
		if (r->map && r->bar == bar && offset >= r->bar_offset &&
		    offset - r->bar_offset < r->map->len)
			break;
	}
	return i;
}

/**
 * rf_map_range - map a part of a BAR
 * @rf: the register file
 * @bar: the BAR
 * @offset: where in it; must be in a region
 * @len: bytes, 0 for the rest of the region
 *
 * Return: the address, or NULL when there is no region; no violation then.
 */
void __iomem *rf_map_range(struct regfile *rf, unsigned int bar, u64 offset,
			   u64 len)
{
	unsigned int i = rf_region_at(rf, bar, offset);
	struct rf_region *r = &rf->regions[i];
	u32 at, left;

	if (i == RF_REGIONS)
		return NULL;
	at = offset - r->bar_offset;
	left = r->map->len - at;
	if (!len)
		len = left;
	if (len > left)
		rf_violation(rf, "%s: %llu bytes mapped at %#x of %u",
			     r->map->name, len, at, r->map->len);
	rf_record(rf, RF_MAP, at, len);
	len = min_t(u64, len, left);
	r->mapped_from = r->mapped ? min(r->mapped_from, at) : at;
	r->mapped_to = r->mapped ? max_t(u32, r->mapped_to, at + len)
				 : at + len;
	r->mapped = true;
	return rf_iomem(rf, i, at);
}
EXPORT_SYMBOL_GPL(rf_map_range);

static u32 rf_load(const u8 *from, unsigned int width)
{
	switch (width) {
	case 1:
		return *from;
	case 2:
		return get_unaligned_le16(from);
	default:
		return get_unaligned_le32(from);
	}
}

static void rf_store(u8 *to, unsigned int width, u32 value)
{
	switch (width) {
	case 1:
		*to = value;
		break;
	case 2:
		put_unaligned_le16(value, to);
		break;
	default:
		put_unaligned_le32(value, to);
	}
}

static u32 rf_all_ones(unsigned int width)
{
	return width >= 4 ? U32_MAX : (1U << 8 * width) - 1;
}

/**
 * rf_poke - set a register as the device
 * @rf: the register file
 * @region: its region
 * @offset: from the region's start
 * @width: bytes
 * @value: in the CPU's order
 */
void rf_poke(struct regfile *rf, unsigned int region, u32 offset,
	     unsigned int width, u32 value)
{
	KUNIT_ASSERT_LE(rf->test, offset + width, RF_REGION_LEN);
	rf_store(rf->regions[region].bytes + offset, width, value);
}
EXPORT_SYMBOL_GPL(rf_poke);

/**
 * rf_peek - look at a register as the device
 * @rf: the register file
 * @region: its region
 * @offset: from the region's start
 * @width: bytes
 *
 * Return: the value in the CPU's order.
 */
u32 rf_peek(struct regfile *rf, unsigned int region, u32 offset,
	    unsigned int width)
{
	KUNIT_ASSERT_LE(rf->test, offset + width, RF_REGION_LEN);
	return rf_load(rf->regions[region].bytes + offset, width);
}
EXPORT_SYMBOL_GPL(rf_peek);

/**
 * rf_hook - give a register an effect
 * @rf: the register file
 * @region: its region
 * @offset: from the region's start
 * @fn: called at each access that the map allows, while the device is there
 * @ctx: for @fn
 */
void rf_hook(struct regfile *rf, unsigned int region, u32 offset, rf_hook_t fn,
	     void *ctx)
{
	KUNIT_ASSERT_LT(rf->test, rf->num_hooks, RF_HOOKS);
	rf->hooks[rf->num_hooks++] = (struct rf_hook) {
		.fn = fn, .ctx = ctx, .region = region, .offset = offset,
	};
}
EXPORT_SYMBOL_GPL(rf_hook);

/**
 * rf_bank - registers of which there is one set for each value of another
 * @rf: the register file
 * @region: region of all of them
 * @select: offset of the register that selects: queue_select, for example
 * @first: offset of the first banked register
 * @len: bytes of them, at most RF_BANK_LEN
 *
 * Sets from RF_BANK_COPIES on read as zeroes and forget what is written.
 * Banks are numbered from 0 in the order of the calls.
 */
void rf_bank(struct regfile *rf, unsigned int region, u32 select, u32 first,
	     u32 len)
{
	KUNIT_ASSERT_LT(rf->test, rf->num_banks, RF_BANKS);
	KUNIT_ASSERT_LE(rf->test, len, RF_BANK_LEN);
	rf->banks[rf->num_banks++] = (struct rf_bank) {
		.region = region, .select = select, .first = first, .len = len,
	};
}
EXPORT_SYMBOL_GPL(rf_bank);

/* Where a banked register is now: in the region when its set is selected. */
static u8 *rf_bank_at(struct regfile *rf, unsigned int bank, u32 copy,
		      u32 offset)
{
	struct rf_bank *b = &rf->banks[bank];

	KUNIT_ASSERT_LT(rf->test, bank, rf->num_banks);
	KUNIT_ASSERT_LT(rf->test, copy, RF_BANK_COPIES);
	KUNIT_ASSERT_GE(rf->test, offset, b->first);
	KUNIT_ASSERT_LT(rf->test, offset, b->first + b->len);
	if (copy == b->current_copy)
		return rf->regions[b->region].bytes + offset;
	return b->copies[copy] + offset - b->first;
}

/**
 * rf_bank_poke - set a banked register as the device
 * @rf: the register file
 * @bank: number of the bank
 * @copy: value of the select register
 * @offset: of the register, from the region's start
 * @width: bytes
 * @value: in the CPU's order
 */
void rf_bank_poke(struct regfile *rf, unsigned int bank, u32 copy, u32 offset,
		  unsigned int width, u32 value)
{
	rf_store(rf_bank_at(rf, bank, copy, offset), width, value);
}
EXPORT_SYMBOL_GPL(rf_bank_poke);

/**
 * rf_bank_peek - look at a banked register as the device
 * @rf: the register file
 * @bank: number of the bank
 * @copy: value of the select register
 * @offset: of the register, from the region's start
 * @width: bytes
 *
 * Return: the value in the CPU's order.
 */
u32 rf_bank_peek(struct regfile *rf, unsigned int bank, u32 copy, u32 offset,
		 unsigned int width)
{
	return rf_load(rf_bank_at(rf, bank, copy, offset), width);
}
EXPORT_SYMBOL_GPL(rf_bank_peek);

static void rf_bank_switch(struct regfile *rf, struct rf_bank *b, u32 to)
{
	u8 *window = rf->regions[b->region].bytes + b->first;

	if (b->current_copy < RF_BANK_COPIES)
		memcpy(b->copies[b->current_copy], window, b->len);
	b->current_copy = to;
	if (to < RF_BANK_COPIES)
		memcpy(window, b->copies[to], b->len);
	else
		memset(window, 0, b->len);
}

/**
 * rf_script_of - say what the next reads of a register return
 * @rf: the register file
 * @region: its region
 * @offset: from the region's start
 * @values: one for each read; then the register is as it was
 * @num: how many, at most RF_SCRIPT_LEN
 */
void rf_script_of(struct regfile *rf, unsigned int region, u32 offset,
		  const u32 *values, unsigned int num)
{
	struct rf_script *s = &rf->scripts[rf->num_scripts];

	KUNIT_ASSERT_LT(rf->test, rf->num_scripts, RF_SCRIPTS);
	KUNIT_ASSERT_LE(rf->test, num, RF_SCRIPT_LEN);
	rf->num_scripts++;
	s->region = region;
	s->offset = offset;
	s->num = num;
	memcpy(s->values, values, num * sizeof(*values));
}
EXPORT_SYMBOL_GPL(rf_script_of);

/**
 * rf_gone_after - the device goes away
 * @rf: the register file
 * @accesses: after this many more register accesses
 */
void rf_gone_after(struct regfile *rf, unsigned int accesses)
{
	rf->gone_at = rf->accesses + accesses;
	rf->gone = !accesses;
}
EXPORT_SYMBOL_GPL(rf_gone_after);

/* Of one address: its region, or RF_REGIONS; where it is in it. */
static unsigned int rf_where(const void __iomem *addr, u32 *offset)
{
	unsigned long at = (__force unsigned long)addr - RF_BASE;

	*offset = at % RF_STRIDE;
	return min_t(unsigned long, at / RF_STRIDE, RF_REGIONS);
}

/**
 * rf_unmap - unmap what rf_map_range() mapped
 * @addr: the address
 */
void rf_unmap(void __iomem *addr)
{
	struct regfile *rf = rf_active;
	u32 offset;

	if (rf_where(addr, &offset) == RF_REGIONS)
		rf_violation(rf, "unmap of what was never mapped");
	rf_record(rf, RF_UNMAP, offset, 0);
}
EXPORT_SYMBOL_GPL(rf_unmap);

static bool rf_width_fits(const struct rf_field *f, u32 offset,
			  unsigned int width)
{
	if (offset + width > f->offset + f->len)
		return false;
	if (!f->width)
		return !(offset % width);
	return width == min_t(unsigned int, f->width, 4) &&
	       !((offset - f->offset) % width);
}

static const struct rf_field *rf_field_at(const struct rf_map *map, u32 offset)
{
	const struct rf_field *f;

	for (f = map->fields; f->name; f++)
		if (offset >= f->offset && offset < f->offset + f->len)
			return f;
	return NULL;
}

/* The law.  Returns the register, or NULL when the access is forbidden. */
static const struct rf_field *rf_judge(struct regfile *rf,
				       const struct rf_access *access)
{
	const char *what = access->op == RF_WRITE ? "write" : "read";
	const struct rf_region *r = &rf->regions[access->region];
	const struct rf_field *f;

	if (access->region >= RF_REGIONS || !r->map) {
		rf_violation(rf, "%s outside of every region", what);
		return NULL;
	}
	f = rf_field_at(r->map, access->offset);
	if (!f || access->offset + access->width > r->map->len)
		rf_violation(rf, "%s: %s of %u bytes at %#x: no register",
			     r->map->name, what, access->width, access->offset);
	else if (!rf_width_fits(f, access->offset, access->width))
		rf_violation(rf, "%s: %s of %u bytes at %#x: %s is %u wide",
			     r->map->name, what, access->width, access->offset,
			     f->name, f->width);
	else if (access->op == RF_WRITE ? f->mode == RF_RO || f->mode == RF_RC
					: f->mode == RF_WO)
		rf_violation(rf, "%s: %s of %s", r->map->name, what, f->name);
	else if (access->offset < r->mapped_from ||
		 access->offset + access->width > r->mapped_to)
		rf_violation(rf, "%s: %s of %s, which is not mapped",
			     r->map->name, what, f->name);
	else
		return f;
	return NULL;
}

static u32 rf_effect(struct regfile *rf, const struct rf_access *access,
		     u32 value)
{
	unsigned int i;

	for (i = 0; i < rf->num_hooks; i++)
		if (rf->hooks[i].region == access->region &&
		    rf->hooks[i].offset == access->offset)
			value = rf->hooks[i].fn(rf, access->op == RF_WRITE,
						value, rf->hooks[i].ctx);
	return value;
}

static u32 rf_scripted(struct regfile *rf, const struct rf_access *access,
		       u32 value)
{
	struct rf_script *s;
	unsigned int i;

	for (i = 0; i < rf->num_scripts; i++) {
		s = &rf->scripts[i];
		if (s->region == access->region &&
		    s->offset == access->offset && s->next < s->num)
			return s->values[s->next++];
	}
	return value;
}

static bool rf_is_gone(struct regfile *rf)
{
	if (rf->gone_at && rf->accesses >= rf->gone_at)
		rf->gone = true;
	return rf->gone;
}

/**
 * rf_io_read - what ioread8() and its like become
 * @addr: the address
 * @width: bytes
 *
 * Return: what the driver reads.
 */
u32 rf_io_read(const void __iomem *addr, unsigned int width)
{
	struct rf_access access = { .op = RF_READ, .width = width };
	struct regfile *rf = rf_active;
	const struct rf_field *f;
	u8 *bytes;

	access.region = rf_where(addr, &access.offset);
	f = rf_judge(rf, &access);
	access.value = rf_all_ones(width);
	if (!rf_is_gone(rf) && f) {
		bytes = rf->regions[access.region].bytes + access.offset;
		access.value = rf_load(bytes, width);
		access.value = rf_effect(rf, &access, access.value);
		access.value = rf_scripted(rf, &access, access.value);
		if (f->mode == RF_RC)
			memset(bytes, 0, width);
	}
	rf_record_reg(rf, &access);
	return access.value;
}
EXPORT_SYMBOL_GPL(rf_io_read);

static void rf_banks(struct regfile *rf, const struct rf_access *access)
{
	unsigned int i;

	for (i = 0; i < rf->num_banks; i++)
		if (rf->banks[i].region == access->region &&
		    rf->banks[i].select == access->offset)
			rf_bank_switch(rf, &rf->banks[i], access->value);
}

/**
 * rf_io_write - what iowrite8() and its like become
 * @value: in the CPU's order
 * @addr: the address
 * @width: bytes
 */
void rf_io_write(u32 value, void __iomem *addr, unsigned int width)
{
	struct rf_access access = { .op = RF_WRITE, .width = width };
	struct regfile *rf = rf_active;
	const struct rf_field *f;
	bool gone;
	u32 kept;

	access.region = rf_where(addr, &access.offset);
	access.value = value & rf_all_ones(width);
	f = rf_judge(rf, &access);
	gone = rf_is_gone(rf);
	rf_record_reg(rf, &access);
	if (gone || !f)
		return;
	rf_banks(rf, &access);
	kept = rf_effect(rf, &access, access.value);
	rf_store(rf->regions[access.region].bytes + access.offset, width, kept);
}
EXPORT_SYMBOL_GPL(rf_io_write);
