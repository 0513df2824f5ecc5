/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A recorded register file: what the transports' suites stand on
 *
 * A suite compiles the sources of a transport once more, with each access to
 * the hardware replaced by a recorder, and plays the device: it says what reads
 * return, and compares the accesses with a table written by hand from the
 * specification.  It looks like this::
 *
 *	#include <kunit/test.h>
 *	#include "regfile_redirect.h"		// after every other header
 *	#include "../virtio_mmio/vm_regs.c"	// the code under test
 *
 *	static const struct rf_field fields[] = {
 *		{ "MagicValue",  0x000, 4, 4, RF_RO },
 *		{ "QueueSel",    0x030, 4, 4, RF_WO },
 *		{ "Status",      0x070, 4, 4, RF_RW },
 *		{}
 *	};
 *	static const struct rf_map map = { "mmio", 0x100, fields };
 *
 *	static void magic(struct kunit *test)
 *	{
 *		static const struct rf_access want[] = {
 *			RF_R32(0, 0x000, 0x74726976),
 *			RF_W32(0, 0x070, 0),
 *		};
 *		struct regfile *rf = rf_new(test);
 *
 *		rf_region(rf, 0, 0, &map);	// region 0: BAR 0, offset 0
 *		rf_poke(rf, 0, 0x000, 4, 0x74726976);
 *		... call the code under test, give it rf_iomem(rf, 0, 0) ...
 *		rf_expect(rf, want, ARRAY_SIZE(want));
 *	}
 *
 * The map is the law: an access of a wrong width, outside of every field or of
 * the region, a write to a read-only register or a read of a write-only one
 * fails the case by itself.  A device that is gone (@gone, rf_gone_after())
 * reads as all ones and ignores writes.
 *
 * rf_hook() gives a register an effect, rf_script() a series of values,
 * rf_bank() makes registers depend on a select register, RF_RC makes one clear
 * when read.
 *
 * Addresses that the code under test is given cannot be dereferenced: an access
 * that was not redirected oopses.  Time is the register file's: sleeping adds to
 * @now_ns, and each look at the clock or at jiffies adds a microsecond, so that
 * a wait with a limit ends at once and its length can be compared.
 *
 * One register file at a time; KUnit runs cases one after the other.  It is
 * taken down with its case.  regfile_pci.h adds a PCI function.
 */
#ifndef _KUNIT_REGFILE_H
#define _KUNIT_REGFILE_H

#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/types.h>

#define RF_REGIONS	8
#define RF_REGION_LEN	4096
#define RF_LOG_LEN	4096
#define RF_HOOKS	16
#define RF_SCRIPTS	8
#define RF_SCRIPT_LEN	8
#define RF_BANKS	4
#define RF_BANK_COPIES	8
#define RF_BANK_LEN	64
#define RF_IRQS		16

/* Interrupt numbers that the code under test sees: this + vector. */
#define RF_IRQ_BASE	100000

struct regfile;

/**
 * enum rf_mode - what a driver may do with a register
 * @RF_RO: read
 * @RF_WO: write
 * @RF_RW: both
 * @RF_RC: read, which clears it
 */
enum rf_mode {
	RF_RO,
	RF_WO,
	RF_RW,
	RF_RC,
};

/**
 * struct rf_field - a register
 * @name: for messages
 * @offset: bytes from the start of its region
 * @len: bytes; more than @width for an array
 * @width: bytes of each access: 1, 2 or 4; 8 stands for two aligned accesses of
 *	4 bytes each; 0 for any width that is aligned
 * @mode: what is allowed
 */
struct rf_field {
	const char *name;
	u16 offset;
	u16 len;
	u8 width;
	enum rf_mode mode;
};

/**
 * struct rf_map - the registers of a region
 * @name: for messages
 * @len: bytes of the region, at most RF_REGION_LEN
 * @fields: its registers, ended by one without a name; what is in none may not
 *	be accessed
 */
struct rf_map {
	const char *name;
	unsigned int len;
	const struct rf_field *fields;
};

/**
 * enum rf_op - what the code under test did
 * @RF_READ: read a register
 * @RF_WRITE: wrote one
 * @RF_MAP: mapped; offset and value: place in the region and length
 * @RF_UNMAP: unmapped; offset: place in the region
 * @RF_ENABLE: enabled (value 1) or disabled (0) the function
 * @RF_CLAIM: requested (value 1) or released (0) a region; offset: BAR
 * @RF_MASTER: bus mastering on (value 1) or off (0)
 * @RF_CFG_READ: read configuration space
 * @RF_CFG_WRITE: wrote configuration space
 * @RF_VECTORS: asked for vectors; offset: flags of PCI_IRQ_*, value: how many,
 *	0 to give them back
 * @RF_IRQ_REQUEST: requested a handler; offset: vector
 * @RF_IRQ_FREE: freed it; offset: vector
 * @RF_IRQ_SYNC: waited for it; offset: vector
 * @RF_IRQ_HINT: set (value 1) or dropped (0) an affinity hint; offset: vector
 * @RF_SRIOV: number of virtual functions asked for: value
 * @RF_SLEEP: slept; value: microseconds
 */
enum rf_op {
	RF_READ,
	RF_WRITE,
	RF_MAP,
	RF_UNMAP,
	RF_ENABLE,
	RF_CLAIM,
	RF_MASTER,
	RF_CFG_READ,
	RF_CFG_WRITE,
	RF_VECTORS,
	RF_IRQ_REQUEST,
	RF_IRQ_FREE,
	RF_IRQ_SYNC,
	RF_IRQ_HINT,
	RF_SRIOV,
	RF_SLEEP,
};

/* Masks of them, for &regfile.logged. */
#define RF_LOG_REGS	(BIT(RF_READ) | BIT(RF_WRITE))
#define RF_LOG_IRQS	(BIT(RF_VECTORS) | BIT(RF_IRQ_REQUEST) |	\
			 BIT(RF_IRQ_FREE) | BIT(RF_IRQ_SYNC))
#define RF_LOG_ALL	(~0U)

/**
 * struct rf_access - an access, or a call that stands in the same order
 * @op: what
 * @region: region of a register
 * @width: bytes, of a register or configuration space
 * @offset: see &enum rf_op; of a register: from the start of its region
 * @value: read or written, in the CPU's order
 */
struct rf_access {
	enum rf_op op;
	u8 region;
	u8 width;
	u32 offset;
	u32 value;
};

/* Entries of a table for rf_expect(). */
#define RF_REG(_op, _region, _width, _offset, _value)			\
	{ .op = (_op), .region = (_region), .width = (_width),		\
	  .offset = (_offset), .value = (_value) }
#define RF_R8(region, offset, value)  RF_REG(RF_READ, region, 1, offset, value)
#define RF_R16(region, offset, value) RF_REG(RF_READ, region, 2, offset, value)
#define RF_R32(region, offset, value) RF_REG(RF_READ, region, 4, offset, value)
#define RF_W8(region, offset, value)  RF_REG(RF_WRITE, region, 1, offset, value)
#define RF_W16(region, offset, value) RF_REG(RF_WRITE, region, 2, offset, value)
#define RF_W32(region, offset, value) RF_REG(RF_WRITE, region, 4, offset, value)
#define RF_CALL(_op, _offset, _value)					\
	{ .op = (_op), .offset = (_offset), .value = (_value) }

/**
 * typedef rf_hook_t - the effect of a register
 * @rf: the register file
 * @write: it is written, not read
 * @value: written, or about to be read
 * @ctx: given to rf_hook()
 *
 * Return: what is stored (write), or what the driver reads (read).
 */
typedef u32 (*rf_hook_t)(struct regfile *rf, bool write, u32 value, void *ctx);

/* Private to regfile.c, but for the calls below. */
struct rf_region {
	const struct rf_map *map;
	unsigned int bar;
	u64 bar_offset;
	bool mapped;
	u32 mapped_from;
	u32 mapped_to;
	u8 bytes[RF_REGION_LEN];
};

struct rf_hook {
	rf_hook_t fn;
	void *ctx;
	u8 region;
	u32 offset;
};

struct rf_script {
	u8 region;
	u32 offset;
	unsigned int num;
	unsigned int next;
	u32 values[RF_SCRIPT_LEN];
};

struct rf_bank {
	u8 region;
	u32 select;
	u32 first;
	u32 len;
	u32 current_copy;
	u8 copies[RF_BANK_COPIES][RF_BANK_LEN];
};

struct rf_irq {
	irq_handler_t handler;
	void *arg;
	unsigned long flags;
	char name[64];
	const struct cpumask *hint;
};

/**
 * struct regfile - the register file
 * @test: the test
 * @regions: its regions
 * @hooks: effects
 * @num_hooks: how many
 * @scripts: series of values
 * @num_scripts: how many
 * @banks: banked registers
 * @num_banks: how many
 * @logged: which of &enum rf_op are recorded; at first RF_LOG_REGS
 * @log: what was recorded, oldest first
 * @log_num: entries in @log
 * @log_lost: what no longer fitted
 * @gone: nothing answers: reads are all ones
 * @accesses: register accesses so far
 * @gone_at: value of @accesses at which the device goes, 0 for never
 * @now_ns: the time
 * @tolerate: count violations without failing the test
 * @violations: accesses that the map forbids
 * @vectors_max: MSI-X vectors that can be had, 0 for none
 * @intx: there is an INTx line (vector 0)
 * @vectors: allocated now
 * @msix: they are MSI-X vectors
 * @irqs: handlers, by vector
 * @irq_refused: the request of the handler of this vector fails, -1 for none
 * @mask: what pci_irq_get_affinity() answers, or NULL
 * @spread: pre_vectors of the last call with affinity, -1 when without
 * @pci: the PCI function's own, or NULL
 */
struct regfile {
	struct kunit *test;
	struct rf_region regions[RF_REGIONS];
	struct rf_hook hooks[RF_HOOKS];
	unsigned int num_hooks;
	struct rf_script scripts[RF_SCRIPTS];
	unsigned int num_scripts;
	struct rf_bank banks[RF_BANKS];
	unsigned int num_banks;
	u32 logged;
	struct rf_access log[RF_LOG_LEN];
	unsigned int log_num;
	unsigned int log_lost;
	bool gone;
	unsigned int accesses;
	unsigned int gone_at;
	u64 now_ns;
	bool tolerate;
	unsigned int violations;
	unsigned int vectors_max;
	bool intx;
	unsigned int vectors;
	bool msix;
	struct rf_irq irqs[RF_IRQS];
	int irq_refused;
	const struct cpumask *mask;
	int spread;
	struct rf_pci *pci;
};

struct regfile *rf_new(struct kunit *test);
void rf_region(struct regfile *rf, unsigned int bar, u64 bar_offset,
	       const struct rf_map *map);
void rf_remap(struct regfile *rf, unsigned int region,
	      const struct rf_map *map);
void __iomem *rf_iomem(struct regfile *rf, unsigned int region, u32 offset);
void rf_poke(struct regfile *rf, unsigned int region, u32 offset,
	     unsigned int width, u32 value);
u32 rf_peek(struct regfile *rf, unsigned int region, u32 offset,
	    unsigned int width);
void rf_hook(struct regfile *rf, unsigned int region, u32 offset, rf_hook_t fn,
	     void *ctx);
void rf_bank(struct regfile *rf, unsigned int region, u32 select, u32 first,
	     u32 len);
void rf_bank_poke(struct regfile *rf, unsigned int bank, u32 copy, u32 offset,
		  unsigned int width, u32 value);
u32 rf_bank_peek(struct regfile *rf, unsigned int bank, u32 copy, u32 offset,
		 unsigned int width);
void rf_script_of(struct regfile *rf, unsigned int region, u32 offset,
		  const u32 *values, unsigned int num);
void rf_gone_after(struct regfile *rf, unsigned int accesses);
void rf_clear(struct regfile *rf);
void rf_expect(struct regfile *rf, const struct rf_access *want,
	       unsigned int num);
unsigned int rf_count(const struct regfile *rf, enum rf_op op,
		      unsigned int region, u32 offset);
int rf_find(const struct regfile *rf, enum rf_op op, unsigned int region,
	    u32 offset, unsigned int from);
irqreturn_t rf_fire(struct regfile *rf, unsigned int vector);

/* The next reads of a register, and then its value again. */
#define rf_script(rf, region, offset, ...)				\
do {									\
	static const u32 values_[] = { __VA_ARGS__ };			\
									\
	rf_script_of(rf, region, offset, values_, ARRAY_SIZE(values_));	\
} while (0)

/* For regfile_pci.c. */
struct regfile *rf_current(void);
void rf_record(struct regfile *rf, enum rf_op op, u32 offset, u32 value);
void rf_violation(struct regfile *rf, const char *fmt, ...) __printf(2, 3);
void __iomem *rf_map_range(struct regfile *rf, unsigned int bar, u64 offset,
			   u64 len);
void rf_unmap(void __iomem *addr);

/* What regfile_redirect.h puts in the place of the kernel's. */
u32 rf_io_read(const void __iomem *addr, unsigned int width);
void rf_io_write(u32 value, void __iomem *addr, unsigned int width);
int rf_request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		   const char *name, void *arg);
const void *rf_free_irq(unsigned int irq, void *arg);
void rf_synchronize_irq(unsigned int irq);
int rf_irq_hint(unsigned int irq, const struct cpumask *mask);
void rf_sleep_us(unsigned long usecs);
ktime_t rf_ktime_get(void);
unsigned long rf_jiffies(void);

#endif /* _KUNIT_REGFILE_H */
