// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The recorded register file: record, clock, interrupts
 *
 * See regfile.h.  Compares the record with a table, keeps the time, and stands
 * in for the interrupt core.
 */
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "regfile.h"

/* What passes between two looks at the clock. */
#define RF_TICK_NS	1000

static const char * const rf_op_names[] = {
	[RF_READ]	 = "read",
	[RF_WRITE]	 = "write",
	[RF_MAP]	 = "map",
	[RF_UNMAP]	 = "unmap",
	[RF_ENABLE]	 = "enable",
	[RF_CLAIM]	 = "claim",
	[RF_MASTER]	 = "master",
	[RF_CFG_READ]	 = "config read",
	[RF_CFG_WRITE]	 = "config write",
	[RF_VECTORS]	 = "vectors",
	[RF_IRQ_REQUEST] = "request_irq",
	[RF_IRQ_FREE]	 = "free_irq",
	[RF_IRQ_SYNC]	 = "synchronize_irq",
	[RF_IRQ_HINT]	 = "affinity hint",
	[RF_SRIOV]	 = "sriov",
	[RF_SLEEP]	 = "sleep",
};

/**
 * rf_clear - forget what was recorded
 * @rf: the register file
 */
void rf_clear(struct regfile *rf)
{
	rf->log_num = 0;
	rf->log_lost = 0;
}
EXPORT_SYMBOL_GPL(rf_clear);

static bool rf_same(const struct rf_access *a, const struct rf_access *b)
{
	return a->op == b->op && a->region == b->region &&
	       a->width == b->width && a->offset == b->offset &&
	       a->value == b->value;
}

/* "common: write 2 at 0x16: 0x0001", or what stands for an end of the list. */
static void rf_tell(const struct regfile *rf, const struct rf_access *a,
		    char *text, size_t size)
{
	const struct rf_map *map = rf->regions[a->region].map;

	snprintf(text, size, "%s: %s %u at %#x: %#x",
		 a->width && map ? map->name : "-", rf_op_names[a->op],
		 a->width, a->offset, a->value);
}

/**
 * rf_expect - compare what was recorded with a table, and forget it
 * @rf: the register file
 * @want: written by hand from the specification
 * @num: its length
 *
 * The first difference fails the test and is told, with what came before.
 */
void rf_expect(struct regfile *rf, const struct rf_access *want,
	       unsigned int num)
{
	static const char end[] = "(the end)";
	char expected[80], found[80];
	unsigned int i;

	KUNIT_EXPECT_EQ(rf->test, rf->log_lost, 0);
	for (i = 0; i < num && i < rf->log_num; i++)
		if (!rf_same(&want[i], &rf->log[i]))
			break;
	if (i < num || i < rf->log_num) {
		strscpy(expected, end, sizeof(expected));
		strscpy(found, end, sizeof(found));
		if (i < num)
			rf_tell(rf, &want[i], expected, sizeof(expected));
		if (i < rf->log_num)
			rf_tell(rf, &rf->log[i], found, sizeof(found));
		KUNIT_FAIL(rf->test, "access %u of %u: expected %s; found %s",
			   i, rf->log_num, expected, found);
	}
	rf_clear(rf);
}
EXPORT_SYMBOL_GPL(rf_expect);

/**
 * rf_find - find an access in the record
 * @rf: the register file
 * @op: what
 * @region: region of a register, otherwise 0
 * @offset: as recorded
 * @from: index to begin with
 *
 * Return: its index in @rf->log, or -1.
 */
int rf_find(const struct regfile *rf, enum rf_op op, unsigned int region,
	    u32 offset, unsigned int from)
{
	unsigned int i;

	for (i = from; i < rf->log_num; i++)
		if (rf->log[i].op == op && rf->log[i].region == region &&
		    rf->log[i].offset == offset)
			return i;
	return -1;
}
EXPORT_SYMBOL_GPL(rf_find);

/**
 * rf_count - how often something is in the record
 * @rf: the register file
 * @op: what
 * @region: region of a register, otherwise 0
 * @offset: as recorded
 *
 * Return: a number.
 */
unsigned int rf_count(const struct regfile *rf, enum rf_op op,
		      unsigned int region, u32 offset)
{
	unsigned int n = 0;
	int i = -1;

	while ((i = rf_find(rf, op, region, offset, i + 1)) >= 0)
		n++;
	return n;
}
EXPORT_SYMBOL_GPL(rf_count);

/**
 * rf_sleep_us - what fsleep() and its like become
 * @usecs: how long
 */
void rf_sleep_us(unsigned long usecs)
{
	struct regfile *rf = rf_current();

	rf_record(rf, RF_SLEEP, 0, usecs);
	rf->now_ns += (u64)usecs * NSEC_PER_USEC;
}
EXPORT_SYMBOL_GPL(rf_sleep_us);

/**
 * rf_ktime_get - what ktime_get() becomes
 *
 * Return: the time of the register file.
 */
ktime_t rf_ktime_get(void)
{
	struct regfile *rf = rf_current();

	rf->now_ns += RF_TICK_NS;
	return ns_to_ktime(rf->now_ns);
}
EXPORT_SYMBOL_GPL(rf_ktime_get);

/**
 * rf_jiffies - what jiffies become
 *
 * Return: the same time.
 */
unsigned long rf_jiffies(void)
{
	return nsecs_to_jiffies(ktime_to_ns(rf_ktime_get()));
}
EXPORT_SYMBOL_GPL(rf_jiffies);

/* The handler of an interrupt number; NULL, and a violation, for no vector. */
static struct rf_irq *rf_irq_of(struct regfile *rf, unsigned int irq,
				const char *what)
{
	unsigned int vector = irq - RF_IRQ_BASE;

	if (vector < rf->vectors && vector < RF_IRQS)
		return &rf->irqs[vector];
	rf_violation(rf, "%s of vector %d of %u", what, (int)vector,
		     rf->vectors);
	return NULL;
}

/**
 * rf_request_irq - what request_irq() becomes
 * @irq: RF_IRQ_BASE + vector
 * @handler: the handler
 * @flags: IRQF_*
 * @name: of the interrupt
 * @arg: for the handler
 *
 * Return: 0; -EINVAL for no such vector; -EBUSY when it has a handler, or the
 * test refuses it.
 */
int rf_request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		   const char *name, void *arg)
{
	struct regfile *rf = rf_current();
	struct rf_irq *i = rf_irq_of(rf, irq, "request_irq");

	if (!i)
		return -EINVAL;
	rf_record(rf, RF_IRQ_REQUEST, irq - RF_IRQ_BASE, 0);
	if (i->handler || (int)(irq - RF_IRQ_BASE) == rf->irq_refused)
		return -EBUSY;
	i->handler = handler;
	i->arg = arg;
	i->flags = flags;
	strscpy(i->name, name, sizeof(i->name));
	return 0;
}
EXPORT_SYMBOL_GPL(rf_request_irq);

/**
 * rf_free_irq - what free_irq() becomes
 * @irq: RF_IRQ_BASE + vector
 * @arg: what it was requested with
 *
 * A handler with a hint that was not dropped is a violation, as the kernel
 * warns of it.
 *
 * Return: the name.
 */
const void *rf_free_irq(unsigned int irq, void *arg)
{
	struct regfile *rf = rf_current();
	struct rf_irq *i = rf_irq_of(rf, irq, "free_irq");

	if (!i)
		return NULL;
	rf_record(rf, RF_IRQ_FREE, irq - RF_IRQ_BASE, 0);
	if (!i->handler || i->arg != arg)
		rf_violation(rf, "free_irq of what was not requested");
	if (i->hint)
		rf_violation(rf, "free_irq with an affinity hint");
	i->handler = NULL;
	return i->name;
}
EXPORT_SYMBOL_GPL(rf_free_irq);

/**
 * rf_synchronize_irq - what synchronize_irq() becomes
 * @irq: RF_IRQ_BASE + vector
 */
void rf_synchronize_irq(unsigned int irq)
{
	struct regfile *rf = rf_current();

	if (rf_irq_of(rf, irq, "synchronize_irq"))
		rf_record(rf, RF_IRQ_SYNC, irq - RF_IRQ_BASE, 0);
}
EXPORT_SYMBOL_GPL(rf_synchronize_irq);

/**
 * rf_irq_hint - what irq_set_affinity_and_hint() and its like become
 * @irq: RF_IRQ_BASE + vector
 * @mask: the CPUs, or NULL
 *
 * Return: 0, or -EINVAL.
 */
int rf_irq_hint(unsigned int irq, const struct cpumask *mask)
{
	struct regfile *rf = rf_current();
	struct rf_irq *i = rf_irq_of(rf, irq, "affinity hint");

	if (!i)
		return -EINVAL;
	rf_record(rf, RF_IRQ_HINT, irq - RF_IRQ_BASE, !!mask);
	i->hint = mask;
	return 0;
}
EXPORT_SYMBOL_GPL(rf_irq_hint);

/**
 * rf_fire - a vector's interrupt comes
 * @rf: the register file
 * @vector: the vector
 *
 * Return: what its handler says; IRQ_NONE without a handler.
 */
irqreturn_t rf_fire(struct regfile *rf, unsigned int vector)
{
	struct rf_irq *i = &rf->irqs[vector];
	unsigned long flags;
	irqreturn_t ret;

	if (vector >= RF_IRQS || !i->handler)
		return IRQ_NONE;
	local_irq_save(flags);
	ret = i->handler(RF_IRQ_BASE + vector, i->arg);
	local_irq_restore(flags);
	return ret;
}
EXPORT_SYMBOL_GPL(rf_fire);
