// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Does the counting plugin see what a module has the allocator do?
 *
 * Three rows between the marks of insn_count.c, when the module is loaded:
 * allocations with interrupts off, allocations with interrupts on and timers
 * running, and calls of a function that is no allocator.  dev_rows.py knows
 * what has to come of it.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "vring_bench.h"

#define ROUNDS	2000

static noinline void *take(void)
{
	return kmalloc(64, GFP_ATOMIC);
}

/* The compiler makes a jump of the last call. */
static noinline void give(void *p)
{
	kfree(p);
}

static noinline void allocate(void)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		give(take());
}

static noinline void other(void)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		ktime_get_mono_fast_ns();
}

static void row(void (*work)(void))
{
	bench_mark(MARK_ROW_BEGIN);
	bench_mark(MARK_START);
	work();
	bench_mark(MARK_STOP);
	bench_mark(MARK_ROW_END);
}

static int __init dev_calls_init(void)
{
	unsigned long flags;

	allocate();
	local_irq_save(flags);
	row(allocate);
	local_irq_restore(flags);
	row(allocate);
	local_irq_save(flags);
	row(other);
	local_irq_restore(flags);
	return 0;
}
module_init(dev_calls_init);

static void __exit dev_calls_exit(void)
{
}
module_exit(dev_calls_exit);

MODULE_DESCRIPTION("Calls for the counting plugin");
MODULE_LICENSE("GPL");
